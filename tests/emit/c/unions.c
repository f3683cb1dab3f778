/* Made by mochi. */
#include "mochi.h"

typedef struct s0_Circle {
    mo_head head;
    double radius;
} s0_Circle;
MO_UNUSED static mo_cell new_s0_Circle(double v0) {
    mo_cell cell;
    s0_Circle *slot;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 2u), 0);
    slot = (s0_Circle *)(void *)mo_at_index((uint32_t)cell);
    slot->radius = v0;
    return cell;
}
typedef struct s1_Square {
    mo_head head;
    double side;
} s1_Square;
MO_UNUSED static mo_cell new_s1_Square(double v0) {
    mo_cell cell;
    s1_Square *slot;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 2u), 256);
    slot = (s1_Square *)(void *)mo_at_index((uint32_t)cell);
    slot->side = v0;
    return cell;
}
typedef struct s2_Empty {
    mo_head head;
} s2_Empty;
MO_UNUSED static mo_cell new_s2_Empty(void) {
    mo_cell cell;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, MO_CLASS(MO_STRUCT, 1u), 512);
    return cell;
}

static void f0_main(MO_UP);
static const uint32_t shapes_0[] = {0, 1, 2};

/* main() */
static void f0_main(MO_UP) {
    MO_ENTER;
    /* 10: let side = float(input()) */
    const mo_cell v0 = mo_rt_in_line(MO_HERE(1));
    const double side_1 = mo_rt_str_to_float(v0, MO_HERE(2));
    /* 11: for shape in [Circle { radius: side }, Square { side: side }, Empty {}] { */
    const mo_root v2 = new_s0_Circle(side_1);
    const mo_root v4 = new_s1_Square(side_1);
    MO_KEEP(v2);
    const mo_root v6 = new_s2_Empty();
    MO_KEEP(v2); MO_KEEP(v4);
    const mo_cell v8 = mo_list_new(5, (const uint64_t[]){v2, v4, v6}, 3, MO_HERE(3));
    const int64_t v10 = mo_list_len(v8);
    const mo_cell *const restrict v34_data = mo_list(v8)->data;
    int64_t v11 = 0;
    while (v11 < v10) {
        const mo_cell shape_13 = v34_data[v11];
        /* 4: return match shape { */
        const int64_t v17 = mo_variant_tag(shape_13);
        double v14;
        if (v17 == 0) {
            const double r_23 = ((s0_Circle *)mo_object(shape_13, MO_HERE(5), "read", "radius"))->radius;
            v14 = r_23 * 3.0 * r_23;
        /* 5: Circle(r) => 3.0 * r * r */
        } else if (v17 == 1) {
            const double s_30 = ((s1_Square *)mo_object(shape_13, MO_HERE(6), "read", "side"))->side;
            v14 = s_30 * s_30;
        } else {
            v14 = 0.0;
        }
        /* 12: print(area(shape)) */
        mo_rt_out_float(v14, MO_HERE(7));
        mo_rt_out_newline(MO_HERE(7));
        v11 = mo_wrap_add(v11, 1);
    }
}

static bool is_0(mo_cell cell) {
    return mo_is_struct(cell, shapes_0, 3);
}
const mo_type mo_types[] = {
    {"Shape", is_0, MO_ABSENT_NONE, 0},
    {"", 0, 0, 0},
};
const mo_map_type mo_map_types[] = {{0, 0}};
const mo_fn mo_fns[] = {
    {"", 0, 0, 0, 0, 0, 0, false},
};
const uint32_t mo_fns_len = 0;
static const mo_field fields_0[] = {{"radius", 2}, {"", 0}};
static const mo_field fields_1[] = {{"side", 2}, {"", 0}};
static const mo_field fields_2[] = {{"", 0}};
const mo_shape mo_shapes[] = {
    {"Circle", fields_0, 1, 0},
    {"Square", fields_1, 1, 1},
    {"Empty", fields_2, 0, 2},
    {"", 0, 0, 0},
};
const uint32_t mo_shapes_len = 3;
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
    {0, 1, 18, 0},
    {0, 1, 12, 0},
    {0, 2, 63, 0},
    {0, 3, 9, 0},
    {1, 4, 10, 4},
    {1, 5, 26, 4},
    {0, 3, 3, 0},
};
const mo_func mo_funcs[] = {
    {"main", true},
    {"area", true},
};
const char *const mo_files[] = {
    "unions.mochi",
    "",
};
const mo_line mo_lines[] = {
    {0, 10, "let side = float(input())"},
    {0, 11, "for shape in [Circle { radius: side }, Square { side: side }, Empty {}] {"},
    {0, 12, "print(area(shape))"},
    {0, 4, "return match shape {"},
    {0, 5, "Circle(r) => 3.0 * r * r"},
    {0, 0, ""},
};
const uint32_t mo_lines_len = 5;
void mo_program(MO_UP) {
    f0_main(up);
}
