/* Runs a command whose process, but not what it starts, is refused the nth of some system calls by the kernel.
 *
 *     refuse REPORT START CALLS ERROR N COMMAND...
 *
 * CALLS is a list of names as below, with commas; each that the command's process makes after its first call of START, or its
 * Kth when that is `START:K`, counts. The Nth fails with the number ERROR and is not made; `N+` is that one and all after it, 0 none. When the command
 * has ended, the file REPORT has how many there were. The exit status is the command's, or 128 and the signal that ended it,
 * or 99 when nothing could be refused on this system. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT 99

static const struct {
    const char *name;
    int number;
} calls[] = {
    {"execve", SYS_execve},     {"sigaltstack", SYS_sigaltstack}, {"mmap", SYS_mmap},         {"mremap", SYS_mremap},
    {"munmap", SYS_munmap},     {"mprotect", SYS_mprotect},       {"madvise", SYS_madvise},   {"write", SYS_write},
    {"writev", SYS_writev},     {"pwrite64", SYS_pwrite64},       {"ftruncate", SYS_ftruncate}, {"copy_file_range", SYS_copy_file_range},
    {"openat", SYS_openat},     {"openat2", SYS_openat2},         {"read", SYS_read},         {"pread64", SYS_pread64},
    {"renameat", SYS_renameat}, {"renameat2", SYS_renameat2},     {"mkdirat", SYS_mkdirat},   {"clone", SYS_clone},
    {"clone3", SYS_clone3},     {"pipe2", SYS_pipe2},             {"socketpair", SYS_socketpair}, {"fchmod", SYS_fchmod},
    {"fchmodat", SYS_fchmodat}, {"statx", SYS_statx},             {"newfstatat", SYS_newfstatat}, {"fstat", SYS_fstat},
    {"memfd_create", SYS_memfd_create}, {"flock", SYS_flock},     {"getdents64", SYS_getdents64}, {"utimensat", SYS_utimensat},
    {"getcwd", SYS_getcwd},     {"readlinkat", SYS_readlinkat},   {"wait4", SYS_wait4},       {"waitid", SYS_waitid},
    {"poll", SYS_ppoll},        {"fcntl", SYS_fcntl},             {"lseek", SYS_lseek},       {"socket", SYS_socket},
    {"connect", SYS_connect},   {"sendto", SYS_sendto},           {"recvfrom", SYS_recvfrom}, {"pidfd_open", SYS_pidfd_open},
#ifdef SYS_open
    {"open", SYS_open},         {"rename", SYS_rename},           {"mkdir", SYS_mkdir},       {"vfork", SYS_vfork},
    {"fork", SYS_fork},         {"stat", SYS_stat},               {"lstat", SYS_lstat},       {"readlink", SYS_readlink},
    {"chmod", SYS_chmod},       {"pipe", SYS_pipe},
#endif
};
#define CALLS (sizeof calls / sizeof *calls)

static int number_of(const char *name, size_t len) {
    size_t i;
    for (i = 0; i < CALLS; i++)
        if (strlen(calls[i].name) == len && memcmp(calls[i].name, name, len) == 0) return calls[i].number;
    return -1;
}
static int cannot(const char *what) {
    perror(what);
    return CANNOT;
}
/* Asks the listener about these calls from now on. */
static int listen_to(const int *numbers, size_t len) {
    struct sock_filter rules[2 * 64 + 4];
    struct sock_fprog program = {0, rules};
    size_t i, at = 0;
    rules[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (i = 0; i < len && i < 64; i++) {
        rules[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)numbers[i], 0, 1);
        rules[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    rules[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = (unsigned short)at;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}
/* Whether a thread is one of a process. */
static int is_of(pid_t process, pid_t thread) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d", process, thread);
    return access(path, F_OK) == 0;
}

/* Whether it is from a pipe that a call reads, which cannot fail. */
static int reads_pipe(const struct seccomp_notif *asked) {
    char path[64], to[8] = "";
    if (asked->data.nr != SYS_read) return 0;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)asked->pid, (int)asked->data.args[0]);
    return readlink(path, to, sizeof to - 1) > 0 && memcmp(to, "pipe:", 5) == 0;
}

int main(int argc, char **argv) {
    int numbers[64], error, start, status, process;
    size_t len = 0;
    long nth, count = 0, started = 0;
    char *rest, *at;
    volatile int *listener = mmap(NULL, sizeof *listener, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct pollfd ends[2];
    pid_t child;
    FILE *report;
    if (argc < 7 || listener == MAP_FAILED) return CANNOT;
    start = number_of(argv[2], strcspn(argv[2], ":"));
    if (strchr(argv[2], ':')) started = 1 - atol(strchr(argv[2], ':') + 1);
    for (at = argv[3]; *at && len < 62; at += strspn(at, ",")) {
        size_t name = strcspn(at, ",");
        numbers[len] = number_of(at, name);
        if (numbers[len] >= 0)
            len++;
        else
            fprintf(stderr, "refuse: unknown call %s\n", at);
        at += name;
    }
    error = atoi(argv[4]);
    nth = strtol(argv[5], &rest, 10);
    numbers[len] = start;
    /* The table of files is shared until the command starts: so the listener gets here. */
    child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (child < 0) return cannot("refuse: clone");
    if (child == 0) {
        int made = listen_to(numbers, len + 1);
        *listener = made < 0 ? -1 : made + 1;
        if (made < 0) _exit(CANNOT);
        execv(argv[6], argv + 6);
        _exit(127);
    }
    while (*listener == 0) sched_yield();
    process = (int)syscall(SYS_pidfd_open, child, 0);
    if (*listener < 0 || process < 0) {
        kill(child, SIGKILL);
        return cannot("refuse: seccomp");
    }
    ends[0].fd = *listener - 1;
    ends[1].fd = process;
    ends[0].events = ends[1].events = POLLIN;
    for (;;) {
        struct seccomp_notif asked;
        struct seccomp_notif_resp answer;
        if (poll(ends, 2, -1) < 0) {
            if (errno == EINTR) continue;
            return cannot("refuse: poll");
        }
        if (ends[1].revents) break;
        if (!(ends[0].revents & POLLIN)) continue;
        memset(&asked, 0, sizeof asked);
        if (ioctl(ends[0].fd, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) continue;
        memset(&answer, 0, sizeof answer);
        answer.id = asked.id;
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        if (is_of(child, (pid_t)asked.pid) && !reads_pipe(&asked)) {
            size_t i;
            int counts = 0;
            for (i = 0; started > 0 && i < len; i++) counts |= asked.data.nr == numbers[i];
            count += counts;
            if (asked.data.nr == start) started++;
            if (counts && nth && (count == nth || (*rest == '+' && count > nth))) {
                answer.flags = 0;
                answer.error = -error;
            }
        }
        /* It fails when whoever asked is gone. */
        (void)ioctl(ends[0].fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
    if (waitpid(child, &status, 0) < 0) return cannot("refuse: wait");
    report = fopen(argv[1], "w");
    if (!report) return cannot("refuse: report");
    fprintf(report, "%ld\n", count);
    fclose(report);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
