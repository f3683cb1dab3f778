/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 20: print(total([1, 2, len(input())]), fibonacci(len(input()))) */
    const mo_cell v2 = mo_rt_in_line(MO_HERE(1));
    const mo_cell v4 = mo_list_new(1, (const uint64_t[]){1, 2, mo_str_len(v2)}, 3, MO_HERE(2));
    /* 4: for x in xs { */
    const int64_t v19 = mo_list_len(v4);
    const int64_t *const restrict v30_data = mo_list(v4)->data;
    int64_t v20 = 0;
    int64_t sum_21 = 0;
    while (v20 < v19) {
        const int64_t x_23 = v30_data[v20];
        /* 5: if x == 3 { continue } */
        int64_t sum_26;
        if (x_23 != 3) {
            /* 6: sum = sum + x */
            sum_26 = mo_add(sum_21, x_23, MO_HERE(4));
        } else {
            sum_26 = sum_21;
        }
        v20 = mo_wrap_add(v20, 1);
        sum_21 = sum_26;
    }
    /* 20: print(total([1, 2, len(input())]), fibonacci(len(input()))) */
    const int64_t v7 = mo_str_len(mo_rt_in_line(MO_HERE(5)));
    int64_t i_12 = 0;
    int64_t a_13 = 0;
    int64_t b_14 = 1;
    /* 13: for i in 0..n { */
    while (i_12 < v7) {
        /* 14: let next = a + b */
        const int64_t next_16 = mo_add(a_13, b_14, MO_HERE(7));
        i_12 = mo_wrap_add(i_12, 1);
        a_13 = b_14;
        b_14 = next_16;
    }
    /* 20: print(total([1, 2, len(input())]), fibonacci(len(input()))) */
    mo_rt_out_int(sum_21, MO_HERE(8));
    mo_rt_out_str(UINT64_C(0xfffb010000000020) /* " " */, MO_HERE(8));
    mo_rt_out_int(a_13, MO_HERE(8));
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
    {0, 1, 24, 0},
    {0, 1, 20, 0},
    {0, 1, 7, 0},
    {1, 2, 15, 3},
    {0, 1, 50, 0},
    {0, 1, 36, 0},
    {2, 3, 18, 6},
    {0, 1, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"total", true},
    {"fibonacci", true},
};
const char *const mo_files[] = {
    "loops.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 20, "print(total([1, 2, len(input())]), fibonacci(len(input())))"},
    {0, 6, "sum = sum + x"},
    {0, 14, "let next = a + b"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 3;
void mo_program(MO_UP) {
    f0_main(up);
}
