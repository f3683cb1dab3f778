/* Systems with POSIX. */
#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

/* Address space for the stack, tried in order; pages that are not touched cost nothing. */
static const size_t stack_bytes[] = {(size_t)8 << 30, (size_t)1 << 30, (size_t)256 << 20, (size_t)64 << 20};

void mo_remove_unfinished(void);

void *mo_os_reserve(size_t bytes) {
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}
void mo_os_discard(void *base, size_t bytes) {
    madvise(base, bytes, MADV_DONTNEED);
}
int mo_os_write(int file, const char *bytes, size_t len) {
    while (len) {
        ssize_t done = write(file, bytes, len);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        bytes += done;
        len -= (size_t)done;
    }
    return 0;
}
int mo_os_write_file(int file, const char *bytes, size_t len) {
    return mo_os_write(file, bytes, len);
}
long mo_os_read(int file, char *bytes, size_t len) {
    ssize_t got;
    do got = read(file, bytes, len);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : (long)got;
}
bool mo_os_is_terminal(int file) {
    return isatty(file) == 1;
}
const char *mo_os_error(int error) {
    return strerror(error);
}
static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
int64_t mo_os_now(void) {
    return nanoseconds(CLOCK_REALTIME);
}
int64_t mo_os_monotonic(void) {
    return nanoseconds(CLOCK_MONOTONIC);
}
uint64_t mo_os_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : (uint64_t)4 << 30;
}
const char *mo_os_env(const char *name) {
    return getenv(name);
}
extern char **environ;
char **mo_os_environ(void) {
    return environ;
}
void mo_os_exit(int status) {
    mo_remove_unfinished();
    _exit(status);
}
static void *thread(void *body) {
    void (*run)(void);
    memcpy(&run, &body, sizeof run);
    run();
    return NULL;
}
void mo_os_run(void (*body)(void)) {
    size_t i;
    void *argument;
    memcpy(&argument, &body, sizeof argument);
    for (i = 0; i < sizeof stack_bytes / sizeof *stack_bytes; i++) {
        pthread_attr_t attributes;
        pthread_t id;
        void *stack = mo_os_reserve(stack_bytes[i]);
        if (!stack) continue;
        /* A page that traps below the end. */
        mprotect(stack, 65536, PROT_NONE);
        pthread_attr_init(&attributes);
        if (pthread_attr_setstack(&attributes, stack, stack_bytes[i]) == 0 &&
            pthread_create(&id, &attributes, thread, argument) == 0) {
            pthread_join(id, NULL);
            return;
        }
    }
    body();
}
int mo_os_open(const char *path) {
    struct stat info;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    if (fstat(file, &info) == 0 && S_ISDIR(info.st_mode)) {
        close(file);
        return -EISDIR;
    }
    return file;
}
void mo_os_close(int file) {
    close(file);
}
int mo_os_begin(const char *path, char **temporary) {
    int attempt;
    for (attempt = 0; attempt < 100; attempt++) {
        mo_buf name = {0};
        int file;
        mo_buf_text(&name, path);
        mo_buf_text(&name, ".tmp-");
        mo_buf_i64(&name, (int64_t)getpid() * 100 + attempt);
        file = open(mo_buf_c(&name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        *temporary = name.bytes;
        if (file >= 0) return file;
        free(name.bytes);
        if (errno != EEXIST) return -errno;
    }
    return -EEXIST;
}
int mo_os_commit(int file, const char *temporary, const char *path) {
    struct stat old;
    int error = 0;
    if (stat(path, &old) == 0 && fchmod(file, old.st_mode & 07777) != 0) error = errno;
    if (close(file) != 0) error = errno;
    if (!error && rename(temporary, path) != 0) error = errno;
    return error;
}
void mo_os_remove(const char *path) {
    unlink(path);
}
int mo_os_shell(const char *command, char **output, size_t *len) {
    int ends[2], status;
    pid_t child;
    mo_buf text = {0};
    char room[4096];
    if (pipe(ends) != 0) return errno;
    child = fork();
    if (child < 0) return errno;
    if (child == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    for (;;) {
        long got = mo_os_read(ends[0], room, sizeof room);
        if (got <= 0) break;
        mo_buf_bytes(&text, room, (size_t)got);
    }
    close(ends[0]);
    waitpid(child, &status, 0);
    *output = text.bytes ? text.bytes : mo_xmalloc(1);
    *len = text.len;
    return 0;
}
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

int main(void) {
    mo_start();
    return 0;
}
