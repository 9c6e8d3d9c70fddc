// Loops and products of the training step, compiled for several instruction sets and chosen at run time.
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
    /// In: d_state = ∂/∂h'. Out: the gradients of the pre-activations of z and n in d_gates (laid
    /// out like the gates, without gaps), d_state = z∘∂/∂(unclipped h').
    void (*gru_state_backward)(size_t rows, size_t units, const float *gates, size_t ld_gates,
                               const float *state, size_t ld_state, float clip, float *d_state,
                               float *d_gates);
    /// In: d_reset_state = ∂/∂(r∘h). Out: the gradient of the pre-activation of r in d_gates,
    /// d_state += r∘d_reset_state, reset_state = r∘h.
    void (*gru_reset_backward)(size_t rows, size_t units, const float *gates, size_t ld_gates,
                               const float *state, size_t ld_state, const float *d_reset_state,
                               float *d_state, float *d_gates, float *reset_state);

    /// Every row of `out` becomes `values`.
    void (*broadcast_row)(size_t rows, size_t columns, const float *values, float *out, size_t ld);
    /// Has x on its way to the cache while something else is computed.
    void (*prefetch)(size_t count, const float *x);
    /// sums[j] += Σ_rows x[row, j].
    void (*add_column_sums)(size_t rows, size_t columns, const float *x, size_t ld, float *sums);
    /// y += x.
    void (*add)(size_t count, const float *x, float *y);
    /// y = mask ? x·scale : 0 (x may be y).
    void (*apply_mask)(size_t count, const float *x, const uint8_t *mask, float scale, float *y);
    /// Rows of `columns` values with their own distances between rows: y = mask ? x·scale : 0.
    void (*apply_mask_rows)(size_t rows, size_t columns, const float *x, size_t ld_x,
                            const uint8_t *mask, size_t ld_mask, float scale, float *y, size_t ld_y);
    /// The same, added: y += mask ? x·scale : 0.
    void (*add_masked_rows)(size_t rows, size_t columns, const float *x, size_t ld_x,
                            const uint8_t *mask, size_t ld_mask, float scale, float *y, size_t ld_y);
    /// Rows with their own distances: y += x, y = x.
    void (*add_rows)(size_t rows, size_t columns, const float *x, size_t ld_x, float *y, size_t ld_y);
    void (*copy_rows)(size_t rows, size_t columns, const float *x, size_t ld_x, float *y, size_t ld_y);
    /// y = x. Where x is the largest value of its type a sample was not observed: y = 0 there, and
    /// `observed`, which is 1 elsewhere, 0. It may be NULL where every sample was.
    void (*widen_bytes)(size_t count, const uint8_t *x, float *y, uint8_t *observed);
    void (*widen_words)(size_t count, const uint16_t *x, float *y, uint8_t *observed);
    /// The same of floats, where NaN was not observed.
    void (*fill_gaps)(size_t count, const float *x, float *y, uint8_t *observed);
    /// Coordinated dropout of one trial: x [bins, units] = keep ? counts·scale : 0, and the gradient
    /// passes where a count was dropped. Counts and gradient_mask have ld_counts elements a bin.
    void (*coordinated_dropout)(size_t bins, size_t units, const float *counts, size_t ld_counts,
                                const uint8_t *keep, float scale, float *x, uint8_t *gradient_mask);
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
    /// The same as `poisson` where some samples were not observed: where `observed` is 0 there is neither
    /// loss nor gradient, whatever stands in counts and log-rates.
    double (*poisson_observed)(size_t rows, size_t columns, float *log_rates, size_t ld,
                               const float *counts, size_t ld_counts, const uint8_t *observed,
                               size_t ld_observed, const uint8_t *gradient_mask, size_t ld_mask,
                               float gradient_scale);

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
    /// mask = half a word < threshold, which is at most 65536; the lower half comes first.
    void (*mask_below)(size_t count, const uint32_t *words, uint32_t threshold, uint8_t *mask);

    /// Σ x² in double precision.
    double (*sum_of_squares)(size_t count, const float *x);
    /// One AdamW step (Loshchilov and Hutter 2019):
    /// g = gradient_scale·gradient, p = p·(1 − rate·decay) − rate/correction1 · m/(√v/√correction2 + epsilon).
    void (*adam)(size_t count, float *parameters, const float *gradient, float *first_moment,
                 float *second_moment, float gradient_scale, float rate, float decay, float beta1,
                 float beta2, float epsilon, float correction1, float correction2);
} pointwise_loops;

/// One summand A·B of a product: A[i, k] = a[i·row_stride + k·inner_stride] read where it lies, B
/// [inner, columns] as `pack` laid it out.
typedef struct {
    const float *a;
    size_t row_stride, inner_stride, inner;
    const float *panels;
} product_term;

/// One sum Aᵀ·B: A [inner, rows] with ld_a between its rows, C [rows, columns].
typedef struct {
    const float *a;
    size_t ld_a, rows;
    float *c;
    size_t ld_c;
} transposed_term;

/// Products of row-major float32 matrices for shapes that a BLAS serves badly: some dozen rows, times
/// weights that stay the same over all time steps and are therefore packed once.
///
/// A sum over the inner dimension is taken in ascending order, whatever the shape and the place of an
/// element: an element's bits depend on its row of A, its column of B and what it is added to alone.
typedef struct {
    const char *name;
    /// Columns of B as packed: panels are as wide as two vector registers, the last ones narrower.
    size_t (*padded_columns)(size_t columns);
    /// Packs B[k, j] = b[k·inner_stride + j·column_stride] into panels: inner·padded_columns floats.
    /// A bias is a B with one row.
    void (*pack)(size_t inner, size_t columns, const float *b, size_t inner_stride,
                 size_t column_stride, float *panels);
    /// C = start + Σ_t A_t·B_t, where start is C itself (accumulate), else the packed bias in every
    /// row, else (bias NULL) zero.
    void (*product)(size_t rows, size_t columns, size_t count, const product_term *terms,
                    const float *bias, int accumulate, float *c, size_t ld_c);
    /// C_t += A_tᵀ·B for several A_t and one B [inner, columns], both row-major as they are: gradients
    /// of weights. Long sums are cut into blocks of 192 rows.
    void (*add_transposed_products)(size_t inner, size_t columns, const float *b, size_t ld_b,
                                    size_t count, const transposed_term *terms);
} matrix_products;

/// The products for this processor and those of one instruction set, chosen like the loops below.
const matrix_products *matrix_products_for_this_processor(void);
const matrix_products *matrix_products_named(const char *name);

/// The loops for this processor, or for the instruction set that NEUROSTITCH_INSTRUCTION_SET names
/// ("baseline", "avx2", "avx512") where the processor has it.
const pointwise_loops *pointwise_loops_for_this_processor(void);
/// The loops of one instruction set, NULL where this processor lacks it.
const pointwise_loops *pointwise_loops_named(const char *name);
