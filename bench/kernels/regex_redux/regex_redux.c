#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a node does: take the letter, take a letter that is in the text or that is not, try `other` before `next`,
   nothing, end. */
typedef enum { LETTER, ONE_OF, NONE_OF, SPLIT, EMPTY, DONE } Kind;

/* The text lies in the pattern. */
typedef struct {
    Kind kind;
    const char *text;
    size_t len;
    int next, other;
} Node;

/* Part of a pattern: where it begins, and the node whose `next` is not known yet. */
typedef struct {
    int first, last;
} Part;

typedef struct {
    const char *at;
    Node *nodes;
    int len, cap;
} Pattern;

static int add_node(Pattern *p, Kind kind, const char *text, size_t len, int other) {
    if (p->len == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 16;
        p->nodes = realloc(p->nodes, (size_t)p->cap * sizeof *p->nodes);
    }
    p->nodes[p->len] = (Node){kind, text, len, -1, other};
    return p->len++;
}

static Part sequence(Pattern *p);

static Part either(Pattern *p) {
    Part part = sequence(p);
    while (*p->at == '|') {
        p->at++;
        Part second = sequence(p);
        int fork = add_node(p, SPLIT, "", 0, part.first);
        int join = add_node(p, EMPTY, "", 0, -1);
        p->nodes[fork].next = second.first;
        p->nodes[part.last].next = join;
        p->nodes[second.last].next = join;
        part = (Part){fork, join};
    }
    return part;
}

static Part single(Pattern *p) {
    char c = *p->at++;
    if (c == '(') {
        Part part = either(p);
        p->at++;
        return part;
    }
    if (c != '[') {
        int node = add_node(p, LETTER, p->at - 1, 1, -1);
        return (Part){node, node};
    }
    Kind kind = ONE_OF;
    if (*p->at == '^') {
        kind = NONE_OF;
        p->at++;
    }
    const char *from = p->at;
    while (*p->at != ']') p->at++;
    int node = add_node(p, kind, from, (size_t)(p->at - from), -1);
    p->at++;
    return (Part){node, node};
}

static Part repeated(Pattern *p) {
    Part part = single(p);
    if (*p->at != '*') return part;
    p->at++;
    int fork = add_node(p, SPLIT, "", 0, part.first);
    p->nodes[part.last].next = fork;
    return (Part){fork, fork};
}

static Part sequence(Pattern *p) {
    Part part = repeated(p);
    while (*p->at && *p->at != '|' && *p->at != ')') {
        Part second = repeated(p);
        p->nodes[part.last].next = second.first;
        part.last = second.last;
    }
    return part;
}

typedef struct {
    Node *nodes;
    int first;
} Program;

static Program compile(const char *text) {
    Pattern pattern = {.at = text};
    Part part = either(&pattern);
    int end = add_node(&pattern, DONE, "", 0, -1);
    pattern.nodes[part.last].next = end;
    return (Program){pattern.nodes, part.first};
}

typedef struct {
    char *bytes;
    size_t len, cap;
} Text;

static void add(Text *text, const char *piece, size_t len) {
    if (text->len + len >= text->cap) {
        while (text->len + len >= text->cap) text->cap = text->cap ? text->cap * 2 : 64;
        text->bytes = realloc(text->bytes, text->cap);
    }
    memcpy(text->bytes + text->len, piece, len);
    text->len += len;
}

static long match_end(const Node *nodes, int first, const Text *text, long at) {
    const Node *node = &nodes[first];
    while (node->kind != DONE) {
        if (node->kind == SPLIT) {
            long end = match_end(nodes, node->other, text, at);
            if (end >= 0) return end;
        } else if (node->kind != EMPTY) {
            if (at == (long)text->len) return -1;
            char c = text->bytes[at];
            if (node->kind == LETTER) {
                if (c != *node->text) return -1;
            } else if ((memchr(node->text, c, node->len) != NULL) != (node->kind == ONE_OF)) {
                return -1;
            }
            at++;
        }
        node = &nodes[node->next];
    }
    return at;
}

static long count_matches(Program program, const Text *text) {
    long count = 0, at = 0;
    while (at < (long)text->len) {
        long end = match_end(program.nodes, program.first, text, at);
        if (end > at) {
            count++;
            at = end;
        } else {
            at++;
        }
    }
    return count;
}

static Text replace(Program program, const Text *text, const char *by) {
    Text out = {0};
    long at = 0;
    while (at < (long)text->len) {
        long end = match_end(program.nodes, program.first, text, at);
        if (end > at) {
            add(&out, by, strlen(by));
            at = end;
        } else {
            add(&out, text->bytes + at, 1);
            at++;
        }
    }
    return out;
}

static Text make_text(long length) {
    static const char letters[] = "acgtacgtacgtacgtBDHKMNRSVWY";
    long seed = 42;
    Text text = {0};
    add(&text, ">ONE generated\n", 15);
    for (long i = 0; i < length; i++) {
        seed = (seed * 3877 + 29573) % 139968;
        add(&text, letters + seed / 5 % (long)(sizeof letters - 1), 1);
        if ((i + 1) % 60 == 0) add(&text, "\n", 1);
        if ((i + 1) % 3000 == 0) add(&text, ">NEXT\n", 6);
    }
    return text;
}

int main(int argc, char **argv) {
    static const char *const patterns[] = {
        "gtaac|gttac",
        "[cgt]gta|tac[acg]",
        "a[act]ga*t|at*tc[agt]t",
        "ag[act]g|c[agt]ct",
        "(ac|gt)(ac|gt)*[BDH]",
        "c(a|t)*g",
        "[^acgt][^acgt]",
        "gt*(ac|a*g)t",
    };
    static const char *const replacements[][2] = {
        {"tHa|aND|[aN]cW", "<4>"},
        {"a[NSt]|BY", "<2>"},
        {"[|]*<[^>]*>", "|"},
        {"[|][^|][^|]*[|]", "-"},
    };
    long n = argc > 1 ? atol(argv[1]) : 700000;
    Text raw = make_text(n);
    Text sequence = replace(compile(">[^\n]*\n|\n"), &raw, "");
    size_t clean = sequence.len;
    long checksum = 0;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        Program program = compile(patterns[i]);
        checksum = (checksum * 31 + count_matches(program, &sequence)) % 1000000007;
        free(program.nodes);
    }
    for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) {
        Program program = compile(replacements[i][0]);
        Text replaced = replace(program, &sequence, replacements[i][1]);
        checksum = (checksum * 31 + (long)replaced.len) % 1000000007;
        free(program.nodes);
        free(sequence.bytes);
        sequence = replaced;
    }
    printf("%zu %zu %zu %ld\n", raw.len, clean, sequence.len, checksum);
    return 0;
}
