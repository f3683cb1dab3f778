/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

static void f0_main(MO_UP) {
    MO_ENTER;
    int64_t v27;
    double v28;
    int64_t v15;
    double v16;
    /* 7: print(mean([0.1, -2.5e100, float(input())]), int(mean([1.0]))) */
    const mo_cell v3 = mo_rt_in_line(MO_HERE(1));
    const double v4 = mo_rt_str_to_float(v3, MO_HERE(2));
    const mo_cell v5 = mo_list_new(2, (const uint64_t[]){mo_f64_bits(0.1), mo_f64_bits((-2.5e100)), mo_f64_bits(v4)}, 3, MO_HERE(2));
    /* 4: for x in xs { sum = sum + x } */
    const int64_t v26 = (int64_t)mo_list(v5)->len;
    double *const v37_data = mo_list(v5)->data;
    v27 = 0;
    v28 = 0.001;
b8:;
    const bool v29 = v27 < v26;
    if (!v29) {
        goto b11;
    }
    const double v30 = v37_data[v27];
    const double v31 = v28 + v30;
    const int64_t v33 = mo_wrap_add(v27, 1);
    v27 = v33;
    v28 = v31;
    goto b8;
b11:;
    /* 5: return sum / float(len(xs)) */
    const double v34 = (double)v26;
    const double v35 = mo_fdiv(v28, v34, MO_HERE(4));
    /* 7: print(mean([0.1, -2.5e100, float(input())]), int(mean([1.0]))) */
    const mo_cell v8 = mo_list_new(2, (const uint64_t[]){mo_f64_bits(1.0)}, 1, MO_HERE(3));
    /* 4: for x in xs { sum = sum + x } */
    const int64_t v14 = (int64_t)mo_list(v8)->len;
    double *const v36_data = mo_list(v8)->data;
    v15 = 0;
    v16 = 0.001;
b2:;
    const bool v17 = v15 < v14;
    if (!v17) {
        goto b5;
    }
    const double v18 = v36_data[v15];
    const double v19 = v16 + v18;
    const int64_t v21 = mo_wrap_add(v15, 1);
    v15 = v21;
    v16 = v19;
    goto b2;
b5:;
    /* 5: return sum / float(len(xs)) */
    const double v22 = (double)v14;
    const double v23 = mo_fdiv(v16, v22, MO_HERE(6));
    /* 7: print(mean([0.1, -2.5e100, float(input())]), int(mean([1.0]))) */
    const int64_t v10 = mo_float_to_int(v23, MO_HERE(7));
    mo_rt_out_float(v35, MO_HERE(8));
    mo_rt_out_str(UINT64_C(0xfffb010000000020) /* " " */, MO_HERE(8));
    mo_rt_out_int(v10, MO_HERE(8));
    mo_rt_out_newline(MO_HERE(8));
    return;
}

const mo_type mo_types[] = {
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
const mo_fn mo_fns[] = {
    {"", 0, 0, 0, 0, 0, 0, false},
};
const uint32_t mo_fns_len = 0;
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
    {0, 1, 34, 0},
    {0, 1, 28, 0},
    {0, 1, 7, 0},
    {1, 2, 14, 3},
    {0, 1, 50, 0},
    {1, 2, 14, 5},
    {0, 1, 46, 0},
    {0, 1, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"mean", true},
};
const char *const mo_files[] = {
    "floats.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 7, "print(mean([0.1, -2.5e100, float(input())]), int(mean([1.0])))"},
    {0, 5, "return sum / float(len(xs))"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 2;
void mo_program(MO_UP) {
    f0_main(up);
}
