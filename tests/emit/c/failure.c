/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 8: print(sixth([1, 2, len(input())])) */
    const mo_cell v2 = mo_rt_in_line(MO_HERE(1));
    const mo_root v4 = mo_list_new(1, (const uint64_t[]){1, 2, mo_str_len(v2)}, 3, MO_HERE(2));
    /* 6: return third(xs[3:]) */
    const mo_cell v8 = mo_list_slice(v4, 3, INT64_MAX, MO_HERE(4));
    /* 3: return xs[2] */
    const int64_t v10 = mo_list_get_i64(v8, 2, MO_HERE(6));
    /* 8: print(sixth([1, 2, len(input())])) */
    mo_rt_out_int(v10, MO_HERE(7));
    mo_rt_out_newline(MO_HERE(7));
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
    {1, 2, 16, 3},
    {1, 2, 10, 3},
    {2, 3, 10, 5},
    {0, 1, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"sixth", true},
    {"third", true},
};
const char *const mo_files[] = {
    "failure.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 8, "print(sixth([1, 2, len(input())]))"},
    {0, 6, "return third(xs[3:])"},
    {0, 3, "return xs[2]"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 3;
void mo_program(MO_UP) {
    f0_main(up);
}
