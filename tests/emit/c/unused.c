/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);
static int64_t f1_first(MO_UP, int64_t a_0, int64_t b_1);
static int64_t f3_lambda1(MO_UP, int64_t a_0, int64_t b_1);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 4: let f = if len(input()) > 0 { first } else { fun(a: int, b: int): int => b } */
    mo_root f_6;
    if (mo_str_len(mo_rt_in_line(MO_HERE(1))) > 0) {
        f_6 = mo_closure_new(0, NULL, 0, MO_HERE(2));
    } else {
        f_6 = mo_closure_new(1, NULL, 0, MO_HERE(2));
    }
    /* 3: fun apply(f: fun(int, int): int): int { return f(len(input()), 2) } */
    const mo_cell v8 = mo_rt_in_line(MO_HERE(4));
    MO_KEEP(f_6);
    const int64_t v11 = ((int64_t (*)(MO_UP, mo_cell, int64_t, int64_t))mo_callee(f_6, MO_HERE(5))->code)(MO_FRAME, f_6, mo_str_len(v8), 2);
    /* 5: print(apply(f)) */
    mo_rt_out_int(v11, MO_HERE(6));
    mo_rt_out_newline(MO_HERE(6));
}

/* first(a: int, b: int): int, unused.mochi:2 */
static int64_t f1_first(MO_UP, int64_t a_0, int64_t b_1) {
    MO_ENTER;
    (void)b_1;
    /* 2: fun first(a: int, b: int): int { return a } */
    return a_0;
}

/* lambda1(a: int, b: int): int, unused.mochi:4 */
static int64_t f3_lambda1(MO_UP, int64_t a_0, int64_t b_1) {
    MO_ENTER;
    (void)a_0;
    /* 4: let f = if len(input()) > 0 { first } else { fun(a: int, b: int): int => b } */
    return b_1;
}

const mo_type mo_types[] = {
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
static int64_t c0(MO_UP, mo_cell self, int64_t a0, int64_t a1) {
    (void)self;
    return f1_first(up, a0, a1);
}
static const uint8_t cells_0[] = {0};
static int64_t c1(MO_UP, mo_cell self, int64_t a0, int64_t a1) {
    (void)self;
    return f3_lambda1(up, a0, a1);
}
static const uint8_t cells_1[] = {0};
const mo_fn mo_fns[] = {
    {"first", (void (*)(void))c0, 0, 2, 0, 8, cells_0, false},
    {"lambda1", (void (*)(void))c1, 0, 2, 0, 8, cells_1, false},
    {"", 0, mo_partial_call, 0, 2, UINT32_MAX, mo_partial_cells, false},
};
const uint32_t mo_fns_len = 2;
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
    {0, 1, 25, 0},
    {0, 2, 7, 0},
    {1, 3, 54, 3},
    {1, 3, 48, 3},
    {0, 2, 1, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"apply", true},
};
const char *const mo_files[] = {
    "unused.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 4, "let f = if len(input()) > 0 { first } else { fun(a: int, b: int): int => b }"},
    {0, 5, "print(apply(f))"},
    {0, 3, "fun apply(f: fun(int, int): int): int { return f(len(input()), 2) }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 3;
void mo_program(MO_UP) {
    f0_main(up);
}
