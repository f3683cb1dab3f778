/* Operations on values of type `any`, structs by field, function values. */
#include "internal.h"

#define GROUP_KEY 0
#define GROUP_ITEMS 1

/* ---- Structs ---- */

int32_t mo_shape_field(uint32_t shape, mo_span name) {
    const mo_shape_info *info = &mo_shape_infos[shape];
    uint32_t low = 0, high = mo_shapes[shape].len;
    while (low < high) {
        uint32_t middle = (low + high) / 2, at = info->sorted[middle];
        const char *field = mo_shapes[shape].fields[at].name;
        size_t len = strlen(field);
        int order = memcmp(field, name.data, len < name.bytes ? len : name.bytes);
        if (!order) order = len < name.bytes ? -1 : len > name.bytes;
        if (order == 0) return (int32_t)at;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}
int64_t mo_variant_tag(mo_cell cell) {
    const mo_head *slot = mo_live(cell);
    return slot ? mo_shapes[slot->meta >> MO_META_SHIFT].variant : -1;
}
mo_cell mo_struct_new_large(uint32_t shape, const uint64_t *words) {
    mo_cell cell;
    mo_safepoint();
    cell = mo_alloc(MO_STRUCT, mo_shape_infos[shape].cls, shape << MO_META_SHIFT);
    mo_copy(mo_words(cell), words, (size_t)mo_shapes[shape].len * 8);
    return cell;
}
static mo_cell field_cell(mo_cell object, uint32_t at, uint32_t site) {
    return mo_box_word(mo_words(object)[at], mo_type_kind(mo_shapes[mo_payload(object)].fields[at].type), site);
}
mo_cell mo_rt_struct_name(mo_cell value, uint32_t site) {
    (void)site;
    return mo_shape_infos[mo_payload(value)].name;
}
int64_t mo_rt_struct_len(mo_cell value, uint32_t site) {
    (void)site;
    return mo_shapes[mo_payload(value)].len;
}
mo_cell mo_rt_struct_field_name(mo_cell value, int64_t at, uint32_t site) {
    (void)site;
    return mo_shape_infos[mo_payload(value)].names[at];
}
mo_cell mo_rt_struct_field_item(mo_cell value, int64_t at, uint32_t site) {
    mo_safepoint();
    return field_cell(value, mo_shape_infos[mo_payload(value)].sorted[at], site);
}

/* ---- Functions ---- */

mo_cell mo_closure_new(uint32_t number, const uint64_t *words, uint32_t len, uint32_t site) {
    mo_cell cell;
    (void)site;
    /* The same function is the same value. */
    if (len == 0 && mo_made_closures[number]) return mo_made_closures[number];
    mo_safepoint();
    cell = mo_alloc(MO_CLOSURE, mo_class_of(MO_CLOSURE, len + 1), number << MO_META_SHIFT);
    mo_copy(mo_words(cell), words, (size_t)len * 8);
    if (len == 0) mo_made_closures[number] = cell;
    return cell;
}
void mo_trap_call_none(uint32_t site) {
    mo_trap(site, "cannot call none");
}

/* Function values that wait for the rest of their arguments are those of the entry behind the program's own. */
enum { PARTIAL_FN, PARTIAL_ARGS };
const uint8_t mo_partial_cells[] = {1, 1};
/* The number of arguments of the dynamic call that is being made, and its place. */
static uint32_t given;
static uint32_t given_at;

static bool is_partial(mo_cell closure) {
    return mo_payload(closure) == mo_fns_len;
}
static uint32_t partial_len(mo_cell closure) {
    return is_partial(closure) ? (uint32_t)mo_list(mo_words(closure)[PARTIAL_ARGS])->len : 0;
}
static mo_cell partial_fn(mo_cell closure) {
    return is_partial(closure) ? mo_words(closure)[PARTIAL_FN] : closure;
}
static mo_cell partial_arg(mo_cell closure, uint32_t at) {
    return mo_list_get_now(mo_words(closure)[PARTIAL_ARGS], at, MO_CELL, given_at);
}
mo_cell mo_partial_call(MO_UP, mo_cell self, const mo_cell *args) {
    uint32_t i, has = partial_len(self);
    /* On the stack, where collections find them. */
    mo_cell all[has + given];
    mo_cell fn = partial_fn(self);
    for (i = 0; i < has; i++) all[i] = partial_arg(self, i);
    memcpy(all + has, args, given * sizeof *args);
    return mo_fns[mo_payload(fn)].dynamic(up, fn, all);
}
/* Too few arguments: a function of the rest. */
static mo_cell wait_for_rest(MO_UP, mo_root self, const mo_cell *args) {
    mo_cell list, closure;
    uint32_t i, has = partial_len(self);
    (void)up;
    if (given == 0) return self;
    mo_safepoint();
    list = mo_list_make(MO_CELL, has + given, given_at);
    for (i = 0; i < has; i++) mo_list_add(list, partial_arg(self, i), MO_CELL, given_at);
    for (i = 0; i < given; i++) mo_list_add(list, args[i], MO_CELL, given_at);
    closure = mo_alloc(MO_CLOSURE, mo_class_of(MO_CLOSURE, 3), mo_fns_len << MO_META_SHIFT);
    mo_words(closure)[PARTIAL_FN] = partial_fn(self);
    mo_words(closure)[PARTIAL_ARGS] = list;
    return closure;
}
static const mo_fn waiting = {"", 0, wait_for_rest, 0, 0, 0, mo_partial_cells, false};

const mo_fn *mo_callee_any(mo_cell closure, uint32_t args, uint32_t site) {
    const mo_fn *fn;
    uint32_t wants;
    mo_buf text = {0};
    if (mo_arena_of(closure) != MO_CLOSURE) {
        mo_buf_text(&text, "cannot call ");
        mo_buf_text(&text, mo_type_name(closure));
        mo_trap_buf(site, &text);
    }
    fn = &mo_fns[mo_payload(partial_fn(closure))];
    if (!fn->dynamic) {
        mo_buf_text(&text, "cannot call ");
        mo_buf_text(&text, fn->name);
        mo_buf_text(&text, " dynamically");
        mo_trap_buf(site, &text);
    }
    wants = fn->params - partial_len(closure);
    if (args > wants) {
        mo_buf_i64(&text, wants);
        mo_buf_text(&text, wants == 1 ? " argument" : " arguments");
        mo_trap_operand(fn->name, mo_buf_c(&text), site);
    }
    given = args;
    given_at = site;
    return args < wants ? &waiting : &mo_fns[mo_payload(closure)];
}

/* ---- Any ---- */

int64_t mo_rt_any_kind(mo_cell value, uint32_t site) {
    (void)site;
    return mo_value_of(value);
}
int64_t mo_rt_any_len(mo_cell value, uint32_t site) {
    switch (mo_value_of(value)) {
    case MO_V_NONE: return 0;
    case MO_V_STR: return mo_str_len(value);
    case MO_V_LIST: return (int64_t)mo_list(value)->len;
    case MO_V_MAP: return mo_map_len(value);
    case MO_V_STRUCT:
        if (mo_is_group(value)) return (int64_t)mo_list(mo_words(value)[GROUP_ITEMS])->len;
        return mo_shapes[mo_payload(value)].len;
    default: mo_trap_operand("len", "a string, list or map", site);
    }
}
mo_cell mo_rt_any_item(mo_cell list, int64_t at, uint32_t site) {
    enum mo_kind kind;
    mo_safepoint();
    kind = mo_list_kind(list);
    return mo_box_word(mo_list_word(mo_list(list), kind, (uint64_t)at), kind, site);
}
static void big_index(const char *what, mo_num n, uint64_t len, uint32_t site) {
    mo_buf text = {0};
    mo_buf_text(&text, what);
    mo_buf_text(&text, " index out of range: ");
    mo_big_text(&text, n.big);
    mo_buf_text(&text, " (len ");
    mo_buf_i64(&text, (int64_t)len);
    mo_buf_text(&text, ")");
    mo_trap_buf(site, &text);
}
static int64_t list_position(mo_cell list, mo_cell index, uint32_t site) {
    mo_num n = mo_num_of(index);
    if (n.kind == MO_NUM_BIG) big_index("list", n, mo_list(list)->len, site);
    if (n.kind != MO_NUM_INT) mo_trap_expected("int as list index", mo_type_name(index), site);
    return n.i;
}
static mo_cell map_value(mo_cell map, mo_cell key, uint32_t site) {
    uint64_t value;
    if (!mo_map_find(map, key, MO_CELL, &value)) return MO_NONE;
    return mo_convert(value, mo_map_values_kind(mo_map(map)), MO_CELL, site);
}
mo_cell mo_rt_any_index(mo_cell value, mo_cell index, uint32_t site) {
    mo_num n;
    int32_t at;
    mo_safepoint();
    switch (mo_value_of(value)) {
    case MO_V_NONE: return MO_NONE;
    case MO_V_LIST: return mo_list_get_now(value, list_position(value, index, site), MO_CELL, site);
    case MO_V_STR:
        n = mo_num_of(index);
        if (n.kind == MO_NUM_BIG) big_index("string", n, (uint64_t)mo_str_len(value), site);
        if (n.kind != MO_NUM_INT) mo_trap(site, "string index must be int");
        return mo_str_index_now(value, n.i, site);
    case MO_V_MAP: return map_value(value, index, site);
    case MO_V_STRUCT:
        if (mo_is_str(index)) {
            at = mo_shape_field(mo_payload(value), mo_span_of(&index));
            return at < 0 ? MO_NONE : field_cell(value, (uint32_t)at, site);
        }
        break;
    default: break;
    }
    mo_trap(site, "invalid index target");
}
static MO_NORETURN void set_on_none(mo_cell name, uint32_t site) {
    mo_buf text = {0};
    mo_span span = mo_span_of(&name);
    mo_buf_text(&text, "cannot set field ");
    mo_buf_bytes(&text, span.data, span.bytes);
    mo_buf_text(&text, " of none");
    mo_trap_buf(site, &text);
}
static MO_NORETURN void no_field(mo_cell value, mo_cell name, uint32_t site) {
    mo_buf text = {0};
    mo_span span = mo_span_of(&name);
    mo_buf_text(&text, mo_type_name(value));
    mo_buf_text(&text, " has no field `");
    mo_buf_bytes(&text, span.data, span.bytes);
    mo_buf_text(&text, "`");
    mo_trap_buf(site, &text);
}
static void set_field(mo_cell target, mo_cell name, mo_cell value, uint32_t site) {
    int32_t at;
    switch (mo_value_of(target)) {
    case MO_V_NONE: set_on_none(name, site);
    case MO_V_MAP: mo_map_put_any(target, name, MO_CELL, value, MO_CELL, site); break;
    case MO_V_STRUCT:
        at = mo_shape_field(mo_payload(target), mo_span_of(&name));
        if (at < 0) no_field(target, name, site);
        mo_words(target)[at] = mo_fit(value, mo_shapes[mo_payload(target)].fields[at].type, site);
        break;
    default: no_field(target, name, site);
    }
}
void mo_rt_any_set_index(mo_cell target, mo_cell index, mo_cell value, uint32_t site) {
    mo_safepoint();
    switch (mo_value_of(target)) {
    case MO_V_LIST: mo_list_set_now(target, list_position(target, index, site), value, MO_CELL, site); return;
    case MO_V_MAP: mo_map_put_any(target, index, MO_CELL, value, MO_CELL, site); return;
    case MO_V_STRUCT:
        if (mo_is_str(index)) {
            set_field(target, index, value, site);
            return;
        }
        break;
    default: break;
    }
    mo_trap(site, "invalid index target");
}
static int64_t bound(mo_cell cell, int64_t missing, uint32_t site) {
    mo_num n = mo_num_of(cell);
    if (cell == MO_NONE) return missing;
    if (n.kind == MO_NUM_BIG) return n.big->sign < 0 ? INT64_MIN : INT64_MAX;
    if (n.kind != MO_NUM_INT) mo_trap_expected("int as bound", mo_type_name(cell), site);
    return n.i;
}
mo_cell mo_rt_any_slice(mo_cell value, mo_cell from, mo_cell to, uint32_t site) {
    int64_t start, end;
    mo_safepoint();
    start = bound(from, 0, site);
    end = bound(to, INT64_MAX, site);
    if (mo_is_list(value)) return mo_list_slice_now(value, start, end, site);
    if (mo_is_str(value)) return mo_str_slice_now(value, start, end, site);
    if (value == MO_NONE) return value;
    mo_trap_operand("slice", "a list or string", site);
}
mo_cell mo_rt_any_keys(mo_cell map, uint32_t site) {
    mo_safepoint();
    if (mo_arena_of(map) != MO_MAP) mo_trap_operand("keys", "a map", site);
    return mo_map_keys_now(map, MO_TYPE_ANY, site);
}
mo_cell mo_rt_any_field(mo_cell value, mo_cell name, uint32_t site) {
    int32_t at;
    mo_safepoint();
    for (;;) {
        switch (mo_value_of(value)) {
        case MO_V_NONE: return MO_NONE;
        case MO_V_MAP: return map_value(value, name, site);
        case MO_V_STRUCT:
            at = mo_shape_field(mo_payload(value), mo_span_of(&name));
            if (at >= 0) return field_cell(value, (uint32_t)at, site);
            /* The fields of a key of several parts are fields of the group too. */
            if (!mo_is_group(value)) no_field(value, name, site);
            value = mo_words(value)[GROUP_KEY];
            break;
        default: no_field(value, name, site);
        }
    }
}
void mo_rt_any_set_field(mo_cell target, mo_cell name, mo_cell value, uint32_t site) {
    mo_safepoint();
    set_field(target, name, value, site);
}
bool mo_rt_any_is_bigint(mo_cell value, uint32_t site) {
    (void)site;
    return mo_is_bigint(value);
}
bool mo_rt_any_same(mo_cell a, mo_cell b, uint32_t site) {
    (void)site;
    return a == b;
}
int64_t mo_rt_any_id(mo_cell value, uint32_t site) {
    (void)site;
    return mo_is_handle(value) ? (int64_t)(uint32_t)value + 1 : 0;
}
bool mo_rt_any_equal(mo_cell a, mo_cell b, uint32_t site) {
    (void)site;
    return mo_equal(a, b);
}
int64_t mo_rt_any_compare(mo_cell a, mo_cell b, uint32_t site) {
    return mo_compare(a, b, site);
}
int64_t mo_rt_any_order(mo_cell a, mo_cell b, uint32_t site) {
    return mo_order(a, b, site);
}
mo_cell mo_rt_group_items(mo_cell value, uint32_t site) {
    (void)site;
    return mo_is_group(value) ? mo_words(value)[GROUP_ITEMS] : MO_NONE;
}
bool mo_rt_any_truthy(mo_cell value, uint32_t site) {
    (void)site;
    return mo_truthy(value);
}
bool mo_rt_any_in(mo_cell item, mo_cell container, uint32_t site) {
    uint64_t i;
    if (mo_is_group(container)) container = mo_words(container)[GROUP_ITEMS];
    switch (mo_value_of(container)) {
    case MO_V_NONE: return false;
    case MO_V_STR: return mo_is_str(item) && mo_rt_str_find(container, item, 0, site) >= 0;
    case MO_V_LIST: {
        enum mo_kind kind = mo_list_kind(container);
        mo_item wanted = mo_item_cell(item);
        for (i = 0; i < mo_list(container)->len; i++)
            if (mo_item_equal(mo_item_of(mo_list_word(mo_list(container), kind, i), kind), wanted)) return true;
        return false;
    }
    case MO_V_MAP: return mo_map_has(container, item, MO_CELL);
    case MO_V_STRUCT: return mo_is_str(item) && mo_shape_field(mo_payload(container), mo_span_of(&item)) >= 0;
    default: mo_trap_operand("in", "a string, list or map", site);
    }
}
mo_cell mo_rt_any_arith(mo_cell a, mo_cell b, int64_t op, uint32_t site) {
    mo_safepoint();
    if (op >= 5) {
        op -= 5;
        if (mo_is_int(a) && mo_is_int(b)) return mo_big_arith((unsigned)op, a, b, site);
    }
    return mo_arith((unsigned)op, a, b, site);
}
mo_cell mo_rt_any_neg(mo_cell value, uint32_t site) {
    mo_num n;
    mo_big *big;
    mo_safepoint();
    n = mo_num_of(value);
    switch (n.kind) {
    case MO_NUM_INT:
        if (mo_is_bigint(value)) return mo_big_arith(1, mo_from_small(0), value, site);
        return mo_box_i64(mo_neg(n.i, site), site);
    case MO_NUM_FLOAT: return mo_from_f64(-n.f);
    case MO_NUM_BIG:
        big = mo_big_copy(n.big);
        big->sign = -big->sign;
        return mo_box_big(big, site);
    case MO_NUM_RATIO:
        big = mo_big_copy(n.ratio->num);
        big->sign = -big->sign;
        return mo_box_ratio(big, mo_big_copy(n.ratio->den), site);
    default:
        if (value == MO_NONE) return value;
        mo_trap_operand("-", "a number", site);
    }
}
int64_t mo_rt_any_to_int(mo_cell value, uint32_t site) {
    mo_num n = mo_num_of(value);
    int64_t found;
    mo_big *big;
    switch (n.kind) {
    case MO_NUM_INT: return n.i;
    case MO_NUM_FLOAT:
        if (n.f >= -9223372036854775808.0 && n.f < 9223372036854775808.0) return (int64_t)n.f;
        break;
    case MO_NUM_RATIO: {
        bool fits;
        mo_big_divrem(n.ratio->num, n.ratio->den, &big, NULL);
        fits = mo_big_to_i64(big, &found);
        mo_big_free(big);
        if (fits) return found;
        break;
    }
    case MO_NUM_BIG: break;
    default:
        if (value == MO_NONE) return 0;
        if (mo_is_str(value) && mo_parse_int(mo_span_of(&value), 10, &found, &big) == 1) return found;
        break;
    }
    mo_trap_cast(value, "int", site);
}
double mo_rt_any_to_float(mo_cell value, uint32_t site) {
    mo_num n = mo_num_of(value);
    double found;
    if (n.kind) return mo_num_to_f64(n);
    if (value == MO_NONE) return 0.0;
    if (mo_is_str(value) && mo_parse_f64(mo_span_of(&value), &found)) return found;
    mo_trap_cast(value, "float", site);
}
mo_cell mo_rt_any_to_str(mo_cell value, uint32_t site) {
    if (!mo_is_str(value)) mo_trap_cast(value, "string", site);
    return value;
}
bool mo_rt_any_to_bool(mo_cell value, uint32_t site) {
    if (!mo_is_bool(value)) mo_trap_cast(value, "bool", site);
    return value & 1;
}
int64_t mo_rt_big_to_index(mo_cell indexed, mo_cell index, uint32_t site) {
    mo_num n = mo_num_of(index);
    if (n.kind == MO_NUM_BIG && mo_is_str(indexed)) big_index("string", n, (uint64_t)mo_str_len(indexed), site);
    if (n.kind == MO_NUM_BIG) big_index("list", n, (uint64_t)mo_rt_any_len(indexed, site), site);
    if (n.kind != MO_NUM_INT) mo_trap_cast(index, "int", site);
    return n.i;
}
