/* Made by mochi. */
#include "mochi.h"


static void f0_main(MO_UP);
static inline int64_t f1_ackermann(MO_UP, int64_t m_0, int64_t n_1);

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 7: print(ackermann(2, len(input()))) */
    const mo_cell v1 = mo_rt_in_line(MO_HERE(1));
    const int64_t v3 = f1_ackermann(MO_AT(2), 2, mo_str_len(v1));
    mo_rt_out_int(v3, MO_HERE(3));
    mo_rt_out_newline(MO_HERE(3));
}

/* ackermann(m: int, n: int): int, recursion.mochi:2 */
static inline int64_t f1_ackermann(MO_UP, int64_t m_0, int64_t n_1) {
    MO_ENTER;
    int64_t m_19 = m_0;
    int64_t n_20 = n_1;
    /* 3: if m == 0 { return n + 1 } */
    while (m_19 != 0) {
        /* 4: if n == 0 { return ackermann(m - 1, 1) } */
        if (n_20 == 0) {
            m_19 = mo_sub(m_19, 1, MO_HERE(4));
            n_20 = 1;
        } else {
            /* 5: return ackermann(m - 1, ackermann(m, n - 1)) */
            const int64_t v13 = mo_sub(m_19, 1, MO_HERE(5));
            const int64_t v15 = mo_sub(n_20, 1, MO_HERE(6));
            n_20 = f1_ackermann(MO_AT(7), m_19, v15);
            m_19 = v13;
        }
    }
    /* 3: if m == 0 { return n + 1 } */
    return mo_add(n_20, 1, MO_HERE(8));
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
    {0, 1, 24, 0},
    {0, 1, 7, 0},
    {0, 1, 1, 0},
    {1, 2, 34, 0},
    {1, 3, 22, 0},
    {1, 3, 42, 0},
    {1, 3, 27, 0},
    {1, 4, 24, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"ackermann", true},
};
const char *const mo_files[] = {
    "recursion.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 7, "print(ackermann(2, len(input())))"},
    {0, 4, "if n == 0 { return ackermann(m - 1, 1) }"},
    {0, 5, "return ackermann(m - 1, ackermann(m, n - 1))"},
    {0, 3, "if m == 0 { return n + 1 }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 4;
void mo_program(MO_UP) {
    f0_main(up);
}
