/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 10: print(sign(len(input()))) */
    const int64_t v1 = mo_str_len(mo_rt_in_line(MO_HERE(1)));
    /* 5: } else if n == 0 { */
    mo_cell v2;
    if (v1 == 0) {
        v2 = UINT64_C(0xfffb04006f72657a) /* "zero" */;
    } else {
        v2 = mo_strs[0];
    }
    /* 10: print(sign(len(input()))) */
    mo_rt_out_str(v2, MO_HERE(2));
    mo_rt_out_newline(MO_HERE(2));
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
