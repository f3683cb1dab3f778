/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 5: print(area(len(input()), len(input()))) */
    const int64_t v1 = mo_str_len(mo_rt_in_line(MO_HERE(1)));
    const int64_t v3 = mo_str_len(mo_rt_in_line(MO_HERE(2)));
    /* 3: return a * b - a / b + -a % 7 */
    const int64_t v5 = mo_mul(v1, v3, MO_HERE(4));
    const int64_t v10 = mo_rem_safe(mo_wrap_sub(0, v1), 7);
    const int64_t v11 = mo_wrap_add(mo_wrap_sub(v5, mo_div(v1, v3, MO_HERE(5))), v10);
    /* 5: print(area(len(input()), len(input()))) */
    mo_rt_out_int(v11, MO_HERE(6));
    mo_rt_out_newline(MO_HERE(6));
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
    {0, 1, 16, 0},
    {0, 1, 30, 0},
    {0, 1, 7, 0},
    {1, 2, 12, 3},
    {1, 2, 20, 3},
    {0, 1, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"area", true},
};
const char *const mo_files[] = {
    "arithmetic.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 5, "print(area(len(input()), len(input())))"},
    {0, 3, "return a * b - a / b + -a % 7"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 2;
void mo_program(MO_UP) {
    f0_main(up);
}
