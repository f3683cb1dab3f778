/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 7: print(mean([0.1, -2.5e100, float(input())]), int(mean([1.0]))) */
    const mo_cell v3 = mo_rt_in_line(MO_HERE(1));
    const double v4 = mo_rt_str_to_float(v3, MO_HERE(2));
    const mo_cell v5 = mo_list_new(2, (const uint64_t[]){mo_f64_bits(0.1), mo_f64_bits(-2.5e100), mo_f64_bits(v4)}, 3, MO_HERE(2));
    /* 4: for x in xs { sum = sum + x } */
    const int64_t v26 = mo_list_len(v5);
    const double *const restrict v37_data = mo_list(v5)->data;
    int64_t v27 = 0;
    double sum_28 = 0.001;
    while (v27 < v26) {
        sum_28 = sum_28 + v37_data[v27];
        v27 = mo_wrap_add(v27, 1);
    }
    /* 5: return sum / float(len(xs)) */
    const double v35 = mo_fdiv(sum_28, (double)v26, MO_HERE(4));
    /* 7: print(mean([0.1, -2.5e100, float(input())]), int(mean([1.0]))) */
    const mo_cell v8 = mo_list_new(2, (const uint64_t[]){mo_f64_bits(1.0)}, 1, MO_HERE(3));
    /* 4: for x in xs { sum = sum + x } */
    const int64_t v14 = mo_list_len(v8);
    const double *const restrict v36_data = mo_list(v8)->data;
    int64_t v15 = 0;
    double sum_16 = 0.001;
    while (v15 < v14) {
        sum_16 = sum_16 + v36_data[v15];
        v15 = mo_wrap_add(v15, 1);
    }
    /* 5: return sum / float(len(xs)) */
    const double v23 = mo_fdiv(sum_16, (double)v14, MO_HERE(6));
    /* 7: print(mean([0.1, -2.5e100, float(input())]), int(mean([1.0]))) */
    const int64_t v10 = mo_float_to_int(v23, MO_HERE(7));
    mo_rt_out_float(v35, MO_HERE(8));
    mo_rt_out_str(UINT64_C(0xfffb010000000020) /* " " */, MO_HERE(8));
    mo_rt_out_int(v10, MO_HERE(8));
    mo_rt_out_newline(MO_HERE(8));
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
