/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 5: print(initials(input())) */
    const mo_root v0 = mo_rt_in_line(MO_HERE(1));
    /* 3: return name[0] + "." + name[1:3] + " (known as something longer than a cell)" */
    const mo_root v3 = mo_str_index(v0, 0, MO_HERE(3));
    const mo_root v7 = mo_str_slice(v0, 1, 3, MO_HERE(4));
    MO_KEEP(v3);
    const mo_cell v9 = mo_str_concat((const mo_cell[]){v3, UINT64_C(0xfffb01000000002e) /* "." */, v7, mo_strs[0]}, 4, MO_HERE(5));
    /* 5: print(initials(input())) */
    mo_rt_out_str(v9, MO_HERE(6));
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
    {" (known as something longer than a cell)", 40},
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
    {0, 1, 7, 0},
    {1, 2, 10, 2},
    {1, 2, 26, 2},
    {1, 2, 36, 2},
    {0, 1, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"initials", true},
};
const char *const mo_files[] = {
    "strings.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 5, "print(initials(input()))"},
    {0, 3, "return name[0] + \".\" + name[1:3] + \" (known as something longer than a cell)\""},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 2;
void mo_program(MO_UP) {
    f0_main(up);
}
