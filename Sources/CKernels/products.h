// The bodies of the matrix products, included once per instruction set with LOOPS(name), LANES
// (floats in a vector register) and TILE_ROWS defined. No include guard, on purpose.
//
// One idea: a tile of C, up to TILE_ROWS rows by two vectors, stays in registers while the inner
// dimension runs. Per step two vectors of B are loaded, and every element of a column of A is
// multiplied by both: the multiply-add units are busy, loads and stores are not in their way. B is
// packed into panels as wide as a tile, so that it is read from the first to the last byte; A is
// read where it lies. The last columns of a matrix take a panel of one vector, or of half of one. What
// the sum starts from is added at the end: C, often in no cache, is on its way meanwhile.

typedef float LOOPS(vector) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef float LOOPS(half_vector) __attribute__((vector_size(LANES * 2), aligned(4), may_alias));

// Rows i of A are reached from every third row's pointer plus 0, 1 or 2 strides: addressing that the
// processor does within the load.
#define TILE(KIND, TYPE, WIDTH, VECTORS, ROWS)                                                         \
    static void LOOPS(tile_##KIND##_##ROWS)(const product_term *terms, size_t count, size_t row,       \
                                            size_t column, const float *start, size_t ld_start,        \
                                            float *c, size_t ld_c) {                                   \
        TYPE sum[ROWS][VECTORS];                                                                       \
        UNROLL for (size_t i = 0; i < ROWS; i++) {                                                     \
            __builtin_prefetch(c + i * ld_c, 1);                                                       \
            __builtin_prefetch(c + i * ld_c + WIDTH - 1, 1);                                           \
            UNROLL for (size_t j = 0; j < VECTORS; j++) sum[i][j] = (TYPE){0};                         \
        }                                                                                              \
        for (size_t t = 0; t < count; t++) {                                                           \
            const size_t stride = terms[t].row_stride, step = terms[t].inner_stride;                   \
            const float *a[(ROWS + 2) / 3];                                                            \
            UNROLL for (size_t i = 0; i < (ROWS + 2) / 3; i++) a[i] =                                  \
                terms[t].a + (row + 3 * i) * stride;                                                   \
            const float *b = terms[t].panels + column * terms[t].inner;                                \
            for (size_t k = terms[t].inner; k > 0; k--) {                                              \
                TYPE right[VECTORS];                                                                   \
                UNROLL for (size_t j = 0; j < VECTORS; j++) right[j] =                                 \
                    *(const TYPE *)(b + j * (WIDTH / VECTORS));                                        \
                UNROLL for (size_t i = 0; i < ROWS; i++) {                                             \
                    const float left = a[i / 3][(i % 3) * stride];                                     \
                    UNROLL for (size_t j = 0; j < VECTORS; j++) sum[i][j] += left * right[j];          \
                }                                                                                      \
                UNROLL for (size_t i = 0; i < (ROWS + 2) / 3; i++) a[i] += step;                       \
                b += WIDTH;                                                                            \
            }                                                                                          \
        }                                                                                              \
        UNROLL for (size_t i = 0; i < ROWS; i++)                                                       \
            UNROLL for (size_t j = 0; j < VECTORS; j++)                                                \
                *(TYPE *)(c + i * ld_c + j * (WIDTH / VECTORS)) =                                      \
                    *(const TYPE *)(start + i * ld_start + j * (WIDTH / VECTORS)) + sum[i][j];         \
    }

#define UNROLL _Pragma("clang loop unroll(full)")
#define TILES(ROWS)                                               \
    TILE(wide, LOOPS(vector), 2 * LANES, 2, ROWS)                 \
    TILE(single, LOOPS(vector), LANES, 1, ROWS)                   \
    TILE(half, LOOPS(half_vector), (LANES / 2), 1, ROWS)

TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if TILE_ROWS == 12
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#define TILE_LIST(KIND)                                                                               \
    {0, LOOPS(tile_##KIND##_1), LOOPS(tile_##KIND##_2), LOOPS(tile_##KIND##_3),                       \
     LOOPS(tile_##KIND##_4), LOOPS(tile_##KIND##_5), LOOPS(tile_##KIND##_6), LOOPS(tile_##KIND##_7),  \
     LOOPS(tile_##KIND##_8), LOOPS(tile_##KIND##_9), LOOPS(tile_##KIND##_10),                         \
     LOOPS(tile_##KIND##_11), LOOPS(tile_##KIND##_12)}
#else
#define TILE_LIST(KIND)                                                                               \
    {0, LOOPS(tile_##KIND##_1), LOOPS(tile_##KIND##_2), LOOPS(tile_##KIND##_3),                       \
     LOOPS(tile_##KIND##_4), LOOPS(tile_##KIND##_5), LOOPS(tile_##KIND##_6)}
#endif

typedef void (*LOOPS(tile))(const product_term *, size_t, size_t, size_t, const float *, size_t, float *,
                            size_t);
static const LOOPS(tile) LOOPS(tiles)[3][TILE_ROWS + 1] = {TILE_LIST(wide), TILE_LIST(single),
                                                           TILE_LIST(half)};

#define MAX_WIDTH (2 * LANES)

// The panel that begins where `rest` columns are left: its width, and which tiles work on it.
static inline size_t LOOPS(panel)(size_t rest, const LOOPS(tile) **tiles) {
    const int kind = rest > LANES + LANES / 2 ? 0 : rest > LANES / 2 ? 1 : 2;
    if (tiles) *tiles = LOOPS(tiles)[kind];
    return kind == 0 ? 2 * LANES : kind == 1 ? LANES : LANES / 2;
}

static size_t LOOPS(padded_columns)(size_t columns) {
    size_t column = 0;
    while (column < columns) column += LOOPS(panel)(columns - column, 0);
    return column;
}

static void LOOPS(pack)(size_t inner, size_t columns, const float *b, size_t inner_stride,
                        size_t column_stride, float *panels) {
    for (size_t column = 0; column < columns;) {
        const size_t width = LOOPS(panel)(columns - column, 0);
        const size_t used = columns - column < width ? columns - column : width;
        float *restrict out = panels + column * inner;
        const float *restrict in = b + column * column_stride;
        if (used < width)
            for (size_t k = 0; k < inner; k++)
                for (size_t j = used; j < width; j++) out[k * width + j] = 0;
        if (column_stride == 1 && used == width) {
            // Copies of a length that the compiler knows: for data, packed in every call.
            if (width == 2 * LANES)
                for (size_t k = 0; k < inner; k++) {
                    const LOOPS(vector) *from = (const LOOPS(vector) *)(in + k * inner_stride);
                    LOOPS(vector) *to = (LOOPS(vector) *)(out + k * 2 * LANES);
                    const LOOPS(vector) first = from[0], second = from[1];
                    to[0] = first;
                    to[1] = second;
                }
            else if (width == LANES)
                for (size_t k = 0; k < inner; k++)
                    *(LOOPS(vector) *)(out + k * LANES) =
                        *(const LOOPS(vector) *)(in + k * inner_stride);
            else
                for (size_t k = 0; k < inner; k++)
                    *(LOOPS(half_vector) *)(out + k * LANES / 2) =
                        *(const LOOPS(half_vector) *)(in + k * inner_stride);
        } else if (column_stride == 1) {
            for (size_t k = 0; k < inner; k++)
                for (size_t j = 0; j < used; j++) out[k * width + j] = in[k * inner_stride + j];
        } else {
            for (size_t j = 0; j < used; j++)
                for (size_t k = 0; k < inner; k++)
                    out[k * width + j] = in[k * inner_stride + j * column_stride];
        }
        column += width;
    }
}

static const float LOOPS(zeros)[MAX_WIDTH];

// One panel of C, all its rows, in tiles of nearly the same height. A panel that is wider than what is
// left of C goes through a copy.
static void LOOPS(panel_product)(const LOOPS(tile) *tiles, size_t rows, size_t column, size_t width,
                                 size_t used, size_t count, const product_term *terms,
                                 const float *start, size_t ld_start, float *c, size_t ld_c) {
    const size_t tile_count = (rows + TILE_ROWS - 1) / TILE_ROWS;
    size_t row = 0;
    for (size_t index = 0; index < tile_count; index++) {
        const size_t height = rows / tile_count + (index < rows % tile_count);
        const float *from = start + row * ld_start;
        float *to = c + row * ld_c;
        if (used == width) {
            tiles[height](terms, count, row, column, from, ld_start, to, ld_c);
        } else {
            float copy[TILE_ROWS * MAX_WIDTH];
            for (size_t i = 0; i < height; i++)
                for (size_t j = 0; j < used; j++) copy[i * width + j] = from[i * ld_start + j];
            for (size_t i = 0; i < height; i++)
                for (size_t j = used; j < width; j++) copy[i * width + j] = 0;
            tiles[height](terms, count, row, column, copy, width, copy, width);
            for (size_t i = 0; i < height; i++)
                for (size_t j = 0; j < used; j++) to[i * ld_c + j] = copy[i * width + j];
        }
        row += height;
    }
}

static void LOOPS(product)(size_t rows, size_t columns, size_t count, const product_term *terms,
                           const float *bias, int accumulate, float *c, size_t ld_c) {
    if (rows == 0) return;
    for (size_t column = 0; column < columns;) {
        const LOOPS(tile) *tiles;
        const size_t rest = columns - column, width = LOOPS(panel)(rest, &tiles);
        const float *start = accumulate ? c + column : bias ? bias + column : LOOPS(zeros);
        LOOPS(panel_product)(tiles, rows, column, width, rest < width ? rest : width, count, terms,
                             start, accumulate ? ld_c : 0, c + column, ld_c);
        column += width;
    }
}

// A panel of B that many rows deep fits the first-level cache together with what passes by.
#define INNER_BLOCK 192

static void LOOPS(add_transposed_products)(size_t inner, size_t columns, const float *b, size_t ld_b,
                                           size_t count, const transposed_term *terms) {
    float panel[INNER_BLOCK * MAX_WIDTH];
    for (size_t first = 0; first < inner; first += INNER_BLOCK) {
        const size_t depth = inner - first < INNER_BLOCK ? inner - first : INNER_BLOCK;
        for (size_t column = 0; column < columns;) {
            const LOOPS(tile) *tiles;
            const size_t rest = columns - column, width = LOOPS(panel)(rest, &tiles);
            const size_t used = rest < width ? rest : width;
            LOOPS(pack)(depth, used, b + first * ld_b + column, ld_b, 1, panel);
            for (size_t t = 0; t < count; t++) {
                const product_term term = {terms[t].a + first * terms[t].ld_a, 1, terms[t].ld_a, depth,
                                           panel};
                float *c = terms[t].c + column;
                LOOPS(panel_product)(tiles, terms[t].rows, 0, width, used, 1, &term, c, terms[t].ld_c, c,
                                     terms[t].ld_c);
            }
            column += width;
        }
    }
}

static const matrix_products LOOPS(products) = {
    .name = LOOPS_NAME,
    .padded_columns = LOOPS(padded_columns),
    .pack = LOOPS(pack),
    .product = LOOPS(product),
    .add_transposed_products = LOOPS(add_transposed_products),
};

#undef TILE
#undef TILES
#undef TILE_LIST
#undef UNROLL
#undef MAX_WIDTH
#undef INNER_BLOCK
#undef LANES
#undef TILE_ROWS
