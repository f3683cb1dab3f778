/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

static void f0_main(MO_UP) {
    MO_ENTER;
    mo_cell v2;
    /* 10: print(sign(len(input()))) */
    const mo_cell v0 = mo_rt_in_line(MO_HERE(1));
    const int64_t v1 = mo_str_len(v0);
    /* 5: } else if n == 0 { */
    const bool v6 = v1 == 0;
    if (v6) {
        goto b5;
    }
    /* 8: return "positive, which is a longer text" */
    v2 = mo_strs[0];
    goto b1;
b5:;
    /* 6: return "zero" */
    v2 = UINT64_C(0xfffb04006f72657a) /* "zero" */;
b1:;
    /* 10: print(sign(len(input()))) */
    mo_rt_out_str(v2, MO_HERE(2));
    mo_rt_out_newline(MO_HERE(2));
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
    {"positive, which is a longer text", 32},
    {"", 0},
};
mo_cell mo_strs[2];
const uint32_t mo_texts_len = 1;
const uint8_t mo_global_kinds[] = {0};
uint64_t mo_globals[1];
const uint32_t mo_globals_len = 0;

const mo_site mo_sites[] = {
    {0, 0, 0, 0},
    {0, 1, 16, 0},
    {0, 1, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
};
const char *const mo_files[] = {
    "branches.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 10, "print(sign(len(input())))"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 1;
void mo_program(MO_UP) {
    f0_main(up);
}
