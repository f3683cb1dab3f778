/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);
static int64_t f2_counter_lambda1(MO_UP, mo_cell count_0, int64_t step_1);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 9: let next = counter(len(input())) */
    const int64_t v1 = mo_str_len(mo_rt_in_line(MO_HERE(1)));
    /* 3: var count = 0 */
    const mo_root count_14 = mo_ref_new(0, 0);
    /* 4: return fun(): int { */
    const mo_cell v15 = mo_closure_new(0, (const uint64_t[]){count_14, v1}, 2, MO_HERE(3));
    MO_KEEP(count_14);
    /* 5: count = count + step */
    mo_words(count_14)[0] = v1;
    /* 10: let other = if next() > 3 { counter(1) } else { next } */
    mo_cell other_8;
    if (v1 > 3) {
        /* 3: var count = 0 */
        const mo_root count_11 = mo_ref_new(0, 0);
        /* 4: return fun(): int { */
        other_8 = mo_closure_new(0, (const uint64_t[]){count_11, 1}, 2, MO_HERE(5));
    } else {
        other_8 = v15;
    }
    /* 11: print(other()) */
    const int64_t v9 = ((int64_t (*)(MO_UP, mo_cell))mo_callee(other_8, MO_HERE(6))->code)(MO_FRAME, other_8);
    mo_rt_out_int(v9, MO_HERE(7));
    mo_rt_out_newline(MO_HERE(7));
}

/* counter.lambda1(): int, closures.mochi:4 */
static int64_t f2_counter_lambda1(MO_UP, mo_cell count_0, int64_t step_1) {
    MO_ENTER;
    /* 5: count = count + step */
    const int64_t v3 = mo_add((int64_t)mo_words(count_0)[0], step_1, MO_HERE(8));
    mo_words(count_0)[0] = v3;
    /* 6: return count */
    return v3;
}

const mo_type mo_types[] = {
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
static int64_t c0(MO_UP, mo_cell self) {
    const uint64_t *words = mo_words(self);
    return f2_counter_lambda1(up, words[0], (int64_t)words[1]);
}
static const uint8_t cells_0[] = {1, 0, 0};
const mo_fn mo_fns[] = {
    {"counter.lambda1", (void (*)(void))c0, 0, 0, 2, 8, cells_0, false},
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
    {0, 1, 24, 0},
    {0, 1, 12, 0},
    {1, 2, 3, 2},
    {0, 3, 29, 0},
    {1, 2, 3, 4},
    {0, 4, 7, 0},
    {0, 4, 1, 0},
    {2, 5, 19, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"counter", true},
    {"counter.lambda1", true},
};
const char *const mo_files[] = {
    "closures.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 9, "let next = counter(len(input()))"},
    {0, 4, "return fun(): int {"},
    {0, 10, "let other = if next() > 3 { counter(1) } else { next }"},
    {0, 11, "print(other())"},
    {0, 5, "count = count + step"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 5;
void mo_program(MO_UP) {
    f0_main(up);
}
