/* The world outside: input, files, environment, commands, the clock. */
#include "internal.h"

#define CHUNK MO_SIZED((size_t)64 << 10, (size_t)128)

/* ---- Lines of a file ---- */

typedef struct reader {
    bool used;
    int file;
    char *name;
    /* Read and not yet handed out: buffer[from..to]. */
    char *buffer;
    size_t from, to, room;
    uint64_t lines;
    bool at_start, at_end;
} reader;
static reader input = {true, 0, NULL, NULL, 0, 0, 0, 0, false, false};
static reader *readers;
static size_t readers_len;

static void fill(reader *r, uint32_t site) {
    long got;
    size_t want;
    if (r->from) memmove(r->buffer, r->buffer + r->from, r->to - r->from);
    r->to -= r->from;
    r->from = 0;
    want = r->to > CHUNK ? r->to : CHUNK;
    if (r->room - r->to < want) {
        r->room = r->to + want;
        r->buffer = mo_xrealloc(r->buffer, r->room);
    }
    got = mo_os_read(r->file, r->buffer + r->to, want);
    if (got < 0) {
        if (r == &input) {
            mo_buf text = {0};
            mo_buf_text(&text, "cannot read standard input: ");
            mo_buf_text(&text, mo_os_error((int)-got));
            mo_trap_buf(site, &text);
        }
        mo_trap_io("read ", r->name, (int)-got, site);
    }
    if (got == 0) r->at_end = true;
    r->to += (size_t)got;
}
/* The length of the next line, or of everything. */
static size_t take(reader *r, bool line, uint32_t site) {
    size_t looked = 0;
    for (;;) {
        size_t len = r->to - r->from;
        if (line && len > looked) {
            const char *end = memchr(r->buffer + r->from + looked, '\n', len - looked);
            if (end) return (size_t)(end - (r->buffer + r->from)) + 1;
        }
        looked = len;
        if (looked > mo_limit()) mo_trap_memory(site);
        if (r->at_end) return len;
        fill(r, site);
    }
}
/* Bytes that are no UTF-8 become replacement characters. */
static void lossy(mo_buf *out, const char *bytes, size_t len) {
    size_t valid;
    while (len && !mo_is_utf8((const unsigned char *)bytes, len, &valid)) {
        size_t skip = 1, dummy;
        mo_buf_bytes(out, bytes, valid);
        mo_buf_code(out, 0xFFFD);
        /* As many bytes as could have begun one character make one replacement. */
        while (valid + skip < len && skip < 3 && ((unsigned char)bytes[valid + skip] & 0xC0) == 0x80) {
            unsigned char tail[4] = {0x80, 0x80, 0x80, 0x80};
            memcpy(tail, bytes + valid, skip + 1);
            if (!mo_is_utf8(tail, mo_char_bytes(tail[0]), &dummy) || (unsigned char)tail[0] < 0xC2) break;
            skip++;
        }
        bytes += valid + skip;
        len -= valid + skip;
    }
    mo_buf_bytes(out, bytes, len);
}
mo_cell mo_rt_in_line(uint32_t site) {
    size_t len;
    mo_buf text = {0};
    mo_safepoint();
    /* What was asked must be visible before the answer is read. */
    mo_flush(site);
    len = take(&input, true, site);
    if (len) {
        const char *line = input.buffer + input.from;
        size_t keep = len;
        input.from += len;
        if (keep && line[keep - 1] == '\n') {
            keep--;
            if (keep && line[keep - 1] == '\r') keep--;
        }
        lossy(&text, line, keep);
    }
    return mo_str_from_buf(&text, site);
}
static char *c_text(mo_cell cell) {
    mo_span span = mo_span_of(&cell);
    char *text = mo_xmalloc((size_t)span.bytes + 1);
    memcpy(text, span.data, span.bytes);
    text[span.bytes] = 0;
    return text;
}
int64_t mo_rt_file_open(mo_cell path, uint32_t site) {
    char *name = c_text(path);
    size_t at;
    reader *r;
    int file = 0;
    bool standard = !*name || strcmp(name, "-") == 0;
    if (standard) {
        mo_flush(site);
        free(name);
        name = NULL;
    } else if ((file = mo_os_open(name)) < 0) {
        mo_trap_io("read ", name, -file, site);
    }
    for (at = 0; at < readers_len && readers[at].used; at++) {
    }
    if (at == readers_len) {
        readers = mo_xrealloc(readers, (readers_len + 1) * sizeof *readers);
        readers_len++;
    }
    r = &readers[at];
    memset(r, 0, sizeof *r);
    r->used = r->at_start = true;
    r->file = file;
    r->name = name;
    return (int64_t)at;
}
static mo_cell read_text(int64_t file, bool line, uint32_t site) {
    reader *r = &readers[file], *from = r->name ? r : &input;
    size_t len, valid, i;
    const char *bytes;
    mo_safepoint();
    len = take(from, line, site);
    bytes = from->buffer + from->from;
    from->from += len;
    if (r->at_start && len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        len -= 3;
    }
    r->at_start = false;
    valid = len;
    if (len && (!mo_is_utf8((const unsigned char *)bytes, len, &valid) || memchr(bytes, 0, len))) {
        mo_buf text = {0};
        bool utf8 = valid == len;
        uint64_t number = r->lines + 1;
        if (utf8) valid = (size_t)((const char *)memchr(bytes, 0, len) - bytes);
        for (i = 0; i < valid; i++) number += bytes[i] == '\n';
        mo_buf_text(&text, "malformed text at ");
        mo_buf_text(&text, r->name ? r->name : "<stdin>");
        mo_buf_char(&text, ':');
        mo_buf_i64(&text, (int64_t)number);
        mo_buf_text(&text, utf8 ? ": a NUL byte" : ": not UTF-8");
        mo_trap_buf(site, &text);
    }
    if (len && bytes[len - 1] == '\n') r->lines++;
    return mo_str_new(len ? bytes : "", len, site);
}
mo_cell mo_rt_file_line(int64_t file, uint32_t site) {
    return read_text(file, true, site);
}
mo_cell mo_rt_file_rest(int64_t file, uint32_t site) {
    return read_text(file, false, site);
}
void mo_rt_file_close(int64_t file, uint32_t site) {
    reader *r = &readers[file];
    (void)site;
    if (r->name) mo_os_close(r->file);
    free(r->name);
    free(r->buffer);
    memset(r, 0, sizeof *r);
}

/* ---- Files that replace others ---- */

typedef struct replacement {
    bool used;
    int file;
    char *name, *temporary;
    mo_buf pending;
} replacement;
static replacement *replacements;
static size_t replacements_len;

static MO_NORETURN void cannot_write(replacement *w, int error, uint32_t site) {
    mo_os_close(w->file);
    mo_os_remove(w->temporary);
    w->used = false;
    mo_trap_io("write ", w->name, error, site);
}
int64_t mo_rt_save_open(mo_cell path, uint32_t site) {
    char *name = c_text(path), *temporary;
    int file = mo_os_begin(name, &temporary);
    size_t at;
    if (file < 0) mo_trap_io("write ", name, -file, site);
    for (at = 0; at < replacements_len && replacements[at].used; at++) {
    }
    if (at == replacements_len) {
        replacements = mo_xrealloc(replacements, (replacements_len + 1) * sizeof *replacements);
        replacements_len++;
    }
    memset(&replacements[at], 0, sizeof *replacements);
    replacements[at].used = true;
    replacements[at].file = file;
    replacements[at].name = name;
    replacements[at].temporary = temporary;
    return (int64_t)at;
}
static void write_pending(replacement *w, uint32_t site) {
    int error = mo_os_write_file(w->file, w->pending.bytes, w->pending.len);
    if (error) cannot_write(w, error, site);
    w->pending.len = 0;
}
void mo_rt_save_write(int64_t file, mo_cell text, uint32_t site) {
    replacement *w = &replacements[file];
    mo_span span = mo_span_of(&text);
    mo_buf_bytes(&w->pending, span.data, span.bytes);
    if (w->pending.len >= CHUNK) write_pending(w, site);
}
void mo_rt_save_commit(int64_t file, uint32_t site) {
    replacement *w = &replacements[file];
    int error;
    write_pending(w, site);
    error = mo_os_commit(w->file, w->temporary, w->name);
    if (error) {
        mo_os_remove(w->temporary);
        mo_trap_io("write ", w->name, error, site);
    }
    free(w->name);
    free(w->temporary);
    mo_buf_free(&w->pending);
    memset(w, 0, sizeof *w);
}
/* A program that ends with a run-time error leaves the old files and no others. */
void mo_remove_unfinished(void);
void mo_remove_unfinished(void) {
    size_t i;
    for (i = 0; i < replacements_len; i++)
        if (replacements[i].used) {
            mo_os_close(replacements[i].file);
            mo_os_remove(replacements[i].temporary);
        }
}

/* ---- Environment and commands ---- */

static mo_cell maybe_text(const char *text, uint32_t site) {
    mo_buf out = {0};
    mo_safepoint();
    if (!text) return MO_NONE;
    lossy(&out, text, strlen(text));
    return mo_str_from_buf(&out, site);
}
mo_cell mo_rt_env_get(mo_cell name, uint32_t site) {
    char *key = c_text(name);
    mo_cell value = maybe_text(mo_os_env(key), site);
    free(key);
    return value;
}
mo_cell mo_rt_llm_setting(mo_cell name, uint32_t site) {
    return mo_rt_env_get(name, site);
}
static bool text_before(uint32_t a, uint32_t b, const void *all) {
    char *const *texts = all;
    return strcmp(texts[a], texts[b]) < 0;
}
mo_cell mo_rt_env_all(uint32_t site) {
    char **all = mo_os_environ();
    uint32_t *sorted, len = 0, i;
    mo_cell list;
    mo_safepoint();
    while (all[len]) len++;
    sorted = mo_xmalloc((len + 1) * sizeof *sorted);
    for (i = 0; i < len; i++) sorted[i] = i;
    mo_sort(sorted, len, text_before, all);
    list = mo_list_make(MO_TYPE_ANY, len, site);
    for (i = 0; i < len; i++) {
        mo_buf text = {0};
        lossy(&text, all[sorted[i]], strlen(all[sorted[i]]));
        mo_list_add(list, mo_str_from_buf(&text, site), MO_CELL, site);
    }
    free(sorted);
    return list;
}
mo_cell mo_rt_shell_run(mo_cell command, uint32_t site) {
    char *text = c_text(command), *output;
    size_t len;
    int error;
    mo_buf out = {0};
    mo_safepoint();
    mo_flush(site);
    error = mo_os_shell(text, &output, &len);
    if (error) mo_trap_io("run a command", "", error, site);
    free(text);
    lossy(&out, output, len);
    free(output);
    return mo_str_from_buf(&out, site);
}
#ifdef MO_HOSTS
#define NO_HOST "`: the name is not known"
#else
#define NO_HOST "`: programs that are built for this system know no names of hosts"
#endif
mo_cell mo_rt_host_lookup(mo_cell name, uint32_t site) {
    char *host = c_text(name), *found, *at;
    mo_cell list;
    mo_safepoint();
    found = mo_os_lookup(host);
    if (!found) {
        mo_buf text = {0};
        mo_buf_text(&text, "cannot look up `");
        mo_buf_text(&text, host);
        mo_buf_text(&text, NO_HOST);
        mo_trap_buf(site, &text);
    }
    free(host);
    list = mo_list_make(MO_TYPE_ANY, 0, site);
    for (at = found; *at; at += strlen(at) + 1) mo_list_add(list, mo_str_new(at, strlen(at), site), MO_CELL, site);
    free(found);
    return list;
}

/* ---- Time and memory ---- */

void mo_rt_block_keep(mo_cell value, uint32_t site) {
    (void)value;
    (void)site;
}
int64_t mo_rt_clock_now(uint32_t site) {
    static int state;
    static int64_t seed;
    (void)site;
    if (state == 0) {
        const char *text = mo_os_env("MOCHI_NOW_SEED");
        mo_span span;
        mo_big *big;
        state = 1;
        if (text) {
            while (*text == ' ' || *text == '\t') text++;
            span.data = (const unsigned char *)text;
            span.bytes = span.chars = (uint32_t)strlen(text);
            while (span.bytes && (text[span.bytes - 1] == ' ' || text[span.bytes - 1] == '\n')) span.bytes--;
            if (mo_parse_int(span, 10, &seed, &big) == 1) state = 2;
        }
    }
    if (state == 1) return mo_os_now();
    seed = mo_wrap_add(mo_wrap_mul(seed, 1664525), 1013904223) % 2147483647;
    return seed;
}
int64_t mo_rt_clock_monotonic(uint32_t site) {
    (void)site;
    return mo_os_monotonic();
}
int64_t mo_rt_heap_bytes(uint32_t site) {
    (void)site;
    return (int64_t)mo_in_use();
}
