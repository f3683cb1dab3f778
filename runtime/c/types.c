/* Types at run time: what containers and fields take from code that does not know their types. A container keeps the
 * type that it was made for; code that has it with its static type reads without a test. */
#include "internal.h"

const char *const mo_type_names[MO_TYPE_FIRST] = {"any", "int", "float", "bool", "string"};
mo_map_type mo_map_type_at(uint32_t number) {
    mo_map_type kinds;
    if (number >= MO_MAP_TYPE_FIRST) return mo_map_types[number - MO_MAP_TYPE_FIRST];
    kinds.keys = number & 3;
    kinds.values = number >> 2;
    return kinds;
}
bool mo_is_list_of(mo_cell cell, uint32_t type) {
    return mo_is_list(cell) && mo_payload(cell) == type;
}
bool mo_is_map(mo_cell cell, int64_t keys, int64_t values) {
    mo_map_type types;
    if (mo_arena_of(cell) != MO_MAP) return false;
    types = mo_map_type_at(mo_map_type_of(mo_map(cell)));
    return (keys < 0 || types.keys == keys) && (values < 0 || types.values == values);
}
bool mo_word_of(mo_cell cell, uint32_t type, uint64_t *word) {
    const mo_type *info;
    *word = cell;
    if (type <= MO_TYPE_BOOL) return mo_unbox_word(cell, mo_type_kind(type), word);
    if (type == MO_TYPE_STR) return mo_is_str(cell);
    info = &mo_types[type - MO_TYPE_FIRST];
    /* What was put among bigints is one, so arithmetic goes on with it; those beyond 48 bits stay what they are. */
    if (info->absent == MO_ABSENT_BIGINT && mo_is_small_integer(cell)) *word = mo_as_bigint(cell);
    return info->is(cell) || (cell == MO_NONE && info->absent == MO_ABSENT_NONE);
}
MO_COLD static uint64_t fit_other(mo_cell cell, uint32_t type, uint32_t site) {
    const mo_type *info;
    if (type < MO_TYPE_FIRST) {
        if (cell == MO_NONE) return type == MO_TYPE_STR ? MO_EMPTY : 0;
        mo_trap_cast(cell, mo_type_names[type], site);
    }
    info = &mo_types[type - MO_TYPE_FIRST];
    switch (info->absent) {
    case MO_ABSENT_BIGINT:
        if (cell == MO_NONE) return mo_box_bigint(0);
        break;
    case MO_ABSENT_LIST:
        if (cell == MO_NONE || (mo_is_list(cell) && mo_list(cell)->len == 0)) return mo_list_make(info->of, 0, site);
        break;
    case MO_ABSENT_MAP:
        if (cell == MO_NONE || (mo_arena_of(cell) == MO_MAP && mo_map(cell)->len == 0))
            return mo_map_make(info->of, 0, site);
        break;
    default: break;
    }
    mo_trap_cast(cell, info->name, site);
}
uint64_t mo_fit(mo_cell cell, uint32_t type, uint32_t site) {
    uint64_t word;
    if (type == MO_TYPE_ANY) return cell;
    return mo_word_of(cell, type, &word) ? word : fit_other(cell, type, site);
}
