/* Made by mochi. */
#include "mochi.h"

typedef struct s0_Part {
    mo_head head;
    mo_cell name;
    double weight;
    uint64_t fdouble_2;
} s0_Part;
MO_UNUSED static mo_cell new_s0_Part(mo_cell v0, double v1, bool v2) {
    mo_cell cell;
    s0_Part *slot;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 4u), 0);
    slot = (s0_Part *)(void *)mo_at_index((uint32_t)cell);
    slot->name = v0;
    slot->weight = v1;
    slot->fdouble_2 = v2;
    return cell;
}

static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 11: let part = Part { name: input(), weight: 1.5, double: true } */
    const mo_root v0 = mo_rt_in_line(MO_HERE(1));
    /* 8: if part.double { return part.name + ", twice" } */
    const mo_cell v10 = mo_str_concat((const mo_cell[]){v0, mo_strs[0]}, 2, MO_HERE(3));
    /* 12: print(describe(part), part.weight) */
    mo_rt_out_str(v10, MO_HERE(4));
    mo_rt_out_str(UINT64_C(0xfffb010000000020) /* " " */, MO_HERE(4));
    mo_rt_out_float(1.5, MO_HERE(4));
    mo_rt_out_newline(MO_HERE(4));
}

const mo_type mo_types[] = {
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
const mo_fn mo_fns[] = {
    {"", 0, 0, 0, 0, 0, 0, false},
};
const uint32_t mo_fns_len = 0;
static const mo_field fields_0[] = {{"name", 4}, {"weight", 2}, {"double", 3}, {"", 0}};
const mo_shape mo_shapes[] = {
    {"Part", fields_0, 3, -1},
    {"", 0, 0, 0},
};
const uint32_t mo_shapes_len = 1;
const mo_text mo_texts[] = {
    {", twice", 7},
    {"", 0},
};
mo_cell mo_strs[2];
const uint32_t mo_texts_len = 1;
const uint8_t mo_global_kinds[] = {0};
uint64_t mo_globals[1];
const uint32_t mo_globals_len = 0;

const mo_site mo_sites[] = {
    {0, 0, 0, 0},
    {0, 1, 25, 0},
    {0, 2, 7, 0},
    {1, 3, 37, 2},
    {0, 2, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"describe", true},
};
const char *const mo_files[] = {
    "structs.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 11, "let part = Part { name: input(), weight: 1.5, double: true }"},
    {0, 12, "print(describe(part), part.weight)"},
    {0, 8, "if part.double { return part.name + \", twice\" }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 3;
void mo_program(MO_UP) {
    f0_main(up);
}
