/* No operating system: memory is what mochi_main was given, output and the end are functions of the machine's. There are no
 * files, no clock, no environment and no commands; programs that need them are refused when they are built.
 *
 * Slots of the heap grow from the lower end of the memory, everything else from the upper end. A register has half of a
 * cell, so what the collector must find is declared as `mo_root`. */
#include "embedded.h"
#include "internal.h"

/* Left for the runtime when a program recursed too deep. */
#define STACK_RESERVE ((size_t)2 << 10)

char *mo_stack_low;
/* The memory, and what of it is not yet used for either. */
static char *memory, *free_from, *free_to;
/* Whether the block without slots may be used too, of which only the first word is looked at. */
static bool last;

void mo_os_last_memory(void) {
    last = true;
}

static void collect_soon(void) {
    if ((size_t)(free_to - free_from) < mo_os_memory() / 8 && mo.allocated < mo.threshold) mo.allocated = mo.threshold;
}
void *mo_os_reserve(size_t bytes) {
    return bytes <= (size_t)(free_to - memory) ? memory : NULL;
}
bool mo_os_back(void *base, size_t bytes) {
    if (bytes > (size_t)(free_to - free_from)) return false;
    free_from = (char *)base + bytes;
    memset(base, 0, bytes);
    collect_soon();
    return true;
}
void *mo_os_more(size_t least, size_t *bytes) {
    size_t piece = (least + 63) & ~(size_t)63;
    if (piece > (size_t)(free_to - free_from)) piece = (least + 7) & ~(size_t)7;
    if (piece > (size_t)(free_to - free_from)) {
        if (!last) return NULL;
        last = false;
        *bytes = MO_LITTLE_BLOCK - 8;
        return least <= *bytes ? memory + 8 : NULL;
    }
    free_to -= piece;
    *bytes = piece;
    collect_soon();
    return free_to;
}
void *mo_os_large(void *old, size_t old_bytes, size_t bytes) {
    (void)old;
    (void)old_bytes;
    (void)bytes;
    return NULL;
}
void mo_os_large_free(void *old, size_t bytes) {
    (void)old;
    (void)bytes;
}
static size_t memory_bytes;
uint64_t mo_os_memory(void) {
    return memory_bytes;
}
int mo_os_write(int file, const char *bytes, size_t len) {
    mochi_write(file, bytes, len);
    return 0;
}
long mo_os_read(int file, char *bytes, size_t len) {
    (void)file;
    return (long)mochi_read(bytes, len);
}
bool mo_os_is_terminal(int file) {
    (void)file;
    return false;
}
const char *mo_os_env(const char *name) {
    (void)name;
#ifdef MOCHI_STRESS
    if (strcmp(name, "MOCHI_GC_STRESS") == 0) return "1";
#endif
    return NULL;
}
void mo_os_run(void (*body)(void)) {
    body();
}
void mo_os_exit(int status) {
    mochi_exit(status);
    for (;;) {
    }
}
void mochi_main(void *given, size_t bytes, void *stack_end) {
    memory = free_from = given;
    memory_bytes = bytes & ~(size_t)7;
    free_to = memory + memory_bytes;
    mo_stack_low = (char *)stack_end + STACK_RESERVE;
    mo_start();
}

/* ---- What is not there ---- */

/* Only reached when a path of `load` or `save` is known when the program runs. */
#define NO_FILES 1
const char *mo_os_error(int error) {
    (void)error;
    return "there are no files on this machine";
}
int mo_os_open(const char *path) {
    (void)path;
    return -NO_FILES;
}
void mo_os_close(int file) {
    (void)file;
}
int mo_os_begin(const char *path, char **temporary) {
    (void)path;
    (void)temporary;
    return -NO_FILES;
}
int mo_os_write_file(int file, const char *bytes, size_t len) {
    (void)file;
    (void)bytes;
    (void)len;
    return NO_FILES;
}
int mo_os_commit(int file, const char *temporary, const char *path) {
    (void)file;
    (void)temporary;
    (void)path;
    return NO_FILES;
}
void mo_os_remove(const char *path) {
    (void)path;
}
int mo_os_shell(const char *command, char **output, size_t *len) {
    (void)command;
    (void)output;
    (void)len;
    return NO_FILES;
}
char *mo_os_lookup(const char *host) {
    (void)host;
    return NULL;
}
char **mo_os_environ(void) {
    static char *none[1];
    return none;
}
int64_t mo_os_now(void) {
    return 0;
}
int64_t mo_os_monotonic(void) {
    return 0;
}
