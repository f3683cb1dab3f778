#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t len, cap;
} Text;

static void add(Text *text, const char *piece, size_t len) {
    if (text->len + len + 1 > text->cap) {
        while (text->len + len + 1 > text->cap) text->cap = text->cap ? text->cap * 2 : 64;
        text->bytes = realloc(text->bytes, text->cap);
    }
    memcpy(text->bytes + text->len, piece, len);
    text->len += len;
    text->bytes[text->len] = 0;
}

static Text generate_log(long lines) {
    static const char *const users[] = {"ann", "bob", "carol", "dave", "eve"};
    static const char *const verbs[] = {"read", "write", "open", "close", "seek", "stat", "error"};
    long seed = 42;
    Text log = {0};
    for (long i = 0; i < lines; i++) {
        seed = seed * 16807 % 2147483647;
        const char *user = users[seed % 5];
        char line[128];
        int len = snprintf(line, sizeof line, "%s  user=%s; action=%s; file=/users/%s/%ld.txt; size=%ld ",
                           i ? "\n" : "", user, verbs[seed / 5 % 7], user, seed % 1000, seed % 4096);
        add(&log, line, (size_t)len);
    }
    return log;
}

/* Cuts the text at the next separator and returns its first piece; the rest is NULL after the last one. */
static char *cut(char **rest, const char *separator) {
    char *piece = *rest, *end = strstr(piece, separator);
    *rest = NULL;
    if (end) {
        *end = 0;
        *rest = end + strlen(separator);
    }
    return piece;
}

static char *field(char *part) { return strchr(part, '=') + 1; }

static long index_of(const char *text, const char *part) {
    const char *at = strstr(text, part);
    return at ? at - text : -1;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 300000;
    Text log = generate_log(n), report = {0};
    long total = 0, errors = 0, reports = 0, checksum = 0;
    for (char *rest = log.bytes; rest;) {
        char *line = cut(&rest, "\n");
        while (isspace((unsigned char)*line)) line++;
        for (size_t len = strlen(line); len && isspace((unsigned char)line[len - 1]); len--) line[len - 1] = 0;
        char *parts[4];
        for (int i = 0; i < 4; i++) parts[i] = cut(&line, "; ");
        char *user = field(parts[0]), *path = field(parts[2]);
        for (char *c = user; *c; c++) *c = (char)toupper((unsigned char)*c);
        for (char *c = path; *c; c++)
            if (*c == '/') *c = '\\';
        long size = atol(field(parts[3]));
        total += size;
        if (strstr(parts[1], "error")) errors++;
        if (size > 2048) {
            char out[128];
            int len = snprintf(out, sizeof out, "%s%6ld %s %s", reports++ ? "\n" : "", size, user, path);
            add(&report, out, (size_t)len);
        }
    }
    size_t report_len = report.len;
    char start[21];
    for (int i = 0; i < 20; i++) start[i] = (char)tolower((unsigned char)report.bytes[i]);
    start[20] = 0;
    for (char *rest = report.bytes; rest;) {
        const char *line = cut(&rest, "\n");
        checksum = (checksum * 31 + (long)strlen(line) + index_of(line, "HOME") + index_of(line, "txt")) % 1000000007;
    }
    printf("%ld %ld %ld %zu %ld %s\n", total, errors, reports, report_len, checksum, start);
    return 0;
}
