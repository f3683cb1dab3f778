/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 8: let found = find([1, 5, 9], len(input())) */
    const mo_root v3 = mo_list_new(1, (const uint64_t[]){1, 5, 9}, 3, MO_HERE(1));
    const mo_cell v4 = mo_rt_in_line(MO_HERE(2));
    MO_KEEP(v3);
    const int64_t v5 = mo_str_len(v4);
    /* 3: for x in xs { */
    const int64_t v13 = mo_list_len(v3);
    const int64_t *const restrict v22_data = mo_list(v3)->data;
    int64_t v14 = 0;
    mo_cell found_6;
    while (v14 < v13) {
        const int64_t x_16 = v22_data[v14];
        /* 4: if x > wanted { return x } */
        if (x_16 > v5) {
            found_6 = mo_from_i64(x_16);
            goto b4;
        }
        v14 = mo_wrap_add(v14, 1);
    }
    found_6 = MO_NONE;
b4:;
    /* 9: if found == none { print("nothing") } else { print(found) } */
    if (found_6 == MO_NONE) {
        mo_rt_out_str(mo_strs[0], MO_HERE(3));
        mo_rt_out_newline(MO_HERE(3));
    } else {
        mo_rt_out_int(found_6 == MO_NONE ? 0 : mo_as_i64(found_6), MO_HERE(4));
        mo_rt_out_newline(MO_HERE(4));
    }
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
    {"nothing", 7},
    {"", 0},
};
mo_cell mo_strs[2];
const uint32_t mo_texts_len = 1;
const uint8_t mo_global_kinds[] = {0};
uint64_t mo_globals[1];
const uint32_t mo_globals_len = 0;

const mo_site mo_sites[] = {
    {0, 0, 0, 0},
    {0, 1, 1, 0},
    {0, 1, 33, 0},
    {0, 2, 20, 0},
    {0, 2, 46, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
};
const char *const mo_files[] = {
    "options.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 8, "let found = find([1, 5, 9], len(input()))"},
    {0, 9, "if found == none { print(\"nothing\") } else { print(found) }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 2;
void mo_program(MO_UP) {
    f0_main(up);
}
