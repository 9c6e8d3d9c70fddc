#include "CKernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LOOPS(name) name##_avx2
#define LOOPS_NAME "avx2"
#include "loops.h"
#define LANES 8
#define TILE_ROWS 6
#include "products.h"
#pragma clang attribute pop

const pointwise_loops *pointwise_loops_avx2(void) { return &table_avx2; }
const matrix_products *matrix_products_avx2(void) { return &products_avx2; }
#else
const pointwise_loops *pointwise_loops_avx2(void) { return NULL; }
const matrix_products *matrix_products_avx2(void) { return NULL; }
#endif
