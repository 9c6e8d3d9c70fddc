// Pointwise loops of the training step, compiled for several instruction sets and chosen at run time.
//
// Every array is row-major float32; `ld…` is the distance between rows, in elements. Gates stand in
// the order update z, reset r, candidate n in one row of 3·units. The recurrent unit is
//   z = σ(·), r = σ(·), n = tanh(· + U_n (r∘h)), h' = clip(z∘h + (1−z)∘n, ±clip).
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
    /// Name of the instruction set: "avx512", "avx2" or "baseline".
    const char *name;

    /// In: pre-activations of z and r. Out: z and r in place, reset_state = r∘state.
    void (*gru_gates)(size_t rows, size_t units, float *gates, size_t ld_gates, const float *state,
                      size_t ld_state, float *reset_state);
    /// In: pre-activation of n. Out: n in place, next = clip(z∘state + (1−z)∘n).
    void (*gru_state)(size_t rows, size_t units, float *gates, size_t ld_gates, const float *state,
                      size_t ld_state, float clip, float *next, size_t ld_next);
    /// In: d_state = ∂/∂h'. Out: z and n replaced by the gradients of their pre-activations,
    /// d_state = z∘∂/∂(unclipped h'). r stays.
    void (*gru_state_backward)(size_t rows, size_t units, float *gates, size_t ld_gates,
                               const float *state, size_t ld_state, float clip, float *d_state);
    /// In: d_reset_state = ∂/∂(r∘h). Out: r replaced by the gradient of its pre-activation,
    /// d_state += r∘d_reset_state.
    void (*gru_reset_backward)(size_t rows, size_t units, float *gates, size_t ld_gates,
                               const float *state, size_t ld_state, const float *d_reset_state,
                               float *d_state);

    /// Every row of `out` becomes `values`.
    void (*broadcast_row)(size_t rows, size_t columns, const float *values, float *out, size_t ld);
    /// sums[j] += Σ_rows x[row, j].
    void (*add_column_sums)(size_t rows, size_t columns, const float *x, size_t ld, float *sums);
    /// y += x.
    void (*add)(size_t count, const float *x, float *y);
    /// y = mask ? x·scale : 0 (x may be y).
    void (*apply_mask)(size_t count, const float *x, const uint8_t *mask, float scale, float *y);
    /// Rows of `columns` values with their own distances between rows: y = mask ? x·scale : 0.
    void (*apply_mask_rows)(size_t rows, size_t columns, const float *x, size_t ld_x,
                            const uint8_t *mask, size_t ld_mask, float scale, float *y, size_t ld_y);
    /// x = exp(x).
    void (*exponential)(size_t count, float *x);

    /// Poisson: returns Σ exp(w) − y·w and replaces w by gradient_scale·(exp(w) − y), where the
    /// gradient mask is 1 (everywhere if it is NULL), and by 0 elsewhere.
    double (*poisson)(size_t rows, size_t columns, float *log_rates, size_t ld, const float *counts,
                      size_t ld_counts, const uint8_t *gradient_mask, size_t ld_mask,
                      float gradient_scale);
    /// The value alone.
    double (*poisson_value)(size_t rows, size_t columns, const float *log_rates, size_t ld,
                            const float *counts, size_t ld_counts);

    /// std = sqrt(exp(log_variance) + minimum); sample = mean + std·noise (noise may be NULL: mean).
    /// Each row of `posterior` is [mean (columns), log-variance (columns)].
    void (*gaussian_sample)(size_t rows, size_t columns, const float *posterior, float minimum,
                            const float *noise, float *standard_deviation, float *sample,
                            size_t ld_sample);

    /// Philox-4x32-10 (Salmon et al. 2011): blocks first…first+blocks−1 of the stream `counter`, four words each.
    void (*random_words)(const uint32_t key[2], const uint32_t counter[3], uint32_t first,
                         size_t blocks, uint32_t *out);
    /// Standard normals from pairs of words (Box and Muller 1958). count is even.
    void (*normals)(size_t count, const uint32_t *words, float *out);
    /// mask = word < threshold.
    void (*mask_below)(size_t count, const uint32_t *words, uint32_t threshold, uint8_t *mask);

    /// Σ x² in double precision.
    double (*sum_of_squares)(size_t count, const float *x);
    /// One AdamW step (Loshchilov and Hutter 2019):
    /// g = gradient_scale·gradient, p = p·(1 − rate·decay) − rate/correction1 · m/(√v/√correction2 + epsilon).
    void (*adam)(size_t count, float *parameters, const float *gradient, float *first_moment,
                 float *second_moment, float gradient_scale, float rate, float decay, float beta1,
                 float beta2, float epsilon, float correction1, float correction2);
} pointwise_loops;

/// The loops for this processor, or for the instruction set that NEUROSTITCH_INSTRUCTION_SET names
/// ("baseline", "avx2", "avx512") where the processor has it.
const pointwise_loops *pointwise_loops_for_this_processor(void);
/// The loops of one instruction set, NULL where this processor lacks it.
const pointwise_loops *pointwise_loops_named(const char *name);
