/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 2: var counts: map<string, int> = {"a": 1} */
    const mo_root counts_2 = mo_map_new(16, (const uint64_t[]){UINT64_C(0xfffb010000000061) /* "a" */, 1}, 2, MO_HERE(1));
    /* 3: let letter = input() */
    const mo_root letter_3 = mo_rt_in_line(MO_HERE(2));
    MO_KEEP(counts_2);
    /* 4: counts[letter] = 2 */
    mo_map_set(counts_2, letter_3, MO_CELL, 2, MO_I64, MO_HERE(3));
    MO_KEEP(counts_2); MO_KEEP(letter_3);
    /* 5: if letter in counts { print(len(counts)) } */
    if (mo_map_has(counts_2, letter_3, MO_CELL)) {
        mo_rt_out_int(mo_map_len(counts_2), MO_HERE(4));
        mo_rt_out_newline(MO_HERE(4));
    }
}

const mo_type mo_types[] = {
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{4, 1}, {0, 0}};
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
    {0, 1, 1, 0},
    {0, 2, 14, 0},
    {0, 3, 1, 0},
    {0, 4, 23, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
};
const char *const mo_files[] = {
    "maps.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 2, "var counts: map<string, int> = {\"a\": 1}"},
    {0, 3, "let letter = input()"},
    {0, 4, "counts[letter] = 2"},
    {0, 5, "if letter in counts { print(len(counts)) }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 4;
void mo_program(MO_UP) {
    f0_main(up);
}
