// The bodies of the pointwise loops, included once per instruction set with LOOPS(name) defined.
// No include guard: this file is meant to be included several times.

// No array of a loop overlaps another, or it is the same one at the same place. The compiler can't see
// that: its own check compares whole matrices, and gates lie between each other's rows, so it would
// choose the loop without vectors.
#define VECTORS _Pragma("clang loop vectorize(assume_safety)")

static inline float LOOPS(exp_)(float x) {
    // exp(x) = 2^k · exp(r), |r| ≤ ln2/2, degree-6 minimax polynomial, below 2 ulp in [−87, 88].
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float k = __builtin_rintf(x * 1.44269504088896341f);
    float r = x - k * 0.693359375f;
    r = r - k * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    // 1.5·2^23 + k holds k in its lowest bits: unlike a conversion that is defined for NaN as well.
    union { float f; uint32_t i; } scale = {.f = k + 12582912.0f};
    scale.i = (scale.i + 127) << 23;
    return p * scale.f;
}

// NaN must survive: comparisons with NaN are false, so exp_ passes it through.
static inline float LOOPS(sigmoid_)(float x) { return 1.0f / (1.0f + LOOPS(exp_)(-x)); }

static inline float LOOPS(tanh_)(float x) {
    // Near zero an odd polynomial keeps relative accuracy; elsewhere through the exponential.
    const float a = __builtin_fabsf(x);
    const float e = LOOPS(exp_)(2.0f * (a > 9.5f ? 9.5f : a));
    const float large = __builtin_copysignf(1.0f - 2.0f / (e + 1.0f), x);
    const float s = x * x;
    float p = -5.70498872745e-3f;
    p = p * s + 2.06390887954e-2f;
    p = p * s - 5.37397155531e-2f;
    p = p * s + 1.33314422036e-1f;
    p = p * s - 3.33332819422e-1f;
    const float small = p * s * x + x;
    return a < 0.625f ? small : (x != x ? x : large);
}

static void LOOPS(gru_gates)(size_t rows, size_t units, float *gates, size_t ld_gates,
                             const float *state, size_t ld_state, float *reset_state) {
    for (size_t i = 0; i < rows; i++) {
        float *restrict z = gates + i * ld_gates;
        float *restrict r = z + units;
        const float *restrict h = state + i * ld_state;
        float *restrict out = reset_state + i * units;
        VECTORS
        for (size_t j = 0; j < units; j++) z[j] = LOOPS(sigmoid_)(z[j]);
        VECTORS
        for (size_t j = 0; j < units; j++) {
            const float reset = LOOPS(sigmoid_)(r[j]);
            r[j] = reset;
            out[j] = reset * h[j];
        }
    }
}

static void LOOPS(gru_state)(size_t rows, size_t units, float *gates, size_t ld_gates,
                             const float *state, size_t ld_state, float clip, float *next,
                             size_t ld_next) {
    for (size_t i = 0; i < rows; i++) {
        const float *restrict z = gates + i * ld_gates;
        float *restrict n = gates + i * ld_gates + 2 * units;
        const float *restrict h = state + i * ld_state;
        float *restrict out = next + i * ld_next;
        VECTORS
        for (size_t j = 0; j < units; j++) {
            const float candidate = LOOPS(tanh_)(n[j]);
            float v = z[j] * h[j] + (1.0f - z[j]) * candidate;
            v = v > clip ? clip : v;
            v = v < -clip ? -clip : v;
            n[j] = candidate;
            out[j] = v;
        }
    }
}

static void LOOPS(gru_state_backward)(size_t rows, size_t units, const float *gates, size_t ld_gates,
                                      const float *state, size_t ld_state, float clip,
                                      float *d_state, float *d_gates) {
    for (size_t i = 0; i < rows; i++) {
        const float *restrict z = gates + i * ld_gates;
        const float *restrict n = z + 2 * units;
        const float *restrict h = state + i * ld_state;
        float *restrict d = d_state + i * units;
        float *restrict dz = d_gates + i * 3 * units;
        float *restrict dn = dz + 2 * units;
        VECTORS
        for (size_t j = 0; j < units; j++) {
            const float zj = z[j], nj = n[j];
            const float unclipped = zj * h[j] + (1.0f - zj) * nj;
            const float g = __builtin_fabsf(unclipped) > clip ? 0.0f : d[j];
            dn[j] = g * (1.0f - zj) * (1.0f - nj * nj);
            dz[j] = g * (h[j] - nj) * zj * (1.0f - zj);
            d[j] = g * zj;
        }
    }
}

static void LOOPS(gru_reset_backward)(size_t rows, size_t units, const float *gates, size_t ld_gates,
                                      const float *state, size_t ld_state,
                                      const float *d_reset_state, float *d_state, float *d_gates,
                                      float *reset_state) {
    for (size_t i = 0; i < rows; i++) {
        const float *restrict r = gates + i * ld_gates + units;
        const float *restrict h = state + i * ld_state;
        const float *restrict drh = d_reset_state + i * units;
        float *restrict d = d_state + i * units;
        float *restrict dr = d_gates + i * 3 * units + units;
        float *restrict out = reset_state + i * units;
        VECTORS
        for (size_t j = 0; j < units; j++) {
            const float rj = r[j], reset = rj * h[j];
            out[j] = reset;
            d[j] += drh[j] * rj;
            dr[j] = drh[j] * reset * (1.0f - rj);
        }
    }
}

static void LOOPS(broadcast_row)(size_t rows, size_t columns, const float *values, float *out,
                                 size_t ld) {
    for (size_t i = 0; i < rows; i++) {
        float *restrict o = out + i * ld;
        VECTORS
        for (size_t j = 0; j < columns; j++) o[j] = values[j];
    }
}

static void LOOPS(prefetch)(size_t count, const float *x) {
    for (size_t i = 0; i < count; i += 16) __builtin_prefetch(x + i);
}

static void LOOPS(add_column_sums)(size_t rows, size_t columns, const float *x, size_t ld,
                                   float *sums) {
    // Eight rows are summed before they meet the running sum: fewer roundings and less traffic.
    size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
        const float *restrict a = x + i * ld;
        float *restrict s = sums;
        VECTORS
        for (size_t j = 0; j < columns; j++)
            s[j] += ((a[j] + a[j + ld]) + (a[j + 2 * ld] + a[j + 3 * ld])) +
                    ((a[j + 4 * ld] + a[j + 5 * ld]) + (a[j + 6 * ld] + a[j + 7 * ld]));
    }
    for (; i < rows; i++) {
        const float *restrict a = x + i * ld;
        float *restrict s = sums;
        VECTORS
        for (size_t j = 0; j < columns; j++) s[j] += a[j];
    }
}

static void LOOPS(add)(size_t count, const float *x, float *y) {
    const float *restrict a = x;
    float *restrict b = y;
    VECTORS
    for (size_t i = 0; i < count; i++) b[i] += a[i];
}

static void LOOPS(apply_mask)(size_t count, const float *x, const uint8_t *mask, float scale,
                              float *y) {
    VECTORS
    for (size_t i = 0; i < count; i++) y[i] = mask[i] ? x[i] * scale : 0.0f;
}

static void LOOPS(apply_mask_rows)(size_t rows, size_t columns, const float *x, size_t ld_x,
                                   const uint8_t *mask, size_t ld_mask, float scale, float *y,
                                   size_t ld_y) {
    for (size_t i = 0; i < rows; i++)
        LOOPS(apply_mask)(columns, x + i * ld_x, mask + i * ld_mask, scale, y + i * ld_y);
}

static void LOOPS(add_masked_rows)(size_t rows, size_t columns, const float *x, size_t ld_x,
                                   const uint8_t *mask, size_t ld_mask, float scale, float *y,
                                   size_t ld_y) {
    for (size_t i = 0; i < rows; i++) {
        const float *a = x + i * ld_x;
        const uint8_t *keep = mask + i * ld_mask;
        float *b = y + i * ld_y;
        VECTORS
        for (size_t j = 0; j < columns; j++) b[j] += keep[j] ? a[j] * scale : 0.0f;
    }
}

static void LOOPS(add_rows)(size_t rows, size_t columns, const float *x, size_t ld_x, float *y,
                            size_t ld_y) {
    for (size_t i = 0; i < rows; i++) LOOPS(add)(columns, x + i * ld_x, y + i * ld_y);
}

static void LOOPS(copy_rows)(size_t rows, size_t columns, const float *x, size_t ld_x, float *y,
                             size_t ld_y) {
    for (size_t i = 0; i < rows; i++) __builtin_memcpy(y + i * ld_y, x + i * ld_x, columns * sizeof *x);
}

#define WIDEN(name, type, isGap)                                                                   \
    static void LOOPS(name)(size_t count, const type *x, float *y, uint8_t *observed) {             \
        if (!observed) {                                                                            \
            VECTORS                                                                                 \
            for (size_t i = 0; i < count; i++) y[i] = (float)x[i];                                  \
            return;                                                                                 \
        }                                                                                           \
        VECTORS                                                                                     \
        for (size_t i = 0; i < count; i++) {                                                        \
            y[i] = isGap ? 0.0f : (float)x[i];                                                      \
            observed[i] = isGap ? 0 : 1;                                                            \
        }                                                                                           \
    }

WIDEN(widen_bytes, uint8_t, (x[i] == UINT8_MAX))
WIDEN(widen_words, uint16_t, (x[i] == UINT16_MAX))
WIDEN(fill_gaps, float, (x[i] != x[i]))
#undef WIDEN

static void LOOPS(coordinated_dropout)(size_t bins, size_t units, const float *counts,
                                       size_t ld_counts, const uint8_t *keep, float scale, float *x,
                                       uint8_t *gradient_mask) {
    for (size_t t = 0; t < bins; t++) {
        LOOPS(apply_mask)(units, counts + t * ld_counts, keep + t * units, scale, x + t * units);
        uint8_t *restrict passes = gradient_mask + t * ld_counts;
        const uint8_t *restrict kept = keep + t * units;
        VECTORS
        for (size_t j = 0; j < units; j++) passes[j] = 1 - kept[j];
    }
}

static void LOOPS(exponential)(size_t count, float *x) {
    VECTORS
    for (size_t i = 0; i < count; i++) x[i] = LOOPS(exp_)(x[i]);
}

// Rates are computed into a short buffer first: the loop over them then runs at full float width, and
// only the sum is widened to double.
#define CHUNK 64

static inline double LOOPS(poisson_terms)(size_t count, const float *rate, const float *log_rate,
                                          const float *counts) {
    double partial[8] = {0};
    size_t j = 0;
    for (; j + 8 <= count; j += 8)
        for (size_t l = 0; l < 8; l++)
            partial[l] += (double)(rate[j + l] - counts[j + l] * log_rate[j + l]);
    for (; j < count; j++) partial[0] += (double)(rate[j] - counts[j] * log_rate[j]);
    return ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
           ((partial[4] + partial[5]) + (partial[6] + partial[7]));
}

static double LOOPS(poisson)(size_t rows, size_t columns, float *log_rates, size_t ld,
                             const float *counts, size_t ld_counts, const uint8_t *gradient_mask,
                             size_t ld_mask, float gradient_scale) {
    double total = 0;
    float rate[CHUNK];
    for (size_t i = 0; i < rows; i++)
        for (size_t start = 0; start < columns; start += CHUNK) {
            const size_t n = columns - start < CHUNK ? columns - start : CHUNK;
            float *restrict w = log_rates + i * ld + start;
            const float *restrict y = counts + i * ld_counts + start;
            VECTORS
            for (size_t j = 0; j < n; j++) rate[j] = LOOPS(exp_)(w[j]);
            total += LOOPS(poisson_terms)(n, rate, w, y);
            if (gradient_mask) {
                const uint8_t *restrict mask = gradient_mask + i * ld_mask + start;
                VECTORS
                for (size_t j = 0; j < n; j++)
                    w[j] = mask[j] ? gradient_scale * (rate[j] - y[j]) : 0.0f;
            } else {
                VECTORS
                for (size_t j = 0; j < n; j++) w[j] = gradient_scale * (rate[j] - y[j]);
            }
        }
    return total;
}

static double LOOPS(poisson_value)(size_t rows, size_t columns, const float *log_rates, size_t ld,
                                   const float *counts, size_t ld_counts) {
    double total = 0;
    float rate[CHUNK];
    for (size_t i = 0; i < rows; i++)
        for (size_t start = 0; start < columns; start += CHUNK) {
            const size_t n = columns - start < CHUNK ? columns - start : CHUNK;
            const float *restrict w = log_rates + i * ld + start;
            VECTORS
            for (size_t j = 0; j < n; j++) rate[j] = LOOPS(exp_)(w[j]);
            total += LOOPS(poisson_terms)(n, rate, w, counts + i * ld_counts + start);
        }
    return total;
}

static double LOOPS(poisson_observed)(size_t rows, size_t columns, float *log_rates, size_t ld,
                                      const float *counts, size_t ld_counts, const uint8_t *observed,
                                      size_t ld_observed, const uint8_t *gradient_mask, size_t ld_mask,
                                      float gradient_scale) {
    double total = 0;
    // Of what was not observed all three are 0, so that its term is 0 in the sum as it stands.
    float rate[CHUNK], log_rate[CHUNK], count[CHUNK];
    for (size_t i = 0; i < rows; i++)
        for (size_t start = 0; start < columns; start += CHUNK) {
            const size_t n = columns - start < CHUNK ? columns - start : CHUNK;
            float *restrict w = log_rates + i * ld + start;
            const float *restrict y = counts + i * ld_counts + start;
            const uint8_t *restrict seen = observed + i * ld_observed + start;
            VECTORS
            for (size_t j = 0; j < n; j++) {
                rate[j] = seen[j] ? LOOPS(exp_)(w[j]) : 0.0f;
                log_rate[j] = seen[j] ? w[j] : 0.0f;
                count[j] = seen[j] ? y[j] : 0.0f;
            }
            total += LOOPS(poisson_terms)(n, rate, log_rate, count);
            VECTORS
            for (size_t j = 0; j < n; j++) w[j] = gradient_scale * (rate[j] - count[j]);
            if (gradient_mask) {
                const uint8_t *restrict mask = gradient_mask + i * ld_mask + start;
                VECTORS
                for (size_t j = 0; j < n; j++) w[j] = mask[j] ? w[j] : 0.0f;
            }
        }
    return total;
}
#undef CHUNK

static void LOOPS(gaussian_sample)(size_t rows, size_t columns, const float *posterior,
                                   float minimum, const float *noise, float *standard_deviation,
                                   float *sample, size_t ld_sample) {
    for (size_t i = 0; i < rows; i++) {
        const float *restrict mean = posterior + i * 2 * columns;
        const float *restrict log_variance = mean + columns;
        float *restrict deviation = standard_deviation + i * columns;
        float *restrict out = sample + i * ld_sample;
        VECTORS
        for (size_t j = 0; j < columns; j++)
            deviation[j] = __builtin_elementwise_sqrt(LOOPS(exp_)(log_variance[j]) + minimum);
        if (noise) {
            const float *restrict e = noise + i * columns;
            VECTORS
            for (size_t j = 0; j < columns; j++) out[j] = mean[j] + e[j] * deviation[j];
        } else {
            VECTORS
            for (size_t j = 0; j < columns; j++) out[j] = mean[j];
        }
    }
}

static void LOOPS(random_words)(const uint32_t key[2], const uint32_t counter[3], uint32_t first,
                                size_t blocks, uint32_t *out) {
    for (size_t i = 0; i < blocks; i++) {
        uint32_t c0 = first + (uint32_t)i, c1 = counter[0], c2 = counter[1], c3 = counter[2];
        uint32_t k0 = key[0], k1 = key[1];
        for (int round = 0; round < 10; round++) {
            const uint64_t a = (uint64_t)0xD2511F53u * c0;
            const uint64_t b = (uint64_t)0xCD9E8D57u * c2;
            const uint32_t n0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
            const uint32_t n2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
            c1 = (uint32_t)b;
            c3 = (uint32_t)a;
            c0 = n0;
            c2 = n2;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        out[4 * i] = c0;
        out[4 * i + 1] = c1;
        out[4 * i + 2] = c2;
        out[4 * i + 3] = c3;
    }
}

static inline float LOOPS(log_)(float x) {
    // ln(x) for normal positive x: x = m·2^e, m in [√½, √2), Cephes polynomial.
    union { float f; uint32_t i; } bits = {.f = x};
    int32_t e = (int32_t)(bits.i >> 23) - 126;
    bits.i = (bits.i & 0x007FFFFFu) | 0x3F000000u;
    float m = bits.f;
    const int32_t low = m < 0.70710678f;
    e -= low;
    m = (low ? m + m : m) - 1.0f;
    const float s = m * m;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    const float k = (float)e;
    float r = p * m * s + k * -2.12194440e-4f - 0.5f * s;
    return m + r + k * 0.693359375f;
}

static void LOOPS(normals)(size_t count, const uint32_t *words, float *out) {
    const size_t pairs = count / 2;
    VECTORS
    for (size_t i = 0; i < pairs; i++) {
        // 24 bits each; the radius' uniform lies in (0, 1], so its logarithm is finite.
        const float u = (float)((words[2 * i] >> 8) + 1) * 5.9604644775390625e-8f;
        const float v = (float)(words[2 * i + 1] >> 8) * 5.9604644775390625e-8f;
        const float radius = __builtin_elementwise_sqrt(-2.0f * LOOPS(log_)(u));
        // sin and cos of 2πv through the nearest quarter turn: |t| ≤ 1/8 turn.
        const float q = __builtin_rintf(v * 4.0f);
        const float t = (v - q * 0.25f) * 6.283185307179586f;
        const int32_t quadrant = (int32_t)q & 3;
        const float s = t * t;
        const float sine =
            t + t * s * (-1.6666654611e-1f + s * (8.3321608736e-3f + s * -1.9515295891e-4f));
        const float cosine =
            1.0f - 0.5f * s +
            s * s * (4.166664568298827e-2f + s * (-1.388731625493765e-3f + s * 2.443315711809948e-5f));
        const float a = (quadrant & 1) ? sine : cosine;
        const float b = (quadrant & 1) ? cosine : sine;
        out[2 * i] = radius * ((quadrant == 1 || quadrant == 2) ? -a : a);
        out[2 * i + 1] = radius * ((quadrant & 2) ? -b : b);
    }
}

static void LOOPS(mask_below)(size_t count, const uint32_t *words, uint32_t threshold,
                              uint8_t *mask) {
    const size_t pairs = count / 2;
    VECTORS
    for (size_t i = 0; i < pairs; i++) {
        mask[2 * i] = (words[i] & 0xFFFFu) < threshold;
        mask[2 * i + 1] = (words[i] >> 16) < threshold;
    }
    if (count % 2) mask[count - 1] = (words[pairs] & 0xFFFFu) < threshold;
}

static double LOOPS(sum_of_squares)(size_t count, const float *x) {
    double partial[16] = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        for (size_t l = 0; l < 16; l++) partial[l] += (double)x[i + l] * (double)x[i + l];
    for (; i < count; i++) partial[0] += (double)x[i] * (double)x[i];
    double total = 0;
    for (size_t l = 0; l < 16; l++) total += partial[l];
    return total;
}

static void LOOPS(adam)(size_t count, float *parameters, const float *gradient, float *first_moment,
                        float *second_moment, float gradient_scale, float rate, float decay,
                        float beta1, float beta2, float epsilon, float correction1,
                        float correction2) {
    float *restrict p = parameters;
    const float *restrict grad = gradient;
    float *restrict m = first_moment;
    float *restrict v = second_moment;
    const float keep = 1.0f - rate * decay;
    const float step = rate / correction1;
    const float inverse_root = 1.0f / __builtin_elementwise_sqrt(correction2);
    VECTORS
    for (size_t i = 0; i < count; i++) {
        const float g = grad[i] * gradient_scale;
        m[i] = beta1 * m[i] + (1.0f - beta1) * g;
        v[i] = beta2 * v[i] + (1.0f - beta2) * g * g;
        p[i] = p[i] * keep - step * m[i] / (__builtin_elementwise_sqrt(v[i]) * inverse_root + epsilon);
    }
}

static const pointwise_loops LOOPS(table) = {
    .name = LOOPS_NAME,
    .gru_gates = LOOPS(gru_gates),
    .gru_state = LOOPS(gru_state),
    .gru_state_backward = LOOPS(gru_state_backward),
    .gru_reset_backward = LOOPS(gru_reset_backward),
    .broadcast_row = LOOPS(broadcast_row),
    .prefetch = LOOPS(prefetch),
    .add_column_sums = LOOPS(add_column_sums),
    .add = LOOPS(add),
    .apply_mask = LOOPS(apply_mask),
    .apply_mask_rows = LOOPS(apply_mask_rows),
    .add_masked_rows = LOOPS(add_masked_rows),
    .add_rows = LOOPS(add_rows),
    .copy_rows = LOOPS(copy_rows),
    .widen_bytes = LOOPS(widen_bytes),
    .widen_words = LOOPS(widen_words),
    .fill_gaps = LOOPS(fill_gaps),
    .coordinated_dropout = LOOPS(coordinated_dropout),
    .exponential = LOOPS(exponential),
    .poisson = LOOPS(poisson),
    .poisson_value = LOOPS(poisson_value),
    .poisson_observed = LOOPS(poisson_observed),
    .gaussian_sample = LOOPS(gaussian_sample),
    .random_words = LOOPS(random_words),
    .normals = LOOPS(normals),
    .mask_below = LOOPS(mask_below),
    .sum_of_squares = LOOPS(sum_of_squares),
    .adam = LOOPS(adam),
};

#undef VECTORS
