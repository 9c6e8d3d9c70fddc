#include "CKernels.h"

#define LOOPS(name) name##_baseline
#define LOOPS_NAME "baseline"
#include "loops.h"

const pointwise_loops *pointwise_loops_baseline(void) { return &table_baseline; }
