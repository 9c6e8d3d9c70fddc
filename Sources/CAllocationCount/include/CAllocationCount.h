// Counts what a process allocates. Only the benchmark links this: in a program that does, malloc and
// its relatives are the ones below, which count and then call the C library's own.
#pragma once
#include <stdint.h>

/// Allocations of all threads since the program began.
uint64_t allocation_count(void);
