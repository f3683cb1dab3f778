/* The start and the end of a program: shapes and constants made ready, run-time errors with place and trace, output. */
#include "internal.h"

#define OUTPUT_BYTES MO_SIZED((size_t)32 << 10, (size_t)256)
#define KEPT MO_SIZED(50u, 8u)
#define MAX_DEPTH (1u << 20)
/* Without a limit given. Engines for WebAssembly have at least half a MiB of stack for frames. */
#ifdef __wasm__
#define DEFAULT_DEPTH 2048u
#else
#define DEFAULT_DEPTH MAX_DEPTH
#endif
/* Without a limit given: no more than this, and than three quarters of what the machine has. */
#define MOST_MEMORY ((uint64_t)16 << 30)

uint32_t mo_max_depth = DEFAULT_DEPTH;
#ifdef MOCHI_TRACE
const mo_frame *mo_at;
static mo_frame bottom;
#endif

void mo_set_stack_top(char *top);

/* ---- Output ---- */

static char output[OUTPUT_BYTES];
static size_t output_len;
static bool interactive;

static void die(uint32_t site, const char *what, int error) {
    mo_buf text = {0};
    mo_buf_text(&text, what);
    mo_buf_text(&text, mo_os_error(error));
    mo_trap_buf(site, &text);
}
void mo_flush(uint32_t site) {
    size_t len = output_len;
    int error;
    output_len = 0;
    if (len && (error = mo_os_write(1, output, len)) != 0) die(site, "cannot write output: ", error);
}
void mo_out(const void *bytes, size_t len, uint32_t site) {
    int error;
    if (output_len + len > OUTPUT_BYTES) mo_flush(site);
    if (len > OUTPUT_BYTES) {
        if ((error = mo_os_write(1, bytes, len)) != 0) die(site, "cannot write output: ", error);
        return;
    }
    mo_copy(output + output_len, bytes, len);
    output_len += len;
}
void mo_rt_out_str(mo_cell text, uint32_t site) {
    mo_span span = mo_span_of(&text);
    mo_out(span.data, span.bytes, site);
}
void mo_rt_out_int(int64_t value, uint32_t site) {
    mo_buf text = {0};
    mo_buf_i64(&text, value);
    mo_out(text.bytes, text.len, site);
    mo_buf_free(&text);
}
void mo_rt_out_float(double value, uint32_t site) {
    mo_buf text = {0};
    mo_text_general(&text, value);
    mo_out(text.bytes, text.len, site);
    mo_buf_free(&text);
}
void mo_rt_out_newline(uint32_t site) {
    mo_out("\n", 1, site);
    if (interactive) mo_flush(site);
}

/* ---- Run-time errors ---- */

typedef struct place {
    const char *name;
    bool shown;
    uint32_t file, line, column;
} place;
static place place_of(uint32_t site) {
    place p;
    const mo_site *s = &mo_sites[site];
    p.name = mo_funcs[s->func].name;
    p.shown = mo_funcs[s->func].shown;
    p.file = s->line ? mo_lines[s->line - 1].file : 0;
    p.line = s->line ? mo_lines[s->line - 1].line : 0;
    p.column = s->column;
    return p;
}
static void write_frame(mo_buf *out, uint32_t site) {
    place p = place_of(site);
    mo_buf_text(out, "  ");
    mo_buf_text(out, p.name);
    if (p.line) {
        mo_buf_text(out, " at ");
        mo_buf_text(out, mo_files[p.file]);
        mo_buf_char(out, ':');
        mo_buf_i64(out, p.line);
        mo_buf_text(out, "\n    ");
        mo_buf_text(out, mo_lines[mo_sites[site].line - 1].text);
    }
    mo_buf_char(out, '\n');
}
/* The places of all frames, innermost first: those in the middle of a deep stack are counted only. */
typedef struct trace {
    uint32_t inner[KEPT], outer[KEPT];
    size_t len, beyond;
} trace;
static void add_site(trace *t, uint32_t site) {
    for (; site; site = mo_sites[site].up) {
        if (!mo_funcs[mo_sites[site].func].shown) continue;
        if (t->len < KEPT)
            t->inner[t->len++] = site;
        else
            t->outer[t->beyond++ % KEPT] = site;
    }
}
static void write_trace(mo_buf *out, const trace *t) {
    size_t outer = t->beyond < KEPT ? t->beyond : KEPT, first = t->beyond < KEPT ? 0 : t->beyond % KEPT, i;
    size_t omitted = t->beyond - outer;
    const char *arrow = "";
    if (!t->len) return;
    for (i = 0; i < t->len; i++) {
        place p = place_of(t->inner[i]);
        if (!p.line) continue;
        mo_buf_text(out, "  --> ");
        mo_buf_text(out, mo_files[p.file]);
        mo_buf_char(out, ':');
        mo_buf_i64(out, p.line);
        mo_buf_char(out, ':');
        mo_buf_i64(out, p.column);
        mo_buf_char(out, '\n');
        break;
    }
    mo_buf_text(out, "call graph:\n  ");
    for (i = outer; i--;) {
        mo_buf_text(out, arrow);
        mo_buf_text(out, place_of(t->outer[(first + i) % KEPT]).name);
        arrow = " -> ";
    }
    if (omitted) {
        mo_buf_text(out, arrow);
        mo_buf_text(out, "...");
        arrow = " -> ";
    }
    for (i = t->len; i--;) {
        mo_buf_text(out, arrow);
        mo_buf_text(out, place_of(t->inner[i]).name);
        arrow = " -> ";
    }
    mo_buf_text(out, "\nstack trace:\n");
    for (i = 0; i < t->len; i++) write_frame(out, t->inner[i]);
    if (omitted) {
        mo_buf_text(out, "  ... ");
        mo_buf_i64(out, (int64_t)omitted);
        mo_buf_text(out, omitted == 1 ? " more frame\n" : " more frames\n");
    }
    for (i = 0; i < outer; i++) write_frame(out, t->outer[(first + i) % KEPT]);
}
void mo_trap(uint32_t site, const char *message) {
    static bool ending;
    mo_buf out = {0};
    trace t;
    memset(&t, 0, sizeof t);
    if (!ending) {
        ending = true;
        /* What the program printed comes before its error; when that fails too, this error is the one to show. */
        if (output_len) mo_os_write(1, output, output_len);
    }
    mo_buf_text(&out, "error: ");
    mo_buf_text(&out, message);
    mo_buf_char(&out, '\n');
#ifdef MOCHI_TRACE
    {
        const mo_frame *frame;
        (void)site;
        for (frame = mo_at; frame && frame != &bottom; frame = frame->up) add_site(&t, frame->site);
    }
#else
    add_site(&t, site);
#endif
    write_trace(&out, &t);
    mo_os_write(2, out.bytes, out.len);
    mo_os_exit(1);
}
void mo_trap_buf(uint32_t site, mo_buf *buf) {
    mo_trap(site, mo_buf_c(buf));
}
void mo_trap_overflow(uint32_t site, int64_t left, char op, int64_t right) {
    mo_buf text = {0};
    mo_buf_text(&text, "integer overflow: ");
    mo_buf_i64(&text, left);
    mo_buf_char(&text, ' ');
    mo_buf_char(&text, op);
    mo_buf_char(&text, ' ');
    mo_buf_i64(&text, right);
    mo_trap_buf(site, &text);
}
void mo_trap_divide(uint32_t site) {
    mo_trap(site, "division by zero");
}
static MO_NORETURN void trap_index(const char *what, int64_t index, uint64_t len, uint32_t site) {
    mo_buf text = {0};
    mo_buf_text(&text, what);
    mo_buf_text(&text, " index out of range: ");
    mo_buf_i64(&text, index);
    mo_buf_text(&text, " (len ");
    mo_buf_i64(&text, (int64_t)len);
    mo_buf_char(&text, ')');
    mo_trap_buf(site, &text);
}
void mo_trap_list_index(uint32_t site, int64_t index, uint64_t len) {
    trap_index("list", index, len, site);
}
void mo_trap_str_index(int64_t index, uint64_t len, uint32_t site) {
    trap_index("string", index, len, site);
}
void mo_trap_cast(mo_cell cell, const char *type, uint32_t site) {
    mo_buf text = {0};
    mo_buf_text(&text, "cannot cast ");
    mo_describe(&text, cell);
    mo_buf_text(&text, " to ");
    mo_buf_text(&text, type);
    mo_trap_buf(site, &text);
}
void mo_trap_float_to_int(uint32_t site, double value) {
    mo_trap_cast(mo_from_f64(value), "int", site);
}
void mo_trap_expected(const char *expected, const char *found, uint32_t site) {
    mo_buf text = {0};
    mo_buf_text(&text, "expected ");
    mo_buf_text(&text, expected);
    mo_buf_text(&text, ", got ");
    mo_buf_text(&text, found);
    mo_trap_buf(site, &text);
}
void mo_trap_operand(const char *name, const char *what, uint32_t site) {
    mo_buf text = {0};
    mo_buf_text(&text, name);
    mo_buf_text(&text, " expects ");
    mo_buf_text(&text, what);
    mo_trap_buf(site, &text);
}
void mo_trap_operator(const char *op, mo_cell a, mo_cell b, uint32_t site) {
    mo_buf text = {0};
    mo_buf_char(&text, '`');
    mo_buf_text(&text, op);
    mo_buf_text(&text, "` does not apply to ");
    mo_buf_text(&text, mo_type_name(a));
    mo_buf_text(&text, " and ");
    mo_buf_text(&text, mo_type_name(b));
    mo_trap_buf(site, &text);
}
void mo_trap_field(mo_cell object, uint32_t site, const char *action, const char *field) {
    mo_buf text = {0};
    if (object != MO_NONE) mo_bad_handle(object);
    mo_buf_text(&text, "cannot ");
    mo_buf_text(&text, action);
    mo_buf_text(&text, " field ");
    mo_buf_text(&text, field);
    mo_buf_text(&text, " of none");
    mo_trap_buf(site, &text);
}
void mo_trap_io(const char *what, const char *name, int error, uint32_t site) {
    mo_buf text = {0};
    mo_buf_text(&text, "cannot ");
    mo_buf_text(&text, what);
    mo_buf_text(&text, name);
    mo_buf_text(&text, ": ");
    mo_buf_text(&text, mo_os_error(error));
    mo_trap_buf(site, &text);
}
void mo_too_deep(MO_UP) {
    mo_buf text = {0};
    uint32_t depth;
    mo_buf_text(&text, "call stack exceeded ");
#ifdef MOCHI_TRACE
    mo_at = up;
    depth = up->depth;
#else
    depth = up;
#endif
    /* Less where the stack is what ends. */
    mo_buf_i64(&text, depth < mo_max_depth ? depth : mo_max_depth);
    mo_buf_text(&text, " frames");
    mo_trap_buf(0, &text);
}

/* ---- Errors that programs raise ---- */

static MO_NORETURN void trap_cell(mo_cell message, uint32_t site) {
    mo_buf text = {0};
    mo_span span = mo_span_of(&message);
    mo_buf_bytes(&text, span.data, span.bytes);
    mo_trap_buf(site, &text);
}
void mo_rt_panic(mo_cell message, uint32_t site) {
    trap_cell(message, site);
}
void mo_rt_expect_failed(mo_cell message, uint32_t site) {
    trap_cell(message, site);
}
void mo_rt_trap_data(mo_cell message, uint32_t site) {
    trap_cell(message, site);
}
void mo_rt_trap_cast(mo_cell value, mo_cell type, uint32_t site) {
    mo_buf text = {0};
    mo_span span = mo_span_of(&type);
    mo_buf_bytes(&text, span.data, span.bytes);
    mo_trap_cast(value, mo_buf_c(&text), site);
}
void mo_rt_trap_operand(mo_cell name, mo_cell what, uint32_t site) {
    mo_buf text = {0};
    mo_span left = mo_span_of(&name), right = mo_span_of(&what);
    mo_buf_bytes(&text, left.data, left.bytes);
    mo_buf_text(&text, " expects ");
    mo_buf_bytes(&text, right.data, right.bytes);
    mo_trap_buf(site, &text);
}
void mo_rt_trap_iterator(uint32_t site) {
    mo_trap(site, "invalid iterator");
}
void mo_rt_trap_step(uint32_t site) {
    mo_trap(site, "step must not be zero");
}

/* ---- The start ---- */

static bool name_before(uint32_t a, uint32_t b, const void *of) {
    const mo_shape *shape = of;
    return strcmp(shape->fields[a].name, shape->fields[b].name) < 0;
}
static void make_shapes(void) {
    uint32_t i, k;
    if (mo_shapes_len) mo_shape_infos = mo_xmalloc(mo_shapes_len * sizeof *mo_shape_infos);
    for (i = 0; i < mo_shapes_len; i++) {
        const mo_shape *shape = &mo_shapes[i];
        mo_shape_info *info = &mo_shape_infos[i];
        const char *name = shape->name;
        info->group = strcmp(name, "<group>") == 0;
        /* Groups are printed as records. */
        if (info->group) name = "";
        info->cls = mo_class_of(MO_STRUCT, shape->len + 1);
        info->sorted = mo_xmalloc((shape->len + 1) * sizeof *info->sorted);
        info->names = mo_xmalloc((shape->len + 1) * sizeof *info->names);
        for (k = 0; k < shape->len; k++) info->sorted[k] = k;
        mo_sort(info->sorted, shape->len, name_before, shape);
        info->name = mo_str_new(name, strlen(name), 0);
        info->hash = mo_hash_bytes((const unsigned char *)name, strlen(name));
        for (k = 0; k < shape->len; k++) {
            const char *field = shape->fields[info->sorted[k]].name;
            info->names[k] = mo_str_new(field, strlen(field), 0);
            info->hash = mo_mix(info->hash ^ mo_hash_bytes((const unsigned char *)field, strlen(field)));
        }
    }
}
static void make_constants(void) {
    uint32_t i;
    if (mo_fns_len) {
        mo_made_closures = mo_xmalloc(mo_fns_len * sizeof *mo_made_closures);
        memset(mo_made_closures, 0, mo_fns_len * sizeof *mo_made_closures);
    }
    for (i = 0; i < mo_texts_len; i++) mo_strs[i] = mo_str_constant(mo_texts[i].bytes, mo_texts[i].len);
}
/* What the program calls lies below the frame of `body` on the stack, if the compiler cannot join the two. */
static void (*volatile program)(MO_UP) = mo_program;
static void body(void) {
    char top;
    mo_set_stack_top(&top);
    make_shapes();
    make_constants();
#ifdef MOCHI_TRACE
    program(&bottom);
#else
    program(0);
#endif
    mo_flush(0);
}
/* Limits from the environment, in bytes with K, M or G behind them. */
static size_t memory_limit(void) {
    const char *text = mo_os_env("MOCHI_MAX_MEMORY");
    uint64_t limit = MO_SIZED(mo_os_memory() / 4 * 3, mo_os_memory());
    if (limit > MOST_MEMORY) limit = MOST_MEMORY;
    if (text && *text >= '0' && *text <= '9') {
        uint64_t value = 0;
        while (*text >= '0' && *text <= '9' && value < UINT64_MAX / 16) value = value * 10 + (uint64_t)(*text++ - '0');
        if ((*text | 32) == 'k') value <<= 10;
        if ((*text | 32) == 'm') value <<= 20;
        if ((*text | 32) == 'g') value <<= 30;
        limit = value;
    }
    return (size_t)limit;
}
void mo_start(void) {
    const char *stress = mo_os_env("MOCHI_GC_STRESS"), *depth = mo_os_env("MOCHI_MAX_DEPTH");
    interactive = mo_os_is_terminal(1);
    if (depth && *depth) {
        uint64_t value = 0;
        while (*depth >= '0' && *depth <= '9' && value < MAX_DEPTH) value = value * 10 + (uint64_t)(*depth++ - '0');
        if (value) mo_max_depth = (uint32_t)(value < MAX_DEPTH ? value : MAX_DEPTH);
    }
    mo_heap_init(memory_limit(), stress && strcmp(stress, "1") == 0);
    mo_os_run(body);
    mo_os_exit(0);
}
