#include "CKernels.h"
#include <stdlib.h>
#include <string.h>

const pointwise_loops *pointwise_loops_baseline(void);
const pointwise_loops *pointwise_loops_avx2(void);
const pointwise_loops *pointwise_loops_avx512(void);
const matrix_products *matrix_products_baseline(void);
const matrix_products *matrix_products_avx2(void);
const matrix_products *matrix_products_avx512(void);

static int has_avx2(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 0;
#endif
}

static int has_avx512(void) {
#if defined(__x86_64__)
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#else
    return 0;
#endif
}

const pointwise_loops *pointwise_loops_named(const char *name) {
    if (strcmp(name, "baseline") == 0) return pointwise_loops_baseline();
    if (strcmp(name, "avx2") == 0) return has_avx2() ? pointwise_loops_avx2() : NULL;
    if (strcmp(name, "avx512") == 0) return has_avx512() ? pointwise_loops_avx512() : NULL;
    return NULL;
}

const pointwise_loops *pointwise_loops_for_this_processor(void) {
    const char *wanted = getenv("NEUROSTITCH_INSTRUCTION_SET");
    const pointwise_loops *loops = wanted ? pointwise_loops_named(wanted) : NULL;
    if (loops) return loops;
    if (has_avx512()) return pointwise_loops_avx512();
    if (has_avx2()) return pointwise_loops_avx2();
    return pointwise_loops_baseline();
}

const matrix_products *matrix_products_named(const char *name) {
    if (strcmp(name, "baseline") == 0) return matrix_products_baseline();
    if (strcmp(name, "avx2") == 0) return has_avx2() ? matrix_products_avx2() : NULL;
    if (strcmp(name, "avx512") == 0) return has_avx512() ? matrix_products_avx512() : NULL;
    return NULL;
}

const matrix_products *matrix_products_for_this_processor(void) {
    return matrix_products_named(pointwise_loops_for_this_processor()->name);
}
