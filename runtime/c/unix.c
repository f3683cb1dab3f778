/* Systems with POSIX: address space, the stack, names of hosts; the rest is in posix.c and command.c. */
#include "stack.c"

#include <netdb.h>
#include <signal.h>
#ifndef MO_ON_STACK
#include <pthread.h>
#endif
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

/* Address space for the stack, tried in order; pages that are not touched cost nothing. */
static const size_t stack_bytes[] = {(size_t)8 << 30, (size_t)1 << 30, (size_t)256 << 20, (size_t)64 << 20};

void *mo_os_reserve(size_t bytes) {
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}
/* Pages come when they are touched. In a large heap they are large where the system allows it, since making and finding
 * many small ones takes time; there this much at a time. */
#define LARGE_HEAP ((size_t)16 << 20)
#define LARGE_PAGES ((size_t)4 << 20)
bool mo_os_back(void *base, size_t bytes) {
#ifdef MADV_HUGEPAGE
    static uintptr_t start, end;
    uintptr_t at = (uintptr_t)base;
    if (!start) start = at;
    if (at - start >= LARGE_HEAP && at + bytes > end) {
        uintptr_t from = end ? end : at & ~(LARGE_PAGES - 1);
        end = (at + bytes + LARGE_PAGES - 1) & ~(LARGE_PAGES - 1);
        (void)madvise((void *)from, end - from, MADV_HUGEPAGE);
    }
#else
    (void)base;
    (void)bytes;
#endif
    return true;
}
uint64_t mo_os_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : (uint64_t)4 << 30;
}
static int64_t mo_os_process(void) {
    return getpid();
}
static int mo_os_permit(int file, mode_t mode) {
    return fchmod(file, mode) == 0 ? 0 : errno;
}
#ifdef MO_ON_STACK
static bool run_on(char *stack, size_t bytes, void (*body)(void)) {
    mo_on_stack(stack + bytes, body);
    return true;
}
#else
static void *thread(void *body) {
    void (*run)(void);
    memcpy(&run, &body, sizeof run);
    run();
    return NULL;
}
static bool run_on(char *stack, size_t bytes, void (*body)(void)) {
    pthread_attr_t attributes;
    pthread_t id;
    void *argument;
    memcpy(&argument, &body, sizeof argument);
    pthread_attr_init(&attributes);
    if (pthread_attr_setstack(&attributes, stack, bytes) != 0 ||
        pthread_create(&id, &attributes, thread, argument) != 0)
        return false;
    pthread_join(id, NULL);
    return true;
}
#endif
void mo_os_run(void (*body)(void)) {
    size_t i;
    for (i = 0; i < sizeof stack_bytes / sizeof *stack_bytes; i++) {
        char *stack = mo_os_reserve(stack_bytes[i]);
        if (!stack) continue;
        /* A page that traps below the end. */
        mprotect(stack, 65536, PROT_NONE);
        if (run_on(stack, stack_bytes[i], body)) return;
    }
    body();
}
/* Becomes a command; returns when that is not possible. */
static void mo_os_command(const char *path, const char **arguments) {
    execv(path, (char *const *)(uintptr_t)arguments);
}
/* Names of hosts are known here. */
#define MO_HOSTS
char *mo_os_lookup(const char *host) {
    struct addrinfo hints, *found, *at;
    mo_buf names = {0};
    char room[256];
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, NULL, &hints, &found) != 0) return NULL;
    for (at = found; at; at = at->ai_next)
        if (getnameinfo(at->ai_addr, at->ai_addrlen, room, sizeof room, NULL, 0, NI_NUMERICHOST) == 0)
            mo_buf_bytes(&names, room, strlen(room) + 1);
    freeaddrinfo(found);
    mo_buf_char(&names, 0);
    return names.bytes;
}

/* Beyond the limit of the system a write fails like any other instead of ending the process. With a handler, since commands
 * would inherit that a signal is ignored; they do if it was. */
static void outlive(int signal_number) {
    (void)signal_number;
}
int main(void) {
    if (signal(SIGXFSZ, outlive) == SIG_IGN) signal(SIGXFSZ, SIG_IGN);
    mo_start();
    return 0;
}
