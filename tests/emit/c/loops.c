/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

static void f0_main(MO_UP) {
    MO_ENTER;
    int64_t v20;
    int64_t v21;
    int64_t v26;
    int64_t v12;
    int64_t v13;
    int64_t v14;
    /* 20: print(total([1, 2, len(input())]), fibonacci(len(input()))) */
    const mo_cell v2 = mo_rt_in_line(MO_HERE(1));
    const int64_t v3 = mo_str_len(v2);
    const mo_cell v4 = mo_list_new(1, (const uint64_t[]){(uint64_t)1, (uint64_t)2, (uint64_t)v3}, 3, MO_HERE(2));
    /* 4: for x in xs { */
    const int64_t v19 = (int64_t)mo_list(v4)->len;
    int64_t *const v30_data = mo_list(v4)->data;
    v20 = 0;
    v21 = 0;
b8:;
    const bool v22 = v20 < v19;
    if (!v22) {
        goto b7;
    }
    const int64_t v23 = v30_data[v20];
    /* 5: if x == 3 { continue } */
    const bool v25 = v23 == 3;
    if (v25) {
        v26 = v21;
        goto b10;
    }
    /* 6: sum = sum + x */
    const int64_t v29 = mo_add(v21, v23, MO_HERE(4));
    v26 = v29;
b10:;
    const int64_t v28 = mo_wrap_add(v20, 1);
    v20 = v28;
    v21 = v26;
    goto b8;
b7:;
    /* 20: print(total([1, 2, len(input())]), fibonacci(len(input()))) */
    const mo_cell v6 = mo_rt_in_line(MO_HERE(5));
    const int64_t v7 = mo_str_len(v6);
    /* 13: for i in 0..n { */
    v12 = 0;
    v13 = 0;
    v14 = 1;
b2:;
    const bool v15 = v12 < v7;
    if (!v15) {
        goto b1;
    }
    /* 14: let next = a + b */
    const int64_t v16 = mo_add(v13, v14, MO_HERE(7));
    /* 16: b = next */
    const int64_t v17 = mo_wrap_add(v12, 1);
    v12 = v17;
    v13 = v14;
    v14 = v16;
    goto b2;
b1:;
    /* 20: print(total([1, 2, len(input())]), fibonacci(len(input()))) */
    mo_rt_out_int(v21, MO_HERE(8));
    mo_rt_out_str(UINT64_C(0xfffb010000000020) /* " " */, MO_HERE(8));
    mo_rt_out_int(v13, MO_HERE(8));
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
