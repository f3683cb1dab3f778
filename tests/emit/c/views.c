/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);
static double f1_dot(MO_UP, mo_cell a_0, mo_cell b_1, int64_t n_2);
static void f2_negate(MO_UP, mo_cell flags_0, mo_cell counts_1, int64_t n_2);
static void f3_shift(MO_UP, mo_cell from_0, mo_cell to_1);
static int64_t f4_count(MO_UP, mo_cell from_0, mo_cell to_1);
static mo_cell f5_doubled(MO_UP, mo_cell from_0);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 34: let kept: list<any> = [dot, negate, shift, count, doubled] */
    const mo_root v0 = mo_closure_new(0, NULL, 0, MO_HERE(1));
    const mo_root v2 = mo_closure_new(1, NULL, 0, MO_HERE(2));
    MO_KEEP(v0);
    const mo_root v4 = mo_closure_new(2, NULL, 0, MO_HERE(3));
    MO_KEEP(v0); MO_KEEP(v2);
    const mo_root v6 = mo_closure_new(3, NULL, 0, MO_HERE(4));
    MO_KEEP(v0); MO_KEEP(v2); MO_KEEP(v4);
    const mo_root v8 = mo_closure_new(4, NULL, 0, MO_HERE(5));
    MO_KEEP(v0); MO_KEEP(v2); MO_KEEP(v4); MO_KEEP(v6);
    const mo_cell kept_10 = mo_list_new(0, (const uint64_t[]){v0, v2, v4, v6, v8}, 5, MO_HERE(6));
    /* 35: print(len(kept)) */
    mo_rt_out_int(mo_list_len(kept_10), MO_HERE(7));
    mo_rt_out_newline(MO_HERE(7));
}

/* dot(a: list<float>, b: list<float>, n: int): float, views.mochi:3 */
static double f1_dot(MO_UP, mo_cell a_0, mo_cell b_1, int64_t n_2) {
    MO_ENTER;
    /* 5: for i in 0..n { sum = sum + a[i] * b[i] } */
    double sum_21;
    if (n_2 <= mo_list_len(a_0)) {
        if (n_2 <= mo_list_len(b_1)) {
            const double *const restrict v32_data = mo_list(a_0)->data;
            const double *const restrict v33_data = mo_list(b_1)->data;
            int64_t i_5 = 0;
            double sum_6 = 0.0;
            while (i_5 < n_2) {
                sum_6 = sum_6 + v32_data[i_5] * v33_data[i_5];
                i_5 = mo_wrap_add(i_5, 1);
            }
            sum_21 = sum_6;
            goto b9;
        }
    }
    const double *const restrict v30_data = mo_list(a_0)->data;
    const int64_t v30_len = mo_list_len(a_0);
    const double *const restrict v31_data = mo_list(b_1)->data;
    const int64_t v31_len = mo_list_len(b_1);
    int64_t i_22 = 0;
    double sum_23 = 0.0;
    while (i_22 < n_2) {
        const double v25 = mo_view_get_f64(v30_data, v30_len, i_22, MO_HERE(8));
        sum_23 = sum_23 + v25 * mo_view_get_f64(v31_data, v31_len, i_22, MO_HERE(9));
        i_22 = mo_wrap_add(i_22, 1);
    }
    sum_21 = sum_23;
b9:;
    /* 6: return sum */
    return sum_21;
}

/* negate(flags: list<bool>, counts: list<int>, n: int), views.mochi:9 */
static void f2_negate(MO_UP, mo_cell flags_0, mo_cell counts_1, int64_t n_2) {
    MO_ENTER;
    (void)n_2;
    /* 10: for i in 0..len(flags) { */
    const int64_t v4 = mo_list_len(flags_0);
    if (0 < mo_list_len(counts_1)) {
        /* 11: flags[i] = !flags[i] */
        bool *const restrict v27_data = mo_list(flags_0)->data;
        /* 12: counts[0] = counts[0] + 1 */
        int64_t *const restrict v28_data = mo_list(counts_1)->data;
        int64_t i_5 = 0;
        /* 10: for i in 0..len(flags) { */
        while (i_5 < v4) {
            /* 11: flags[i] = !flags[i] */
            v27_data[i_5] = !v27_data[i_5];
            /* 12: counts[0] = counts[0] + 1 */
            v28_data[0] = mo_add(v28_data[0], 1, MO_HERE(10));
            i_5 = mo_wrap_add(i_5, 1);
        }
    } else {
        /* 11: flags[i] = !flags[i] */
        bool *const restrict v25_data = mo_list(flags_0)->data;
        /* 12: counts[0] = counts[0] + 1 */
        int64_t *const restrict v26_data = mo_list(counts_1)->data;
        const int64_t v26_len = mo_list_len(counts_1);
        int64_t i_18 = 0;
        /* 10: for i in 0..len(flags) { */
        while (i_18 < v4) {
            /* 11: flags[i] = !flags[i] */
            v25_data[i_18] = !v25_data[i_18];
            /* 12: counts[0] = counts[0] + 1 */
            const int64_t v22 = mo_view_get_i64(v26_data, v26_len, 0, MO_HERE(11));
            v26_data[0] = mo_add(v22, 1, MO_HERE(10));
            i_18 = mo_wrap_add(i_18, 1);
        }
    }
}

/* shift(from: list<int>, to: list<int>), views.mochi:16 */
static void f3_shift(MO_UP, mo_cell from_0, mo_cell to_1) {
    MO_ENTER;
    /* 17: for i in 0..len(to) { to[i] = from[i] + 1 } */
    const int64_t v3 = mo_list_len(to_1);
    if (v3 <= mo_list_len(from_0)) {
        const int64_t *const v20_data = mo_list(from_0)->data;
        int64_t *const v21_data = mo_list(to_1)->data;
        int64_t i_4 = 0;
        while (i_4 < v3) {
            v21_data[i_4] = mo_add(v20_data[i_4], 1, MO_HERE(12));
            i_4 = mo_wrap_add(i_4, 1);
        }
    } else {
        const int64_t *const v18_data = mo_list(from_0)->data;
        const int64_t v18_len = mo_list_len(from_0);
        int64_t *const v19_data = mo_list(to_1)->data;
        int64_t i_13 = 0;
        while (i_13 < v3) {
            const int64_t v15 = mo_view_get_i64(v18_data, v18_len, i_13, MO_HERE(13));
            v19_data[i_13] = mo_add(v15, 1, MO_HERE(12));
            i_13 = mo_wrap_add(i_13, 1);
        }
    }
}

/* count(from: list<int>, to: list<int>): int, views.mochi:20 */
static int64_t f4_count(MO_UP, mo_cell from_0, mo_cell to_1) {
    MO_ENTER;
    /* 22: for i in 0..len(to) { */
    const int64_t v4 = mo_list_len(to_1);
    /* 23: to[i] = i */
    int64_t *const v24_data = mo_list(to_1)->data;
    /* 24: for j in 0..len(from) { total = total + from[j] } */
    const int64_t *const v25_data = mo_list(from_0)->data;
    const int64_t v25_len = mo_list_len(from_0);
    const int64_t v9 = v25_len;
    int64_t i_5 = 0;
    int64_t total_6 = 0;
    /* 22: for i in 0..len(to) { */
    while (i_5 < v4) {
        /* 23: to[i] = i */
        v24_data[i_5] = i_5;
        int64_t j_10 = 0;
        int64_t total_11 = total_6;
        /* 24: for j in 0..len(from) { total = total + from[j] } */
        while (j_10 < v9) {
            total_11 = mo_add(total_11, v25_data[j_10], MO_HERE(14));
            j_10 = mo_wrap_add(j_10, 1);
        }
        i_5 = mo_wrap_add(i_5, 1);
        total_6 = total_11;
    }
    /* 26: return total */
    return total_6;
}

/* doubled(from: list<int>): list<int>, views.mochi:29 */
static mo_cell f5_doubled(MO_UP, mo_root from_0) {
    MO_ENTER;
    /* 30: var out: list<int> = [] */
    const mo_cell out_1 = mo_list_new(1, NULL, 0, MO_HERE(15));
    MO_KEEP(from_0);
    /* 31: for i in 0..len(from) { out = append(out, from[i] * 2) } */
    const int64_t v3 = mo_list_len(from_0);
    mo_rt_list_reserve(out_1, v3, 0);
    const int64_t *const restrict v16_data = mo_list(from_0)->data;
    int64_t i_4 = 0;
    mo_root out_5 = out_1;
    while (i_4 < v3) {
        const int64_t v9 = mo_mul(v16_data[i_4], 2, MO_HERE(16));
        const mo_cell out_10 = mo_list_push_i64(out_5, v9, MO_HERE(17));
        MO_KEEP(from_0);
        i_4 = mo_wrap_add(i_4, 1);
        out_5 = out_10;
    }
    /* 32: return out */
    return out_5;
}

const mo_type mo_types[] = {
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
static double c0(MO_UP, mo_cell self, mo_cell a0, mo_cell a1, int64_t a2) {
    (void)self;
    return f1_dot(up, a0, a1, a2);
}
static const uint8_t cells_0[] = {0};
static void c1(MO_UP, mo_cell self, mo_cell a0, mo_cell a1, int64_t a2) {
    (void)self;
    f2_negate(up, a0, a1, a2);
}
static const uint8_t cells_1[] = {0};
static void c2(MO_UP, mo_cell self, mo_cell a0, mo_cell a1) {
    (void)self;
    f3_shift(up, a0, a1);
}
static const uint8_t cells_2[] = {0};
static int64_t c3(MO_UP, mo_cell self, mo_cell a0, mo_cell a1) {
    (void)self;
    return f4_count(up, a0, a1);
}
static const uint8_t cells_3[] = {0};
static mo_cell c4(MO_UP, mo_cell self, mo_cell a0) {
    (void)self;
    return f5_doubled(up, a0);
}
static const uint8_t cells_4[] = {0};
const mo_fn mo_fns[] = {
    {"dot", (void (*)(void))c0, 0, 3, 0, 9, cells_0, false},
    {"negate", (void (*)(void))c1, 0, 3, 0, 12, cells_1, false},
    {"shift", (void (*)(void))c2, 0, 2, 0, 13, cells_2, false},
    {"count", (void (*)(void))c3, 0, 2, 0, 14, cells_3, false},
    {"doubled", (void (*)(void))c4, 0, 1, 0, 15, cells_4, false},
    {"", 0, mo_partial_call, 0, 2, UINT32_MAX, mo_partial_cells, false},
};
const uint32_t mo_fns_len = 5;
const mo_shape mo_shapes[] = {
    {"", 0, 0, 0},
};
const uint32_t mo_shapes_len = 0;
const mo_text mo_texts[] = {
    {"", 0},
};
mo_cell mo_strs[1];
const uint32_t mo_texts_len = 0;
const uint8_t mo_global_kinds[] = {0};
uint64_t mo_globals[1];
const uint32_t mo_globals_len = 0;

const mo_site mo_sites[] = {
    {0, 0, 0, 0},
    {0, 1, 1, 0},
    {0, 1, 24, 0},
    {0, 1, 29, 0},
    {0, 1, 37, 0},
    {0, 1, 44, 0},
    {0, 1, 51, 0},
    {0, 2, 1, 0},
    {1, 3, 31, 0},
    {1, 3, 38, 0},
    {2, 4, 27, 0},
    {2, 4, 17, 0},
    {3, 5, 41, 0},
    {3, 5, 33, 0},
    {4, 6, 43, 0},
    {5, 7, 3, 0},
    {5, 8, 53, 0},
    {5, 8, 33, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"dot", true},
    {"negate", true},
    {"shift", true},
    {"count", true},
    {"doubled", true},
};
const char *const mo_files[] = {
    "views.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 34, "let kept: list<any> = [dot, negate, shift, count, doubled]"},
    {0, 35, "print(len(kept))"},
    {0, 5, "for i in 0..n { sum = sum + a[i] * b[i] }"},
    {0, 12, "counts[0] = counts[0] + 1"},
    {0, 17, "for i in 0..len(to) { to[i] = from[i] + 1 }"},
    {0, 24, "for j in 0..len(from) { total = total + from[j] }"},
    {0, 30, "var out: list<int> = []"},
    {0, 31, "for i in 0..len(from) { out = append(out, from[i] * 2) }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 8;
void mo_program(MO_UP) {
    f0_main(up);
}
