/* Made by mochi. */
#include "mochi.h"

typedef struct s0_Person {
    mo_head head;
    mo_cell name;
    int64_t age;
} s0_Person;
MO_UNUSED static mo_cell new_s0_Person(mo_cell v0, int64_t v1) {
    mo_cell cell;
    s0_Person *slot;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 3u), 0);
    slot = (s0_Person *)(void *)mo_at_index((uint32_t)cell);
    slot->name = v0;
    slot->age = v1;
    return cell;
}

static void f0_main(MO_UP);
static const uint32_t shapes_0[] = {0};

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 3: let people = [Person { name: "Ann", age: 40 }, Person { name: "Bo", age: len(input()) }] */
    const mo_root v2 = new_s0_Person(UINT64_C(0xfffb0300006e6e41) /* "Ann" */, 40);
    const mo_cell v4 = mo_rt_in_line(MO_HERE(1));
    MO_KEEP(v2);
    const mo_root v6 = new_s0_Person(UINT64_C(0xfffb020000006f42) /* "Bo" */, mo_str_len(v4));
    MO_KEEP(v2);
    const mo_root people_7 = mo_list_new(5, (const uint64_t[]){v2, v6}, 2, MO_HERE(2));
    /* 4: let adults = from p in people where p.age > 17 select p.name */
    const mo_cell v8 = mo_list_new(4, NULL, 0, MO_HERE(3));
    MO_KEEP(people_7);
    const int64_t v10 = mo_list_len(people_7);
    const mo_cell *const restrict v33_data = mo_list(people_7)->data;
    int64_t v11 = 0;
    mo_root v12 = v8;
    while (v11 < v10) {
        const mo_cell p_14 = v33_data[v11];
        mo_cell v21;
        if (((s0_Person *)mo_object(p_14, MO_HERE(4), "read", "age"))->age > 17) {
            const mo_root v18 = ((s0_Person *)mo_object(p_14, MO_HERE(5), "read", "name"))->name;
            const mo_cell v19 = mo_list_push_cell(v12, v18, MO_HERE(5));
            MO_KEEP(people_7);
            v21 = v19;
        } else {
            v21 = v12;
        }
        v11 = mo_wrap_add(v11, 1);
        v12 = v21;
    }
    /* 5: for name in adults { print(name) } */
    const int64_t v26 = mo_list_len(v12);
    const mo_cell *const v32_data = mo_list(v12)->data;
    int64_t v27 = 0;
    while (v27 < v26) {
        mo_rt_out_str(v32_data[v27], MO_HERE(6));
        mo_rt_out_newline(MO_HERE(6));
        v27 = mo_wrap_add(v27, 1);
    }
}

static bool is_0(mo_cell cell) {
    return mo_is_struct(cell, shapes_0, 1);
}
const mo_type mo_types[] = {
    {"Person", is_0, MO_ABSENT_NONE, 0},
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
const mo_fn mo_fns[] = {
    {"", 0, 0, 0, 0, 0, 0, false},
};
const uint32_t mo_fns_len = 0;
static const mo_field fields_0[] = {{"name", 4}, {"age", 1}, {"", 0}};
const mo_shape mo_shapes[] = {
    {"Person", fields_0, 2, -1},
    {"", 0, 0, 0},
};
const uint32_t mo_shapes_len = 1;
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
    {0, 1, 78, 0},
    {0, 1, 74, 0},
    {0, 2, 24, 0},
    {0, 2, 37, 0},
    {0, 2, 55, 0},
    {0, 3, 22, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
};
const char *const mo_files[] = {
    "queries.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 3, "let people = [Person { name: \"Ann\", age: 40 }, Person { name: \"Bo\", age: len(input()) }]"},
    {0, 4, "let adults = from p in people where p.age > 17 select p.name"},
    {0, 5, "for name in adults { print(name) }"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 3;
void mo_program(MO_UP) {
    f0_main(up);
}
