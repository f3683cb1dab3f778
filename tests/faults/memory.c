/* An allocator that refuses, for LD_PRELOAD: the call with the number in FAULT_NTH fails, and those after it too when a `+` is
 * behind it. When the process ends, the file FAULT_REPORT has how many calls there were. What the process starts is left
 * alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static atomic_long count;
static long nth;
static bool after;
static int report = -1;

__attribute__((constructor)) static void start(void) {
    const char *text = getenv("FAULT_NTH"), *file = getenv("FAULT_REPORT");
    char *rest = NULL;
    nth = text ? strtol(text, &rest, 10) : 0;
    after = rest && *rest == '+';
    report = file ? open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    unsetenv("LD_PRELOAD");
    unsetenv("FAULT_NTH");
    unsetenv("FAULT_REPORT");
    atomic_store(&count, 0);
}
/* Written each time, since processes may end in any way: the file has a byte for each call. */
static bool is_refused(void) {
    long now = atomic_fetch_add(&count, 1) + 1;
    if (!nth && report >= 0) (void)!write(report, ".", 1);
    if (!nth || now < nth || (now > nth && !after)) return false;
    errno = ENOMEM;
    return true;
}
void *malloc(size_t bytes) {
    return is_refused() ? NULL : __libc_malloc(bytes);
}
void *calloc(size_t len, size_t bytes) {
    return is_refused() ? NULL : __libc_calloc(len, bytes);
}
void *realloc(void *old, size_t bytes) {
    return is_refused() ? NULL : __libc_realloc(old, bytes);
}
void *memalign(size_t align, size_t bytes) {
    return is_refused() ? NULL : __libc_memalign(align, bytes);
}
void *aligned_alloc(size_t align, size_t bytes) {
    return memalign(align, bytes);
}
int posix_memalign(void **memory, size_t align, size_t bytes) {
    *memory = memalign(align, bytes);
    return *memory ? 0 : ENOMEM;
}
