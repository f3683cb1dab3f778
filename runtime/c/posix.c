/* What systems with POSIX, WASI and Linux without a C library share: files, the clock, the environment. */
#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "internal.h"

#ifndef MOCHI_NO_LIBC
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
#endif

void mo_remove_unfinished(void);

/* The number of the process, or another that no program beside this one has. */
static int64_t mo_os_process(void);
/* Gives a file permissions, where there are such; 0 or an error number. */
static int mo_os_permit(int file, mode_t mode);

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
const char *mo_os_env(const char *name) {
    return getenv(name);
}
char **mo_os_environ(void) {
    return environ;
}
void mo_os_exit(int status) {
    mo_remove_unfinished();
    _exit(status);
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
        mo_buf_i64(&name, mo_os_process() * 100 + attempt);
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
    if (stat(path, &old) == 0) error = mo_os_permit(file, old.st_mode & 07777);
    if (close(file) != 0) error = errno;
    if (!error && rename(temporary, path) != 0) error = errno;
    return error;
}
void mo_os_remove(const char *path) {
    unlink(path);
}
