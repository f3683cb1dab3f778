/* Text in the making, quoting, and what is known of code points. */
#include "internal.h"

typedef struct range {
    uint32_t lo, hi;
} range;
/* Every `step`th code point from lo to hi becomes itself plus delta. */
typedef struct mapping {
    uint32_t lo, hi, step;
    int32_t delta;
} mapping;
typedef struct expansion {
    uint32_t from, to[3];
} expansion;
#include "unicode.inc"

void mo_buf_bytes(mo_buf *buf, const void *bytes, size_t len) {
    if (buf->room - buf->len < len) {
        size_t room = buf->room * 2 < 64 ? 64 : buf->room * 2;
        if (room < buf->len + len) room = buf->len + len;
        buf->bytes = mo_xrealloc(buf->bytes, room);
        buf->room = room;
    }
    if (len) memcpy(buf->bytes + buf->len, bytes, len);
    buf->len += len;
}
void mo_buf_text(mo_buf *buf, const char *text) {
    mo_buf_bytes(buf, text, strlen(text));
}
void mo_buf_char(mo_buf *buf, char c) {
    mo_buf_bytes(buf, &c, 1);
}
const char *mo_decimal(char room[MO_DECIMAL_MAX], int64_t value, size_t *len) {
    size_t at = MO_DECIMAL_MAX;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        room[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) room[--at] = '-';
    *len = MO_DECIMAL_MAX - at;
    return room + at;
}
void mo_buf_i64(mo_buf *buf, int64_t value) {
    char room[MO_DECIMAL_MAX];
    size_t len;
    const char *digits = mo_decimal(room, value, &len);
    mo_buf_bytes(buf, digits, len);
}
void mo_buf_code(mo_buf *buf, uint32_t c) {
    unsigned char b[4];
    size_t len = 1;
    if (c < 0x80) {
        b[0] = (unsigned char)c;
    } else if (c < 0x800) {
        b[0] = (unsigned char)(0xC0 | c >> 6);
        b[1] = (unsigned char)(0x80 | (c & 0x3F));
        len = 2;
    } else if (c < 0x10000) {
        b[0] = (unsigned char)(0xE0 | c >> 12);
        b[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        b[2] = (unsigned char)(0x80 | (c & 0x3F));
        len = 3;
    } else {
        b[0] = (unsigned char)(0xF0 | c >> 18);
        b[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
        b[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        b[3] = (unsigned char)(0x80 | (c & 0x3F));
        len = 4;
    }
    mo_buf_bytes(buf, b, len);
}
void mo_buf_free(mo_buf *buf) {
    free(buf->bytes);
    memset(buf, 0, sizeof *buf);
}
const char *mo_buf_c(mo_buf *buf) {
    mo_buf_char(buf, 0);
    buf->len--;
    return buf->bytes;
}

static bool in_ranges(const range *ranges, size_t len, uint32_t code) {
    size_t low = 0, high = len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > ranges[middle].hi)
            low = middle + 1;
        else if (code < ranges[middle].lo)
            high = middle;
        else
            return true;
    }
    return false;
}
bool mo_printable(uint32_t code) {
    if (code < 0x80) return code >= ' ' && code <= '~';
    return in_ranges(printable, sizeof printable / sizeof *printable, code);
}
bool mo_space(uint32_t code) {
    return in_ranges(space, sizeof space / sizeof *space, code);
}
static void map_case(mo_buf *out, uint32_t code, const mapping *maps, size_t len, const expansion *more, size_t more_len) {
    size_t low = 0, high = len, i;
    for (i = 0; i < more_len; i++)
        if (more[i].from == code) {
            size_t k;
            for (k = 0; k < 3 && more[i].to[k]; k++) mo_buf_code(out, more[i].to[k]);
            return;
        }
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > maps[middle].hi) {
            low = middle + 1;
        } else if (code < maps[middle].lo) {
            high = middle;
        } else {
            if ((code - maps[middle].lo) % maps[middle].step == 0)
                code = (uint32_t)((int32_t)code + maps[middle].delta);
            break;
        }
    }
    mo_buf_code(out, code);
}
void mo_upper(mo_buf *out, uint32_t code) {
    if (code < 0x80)
        mo_buf_char(out, (char)(code >= 'a' && code <= 'z' ? code - 32 : code));
    else
        map_case(out, code, upper, sizeof upper / sizeof *upper, upper_more, sizeof upper_more / sizeof *upper_more);
}
void mo_lower(mo_buf *out, uint32_t code) {
    if (code < 0x80)
        mo_buf_char(out, (char)(code >= 'A' && code <= 'Z' ? code + 32 : code));
    else
        map_case(out, code, lower, sizeof lower / sizeof *lower, lower_more, sizeof lower_more / sizeof *lower_more);
}

static void hex(mo_buf *out, const char *prefix, uint32_t code, int digits) {
    mo_buf_text(out, prefix);
    while (digits--) mo_buf_char(out, "0123456789abcdef"[code >> (4 * digits) & 15]);
}
void mo_text_quoted(mo_buf *out, mo_span text) {
    uint32_t at = 0;
    mo_buf_char(out, '"');
    while (at < text.bytes) {
        uint32_t code = mo_decode(text.data + at), len = mo_char_bytes(text.data[at]);
        const char *escape = code == '"' ? "\\\"" : code == '\\' ? "\\\\" : code == 7 ? "\\a" : code == 8 ? "\\b"
                             : code == 12 ? "\\f" : code == '\n' ? "\\n" : code == '\r' ? "\\r" : code == '\t' ? "\\t"
                             : code == 11 ? "\\v" : NULL;
        if (escape)
            mo_buf_text(out, escape);
        else if (mo_printable(code))
            mo_buf_bytes(out, text.data + at, len);
        else if (code < 0x80)
            hex(out, "\\x", code, 2);
        else if (code < 0x10000)
            hex(out, "\\u", code, 4);
        else
            hex(out, "\\U", code, 8);
        at += len;
    }
    mo_buf_char(out, '"');
}
bool mo_rt_code_is_printable(int64_t code, uint32_t site) {
    (void)site;
    return code >= 0 && code <= 0x10FFFF && mo_printable((uint32_t)code);
}
bool mo_rt_code_is_space(int64_t code, uint32_t site) {
    (void)site;
    return code >= 0 && code <= 0x10FFFF && mo_space((uint32_t)code);
}
