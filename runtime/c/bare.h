/* The parts of string.h and stdlib.h that the runtime uses, where there is no C library. bare.c has the code. */
#ifndef MOCHI_BARE_H
#define MOCHI_BARE_H

#include <stddef.h>

#if defined(__GNUC__) && !defined(__TINYC__)
#define MO_WEAK __attribute__((weak))
/* Compilers write short ones in place, which they do unasked only when there is a C library. */
#define memcpy(to, from, len) __builtin_memcpy(to, from, len)
#define memset(to, byte, len) __builtin_memset(to, byte, len)
#define memcmp(a, b, len) __builtin_memcmp(a, b, len)
#else
#define MO_WEAK
void *memcpy(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
#endif
void *memmove(void *to, const void *from, size_t len);

/* Those that compilers never call by themselves have names of ours: what is built may be linked with a library that has its
 * own. */
#define memchr mo_bare_memchr
#define strlen mo_bare_strlen
#define strcmp mo_bare_strcmp
#define malloc mo_bare_malloc
#define realloc mo_bare_realloc
#define free mo_bare_free
void *memchr(const void *bytes, int byte, size_t len);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
void *malloc(size_t bytes);
void *realloc(void *old, size_t bytes);
void free(void *memory);

/* Memory for malloc: at least so many bytes, and how many; null when there is none. Pieces that touch become one. */
void *mo_os_more(size_t least, size_t *bytes);
/* The same for large blocks that go back when they are freed, on systems where that is worth it; `old` is what grows. */
void *mo_os_large(void *old, size_t old_bytes, size_t bytes);
void mo_os_large_free(void *memory, size_t bytes);

#endif
