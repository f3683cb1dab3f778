/* Made by mochi. */
#include "mochi.h"

typedef struct s0_Left {
    mo_head head;
    int64_t by;
} s0_Left;
MO_UNUSED static mo_cell new_s0_Left(int64_t v0) {
    mo_cell cell;
    s0_Left *slot;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 2u), 0);
    slot = (s0_Left *)(void *)mo_at_index((uint32_t)cell);
    slot->by = v0;
    return cell;
}
typedef struct s1_Right {
    mo_head head;
    int64_t by;
} s1_Right;
MO_UNUSED static mo_cell new_s1_Right(int64_t v0) {
    mo_cell cell;
    s1_Right *slot;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 2u), 256);
    slot = (s1_Right *)(void *)mo_at_index((uint32_t)cell);
    slot->by = v0;
    return cell;
}
typedef struct s2_Stay {
    mo_head head;
} s2_Stay;
MO_UNUSED static mo_cell new_s2_Stay(void) {
    mo_cell cell;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 1u), 512);
    return cell;
}

static void f0_main(MO_UP);
static const uint32_t shapes_0[] = {0, 1, 2};

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 42: let n = len(input()) */
    const int64_t n_1 = mo_str_len(mo_rt_in_line(MO_HERE(1)));
    /* 43: print(first_pair([1, 4, n], n + 4), walk([Left { by: n }, Stay, Right { by: 2 }], 3), digits(n), size(n)) */
    const mo_cell v4 = mo_list_new(1, (const uint64_t[]){1, 4, n_1}, 3, MO_HERE(2));
    const int64_t v6 = mo_wrap_add(n_1, 4);
    /* 5: for i in 0..len(xs) { */
    const int64_t v92 = mo_list_len(v4);
    /* 7: if xs[i] + xs[j] == sum { return xs[i] } */
    const int64_t *const restrict v108_data = mo_list(v4)->data;
    int64_t i_93 = 0;
    /* 5: for i in 0..len(xs) { */
    int64_t v7;
    while (i_93 < v92) {
        /* 6: for j in i + 1..len(xs) { */
        const int64_t v96 = mo_wrap_add(i_93, 1);
        /* 7: if xs[i] + xs[j] == sum { return xs[i] } */
        const int64_t v101 = v108_data[i_93];
        int64_t j_99 = v96;
        for (;;) {
            /* 6: for j in i + 1..len(xs) { */
            if (j_99 >= v92) {
                i_93 = v96;
                break;
            }
            /* 7: if xs[i] + xs[j] == sum { return xs[i] } */
            if (mo_add(v101, v108_data[j_99], MO_HERE(4)) == v6) {
                v7 = v101;
                goto b73;
            }
            j_99 = mo_wrap_add(j_99, 1);
        }
    }
    v7 = -1;
b73:;
    /* 43: print(first_pair([1, 4, n], n + 4), walk([Left { by: n }, Stay, Right { by: 2 }], 3), digits(n), size(n)) */
    const mo_root v8 = new_s0_Left(n_1);
    const mo_root v10 = new_s2_Stay();
    MO_KEEP(v8);
    const mo_root v13 = new_s1_Right(2);
    MO_KEEP(v8); MO_KEEP(v10);
    const mo_cell v15 = mo_list_new(5, (const uint64_t[]){v8, v10, v13}, 3, MO_HERE(5));
    /* 14: for step in steps { */
    const int64_t v68 = mo_list_len(v15);
    const mo_cell *const restrict v109_data = mo_list(v15)->data;
    int64_t v69 = 0;
    int64_t at_70 = 3;
    int64_t v17;
    for (;;) {
        if (v69 >= v68) {
            v17 = at_70;
            break;
        }
        const mo_cell step_72 = v109_data[v69];
        /* 15: let by = match step { */
        const int64_t v73 = mo_variant_tag(step_72);
        int64_t by_87;
        if (v73 == 0) {
            const int64_t n_81 = ((s0_Left *)mo_object(step_72, MO_HERE(7), "read", "by"))->by;
            /* 16: Left(n) => -n */
            by_87 = mo_neg(n_81, MO_HERE(8));
        } else if (v73 == 1) {
            by_87 = ((s1_Right *)mo_object(step_72, MO_HERE(8), "read", "by"))->by;
        } else {
            by_87 = 0;
        }
        /* 20: if by == 0 { continue } */
        int64_t at_75;
        if (by_87 != 0) {
            /* 21: at = at + by */
            const int64_t at_89 = mo_add(at_70, by_87, MO_HERE(9));
            /* 22: if at < 0 { break } */
            if (at_89 < 0) {
                v17 = at_89;
                break;
            }
            at_75 = at_89;
        } else {
            at_75 = at_70;
        }
        v69 = mo_wrap_add(v69, 1);
        at_70 = at_75;
    }
    int64_t rest_60 = n_1;
    int64_t count_61 = 0;
    int64_t count_65;
    for (;;) {
        /* 30: rest = rest / 10 */
        const int64_t rest_63 = rest_60 / 10;
        /* 31: count = count + 1 */
        count_65 = mo_add(count_61, 1, MO_HERE(11));
        /* 32: if rest == 0 { return count } */
        if (rest_63 == 0) {
            break;
        }
        rest_60 = rest_63;
        count_61 = count_65;
    }
    /* 37: if n < 10 { return "small" } */
    mo_root v19;
    if (n_1 < 10) {
        v19 = UINT64_C(0xfffb056c6c616d73) /* "small" */;
    } else {
        /* 38: if n < 100 && n % 2 == 0 { return "even" } */
        if (n_1 < 100) {
            if ((n_1 & 1) == 0) {
                v19 = UINT64_C(0xfffb04006e657665) /* "even" */;
                goto b22;
            }
        } else {
            /* 39: if n < 100 || n == 555 { return "odd" } */
            if (n_1 != 555) {
                v19 = UINT64_C(0xfffb05656772616c) /* "large" */;
                goto b22;
            }
        }
        v19 = UINT64_C(0xfffb03000064646f) /* "odd" */;
    }
b22:;
    /* 43: print(first_pair([1, 4, n], n + 4), walk([Left { by: n }, Stay, Right { by: 2 }], 3), digits(n), size(n)) */
    const mo_root v20 = mo_rt_int_to_str(v7, MO_HERE(2));
    MO_KEEP(v19);
    const mo_root v22 = mo_rt_int_to_str(v17, MO_HERE(2));
    MO_KEEP(v19); MO_KEEP(v20);
    const mo_root v24 = mo_rt_int_to_str(count_65, MO_HERE(2));
    MO_KEEP(v19); MO_KEEP(v20); MO_KEEP(v22);
    const mo_root v26 = mo_str_concat((const mo_cell[]){v20, UINT64_C(0xfffb010000000020) /* " " */, v22, UINT64_C(0xfffb010000000020) /* " " */, v24, UINT64_C(0xfffb010000000020) /* " " */, v19}, 7, MO_HERE(2));
    const int64_t v28 = mo_str_len(v26);
    int64_t v30 = 0;
    int64_t v36;
    for (;;) {
        if (v30 >= v28) {
            v36 = v28;
            break;
        }
        const int64_t v34 = mo_rt_str_code(v26, v30, MO_HERE(12));
        if (!mo_rt_code_is_space(v34, MO_HERE(12))) {
            v36 = v28;
            break;
        }
        v30 = mo_wrap_add(v30, 1);
    }
    while (v36 > v30) {
        const int64_t v40 = mo_wrap_sub(v36, 1);
        const int64_t v41 = mo_rt_str_code(v26, v40, MO_HERE(12));
        if (!mo_rt_code_is_space(v41, MO_HERE(12))) {
            break;
        }
        v36 = v40;
    }
    mo_cell v27;
    if (v30 == 0) {
        if (v36 == v28) {
            v27 = v26;
            goto b1;
        }
    }
    v27 = mo_str_slice(v26, v30, v36, MO_HERE(12));
b1:;
    mo_rt_out_str(v27, MO_HERE(2));
    mo_rt_out_newline(MO_HERE(2));
}

static bool is_0(mo_cell cell) {
    return mo_is_struct(cell, shapes_0, 3);
}
const mo_type mo_types[] = {
    {"Step", is_0, MO_ABSENT_NONE, 0},
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
const mo_fn mo_fns[] = {
    {"", 0, 0, 0, 0, 0, 0, false},
};
const uint32_t mo_fns_len = 0;
static const mo_field fields_0[] = {{"by", 1}, {"", 0}};
static const mo_field fields_1[] = {{"by", 1}, {"", 0}};
static const mo_field fields_2[] = {{"", 0}};
const mo_shape mo_shapes[] = {
    {"Left", fields_0, 1, 0},
    {"Right", fields_1, 1, 1},
    {"Stay", fields_2, 0, 2},
    {"", 0, 0, 0},
};
const uint32_t mo_shapes_len = 3;
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
    {0, 1, 13, 0},
    {0, 2, 1, 0},
    {0, 2, 7, 0},
    {1, 3, 16, 3},
    {0, 2, 65, 0},
    {0, 2, 37, 0},
    {2, 4, 14, 6},
    {2, 5, 18, 6},
    {2, 6, 13, 6},
    {0, 2, 87, 0},
    {3, 7, 19, 10},
    {4, 0, 0, 2},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"first_pair", true},
    {"walk", true},
    {"digits", true},
    {"trim", false},
};
const char *const mo_files[] = {
    "control.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 42, "let n = len(input())"},
    {0, 43, "print(first_pair([1, 4, n], n + 4), walk([Left { by: n }, Stay, Right { by: 2 }], 3), digits(n), size(n))"},
    {0, 7, "if xs[i] + xs[j] == sum { return xs[i] }"},
    {0, 15, "let by = match step {"},
    {0, 16, "Left(n) => -n"},
    {0, 21, "at = at + by"},
    {0, 31, "count = count + 1"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 7;
void mo_program(MO_UP) {
    f0_main(up);
}
