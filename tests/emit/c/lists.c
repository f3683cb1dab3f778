/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 9: let xs = squares(len(input())) */
    const int64_t v1 = mo_str_len(mo_rt_in_line(MO_HERE(1)));
    /* 3: var xs: list<int> = [] */
    const mo_cell xs_15 = mo_list_new(1, NULL, 0, MO_HERE(3));
    /* 4: for i in 0..n { */
    mo_rt_list_reserve(xs_15, v1, 0);
    int64_t i_17 = 0;
    mo_root xs_18 = xs_15;
    while (i_17 < v1) {
        /* 5: xs = append(xs, i * i) */
        const int64_t v20 = mo_mul(i_17, i_17, MO_HERE(4));
        i_17 = mo_wrap_add(i_17, 1);
        xs_18 = mo_list_push_i64(xs_18, v20, MO_HERE(5));
    }
    /* 10: xs[0] = 7 */
    mo_list_set_i64(xs_18, 0, 7, MO_HERE(6));
    MO_KEEP(xs_18);
    /* 11: print(xs[1:][0], xs[len(xs) - 1]) */
    const mo_cell v7 = mo_list_slice(xs_18, 1, INT64_MAX, MO_HERE(7));
    MO_KEEP(xs_18);
    const int64_t v9 = mo_list_get_i64(v7, 0, MO_HERE(7));
    const int64_t v13 = mo_list_get_i64(xs_18, mo_wrap_sub(mo_list_len(xs_18), 1), MO_HERE(8));
    mo_rt_out_int(v9, MO_HERE(9));
    mo_rt_out_str(UINT64_C(0xfffb010000000020) /* " " */, MO_HERE(9));
    mo_rt_out_int(v13, MO_HERE(9));
    mo_rt_out_newline(MO_HERE(9));
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
    {0, 1, 22, 0},
    {0, 1, 10, 0},
    {1, 2, 3, 2},
    {1, 3, 23, 2},
    {1, 3, 10, 2},
    {0, 4, 1, 0},
    {0, 5, 7, 0},
    {0, 5, 18, 0},
    {0, 5, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"squares", true},
};
const char *const mo_files[] = {
    "lists.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 9, "let xs = squares(len(input()))"},
    {0, 3, "var xs: list<int> = []"},
    {0, 5, "xs = append(xs, i * i)"},
    {0, 10, "xs[0] = 7"},
    {0, 11, "print(xs[1:][0], xs[len(xs) - 1])"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 5;
void mo_program(MO_UP) {
    f0_main(up);
}
