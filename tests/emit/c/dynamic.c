/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);
static int64_t f2_lambda1(MO_UP, int64_t x_0);
static mo_cell f3_function(MO_UP, mo_cell v0, mo_cell v1);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 5: let answer = twice(fun(x: int): int => x + 1, len(input())) */
    const mo_root v0 = mo_closure_new(0, NULL, 0, MO_HERE(1));
    const mo_cell v2 = mo_rt_in_line(MO_HERE(2));
    MO_KEEP(v0);
    const mo_cell v4 = mo_from_i64(mo_str_len(v2));
    MO_KEEP(v0);
    /* 3: return f(f(value)) */
    const mo_cell v10 = mo_callee_any(v0, 1, MO_HERE(4))->dynamic(MO_FRAME, v0, (mo_cell[]){v4});
    MO_KEEP(v0);
    const mo_root v11 = mo_callee_any(v0, 1, MO_HERE(5))->dynamic(MO_FRAME, v0, (mo_cell[]){v10});
    /* 6: if answer == 42 { print("42") } */
    const mo_cell v7 = mo_from_i64(42);
    MO_KEEP(v11);
    if (mo_rt_any_equal(v11, v7, MO_HERE(6))) {
        mo_rt_out_str(UINT64_C(0xfffb020000003234) /* "42" */, MO_HERE(7));
        mo_rt_out_newline(MO_HERE(7));
    }
}

/* lambda1(x: int): int, dynamic.mochi:5 */
static int64_t f2_lambda1(MO_UP, int64_t x_0) {
    MO_ENTER;
    /* 5: let answer = twice(fun(x: int): int => x + 1, len(input())) */
    return mo_add(x_0, 1, MO_HERE(8));
}

/* function(fun(int): int, any): any */
static mo_cell f3_function(MO_UP, mo_cell v0, mo_cell v1) {
    MO_ENTER;
    const int64_t v2 = mo_unbox_i64(v1, MO_HERE(9));
    const int64_t v3 = ((int64_t (*)(MO_UP, mo_cell, int64_t))mo_callee(v0, MO_HERE(9))->code)(MO_FRAME, v0, v2);
    return mo_from_i64(v3);
}

const mo_type mo_types[] = {
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
static int64_t c0(MO_UP, mo_cell self, int64_t a0) {
    (void)self;
    return f2_lambda1(up, a0);
}
static mo_cell d0(MO_UP, mo_cell self, const mo_cell *args) {
    (void)args;
    return f3_function(up, self, args[0]);
}
static const uint8_t cells_0[] = {0};
const mo_fn mo_fns[] = {
    {"lambda1", (void (*)(void))c0, d0, 1, 0, 8, cells_0, false},
    {"", 0, mo_partial_call, 0, 2, UINT32_MAX, mo_partial_cells, false},
};
const uint32_t mo_fns_len = 1;
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
    {0, 1, 1, 0},
    {0, 1, 51, 0},
    {0, 1, 14, 0},
    {1, 2, 12, 3},
    {1, 2, 10, 3},
    {0, 3, 11, 0},
    {0, 3, 19, 0},
    {2, 1, 42, 0},
    {3, 0, 0, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"twice", true},
    {"lambda1", true},
    {"function", false},
};
const char *const mo_files[] = {
    "dynamic.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 5, "let answer = twice(fun(x: int): int => x + 1, len(input()))"},
    {0, 3, "return f(f(value))"},
    {0, 6, "if answer == 42 { print(\"42\") }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 3;
void mo_program(MO_UP) {
    f0_main(up);
}
