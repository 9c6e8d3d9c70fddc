#include "CKernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define LOOPS(name) name##_avx512
#define LOOPS_NAME "avx512"
#include "loops.h"
#define LANES 16
#define TILE_ROWS 12
#include "products.h"
#pragma clang attribute pop

const pointwise_loops *pointwise_loops_avx512(void) { return &table_avx512; }
const matrix_products *matrix_products_avx512(void) { return &products_avx512; }
#else
const pointwise_loops *pointwise_loops_avx512(void) { return NULL; }
const matrix_products *matrix_products_avx512(void) { return NULL; }
#endif
