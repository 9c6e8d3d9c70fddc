#include "CKernels.h"

#define LOOPS(name) name##_baseline
#define LOOPS_NAME "baseline"
#include "loops.h"
// 128-bit vectors: SSE2 on x86-64, NEON on 64-bit Arm.
#define LANES 4
#define TILE_ROWS 6
#include "products.h"

const pointwise_loops *pointwise_loops_baseline(void) { return &table_baseline; }
const matrix_products *matrix_products_baseline(void) { return &products_baseline; }
