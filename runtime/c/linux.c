/* Linux without a C library: where a program starts, the calls of the system, and with them what posix.c needs. */
#include "internal.h"
#include "stack.c"

#if defined(__GNUC__) && !defined(__TINYC__)
#define MO_HIDDEN __attribute__((visibility("hidden"), used))
#else
#define MO_HIDDEN
#endif

/* Called by the code below. */
MO_HIDDEN MO_NORETURN void mo_linux_start(uintptr_t *stack);
/* A call of the system; its result, or minus an error number. */
MO_HIDDEN long mo_syscall(long number, long a, long b, long c, long d, long e, long f);

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl _start\n"
        "_start:\n"
        "    xorl %ebp, %ebp\n"
        "    movq %rsp, %rdi\n"
        "    andq $-16, %rsp\n"
        "    call mo_linux_start\n"
        ".globl mo_syscall\n"
        "mo_syscall:\n"
        "    movq %rdi, %rax\n"
        "    movq %rsi, %rdi\n"
        "    movq %rdx, %rsi\n"
        "    movq %rcx, %rdx\n"
        "    movq %r8, %r10\n"
        "    movq %r9, %r8\n"
        "    movq 8(%rsp), %r9\n"
        "    syscall\n"
        "    ret\n");
#define SYS_RELATIVE 8u
#define SYS_read 0
#define SYS_write 1
#define SYS_close 3
#define SYS_mmap 9
#define SYS_mprotect 10
#define SYS_munmap 11
#define SYS_rt_sigaction 13
#define SYS_ioctl 16
#define SYS_mremap 25
#define SYS_getpid 39
#define SYS_clone 56
#define SYS_execve 59
#define SYS_wait4 61
#define SYS_fchmod 91
#define SYS_sysinfo 99
#define SYS_clock_gettime 228
#define SYS_exit_group 231
#define SYS_openat 257
#define SYS_unlinkat 263
#define SYS_dup3 292
#define SYS_pipe2 293
#define SYS_renameat2 316
#define SYS_statx 332
#else
#if defined(__aarch64__)
__asm__(".text\n"
        ".balign 4\n"
        ".globl _start\n"
        "_start:\n"
        "    mov x29, #0\n"
        "    mov x30, #0\n"
        "    mov x0, sp\n"
        "    b mo_linux_start\n"
        ".globl mo_syscall\n"
        "mo_syscall:\n"
        "    mov x8, x0\n"
        "    mov x0, x1\n"
        "    mov x1, x2\n"
        "    mov x2, x3\n"
        "    mov x3, x4\n"
        "    mov x4, x5\n"
        "    mov x5, x6\n"
        "    svc #0\n"
        "    ret\n");
#define SYS_RELATIVE 1027u
#elif defined(__riscv) && __riscv_xlen == 64
__asm__(".text\n"
        ".balign 4\n"
        ".weak __global_pointer$\n"
        ".globl _start\n"
        "_start:\n"
        ".option push\n"
        ".option norelax\n"
        "    lla gp, __global_pointer$\n"
        ".option pop\n"
        "    mv a0, sp\n"
        "    andi sp, sp, -16\n"
        "    tail mo_linux_start\n"
        ".globl mo_syscall\n"
        "mo_syscall:\n"
        "    mv a7, a0\n"
        "    mv a0, a1\n"
        "    mv a1, a2\n"
        "    mv a2, a3\n"
        "    mv a3, a4\n"
        "    mv a4, a5\n"
        "    mv a5, a6\n"
        "    ecall\n"
        "    ret\n");
#define SYS_RELATIVE 3u
#else
#error "no system calls are known for this processor"
#endif
#define SYS_dup3 24
#define SYS_ioctl 29
#define SYS_unlinkat 35
#define SYS_fchmod 52
#define SYS_openat 56
#define SYS_close 57
#define SYS_pipe2 59
#define SYS_read 63
#define SYS_write 64
#define SYS_exit_group 94
#define SYS_clock_gettime 113
#define SYS_rt_sigaction 134
#define SYS_getpid 172
#define SYS_sysinfo 179
#define SYS_munmap 215
#define SYS_mremap 216
#define SYS_clone 220
#define SYS_execve 221
#define SYS_mmap 222
#define SYS_mprotect 226
#define SYS_wait4 260
#define SYS_renameat2 276
#define SYS_statx 291
#endif

#ifdef __TINYC__
/* Conversions that tcc has no code for and calls by these names. */
double __floatundidf(unsigned long long value);
unsigned long long __fixunsdfdi(double value);
double __floatundidf(unsigned long long value) {
    /* Half of it, and a bit that says whether something is lost, rounds as the whole does. */
    if (value >> 63) return (double)(int64_t)(value >> 1 | (value & 1)) * 2;
    return (double)(int64_t)value;
}
unsigned long long __fixunsdfdi(double value) {
    if (value >= 9223372036854775808.0) return (uint64_t)(int64_t)(value - 9223372036854775808.0) | UINT64_C(1) << 63;
    return (uint64_t)(int64_t)value;
}
#endif

/* ---- Where a program was loaded ---- */

#define AT_PHDR 3
#define AT_PHNUM 5
#define PT_DYNAMIC 2u
#define PT_PHDR 6u
#define PT_GNU_RELRO 0x6474E552u
#define DT_RELA 7
#define DT_RELASZ 8
#define DT_RELRSZ 35
#define DT_RELR 36
#define PAGE ((uintptr_t)4096)
#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2

/* A part of the program, as its header lists them. */
typedef struct segment {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_bytes, bytes, align;
} segment;
typedef struct relocation {
    uint64_t at, info;
    int64_t value;
} relocation;

static void relocate_packed(uintptr_t base, const uint64_t *entry, size_t bytes) {
    uint64_t *at = NULL;
    for (; bytes >= sizeof *entry; bytes -= sizeof *entry, entry++) {
        uint64_t bits = *entry;
        unsigned i;
        if (!(bits & 1)) {
            at = (uint64_t *)(base + bits);
            *at++ += base;
            continue;
        }
        for (i = 0; bits >>= 1; i++)
            if (bits & 1) at[i] += base;
        at += 63;
    }
}
/* Addresses in data are those of a program at address 0: nobody but the program itself can correct them. Until that is done
 * no such address is used here. */
static void relocate(const segment *parts, uintptr_t count) {
    /* The header of the file is right before its list of parts. */
    uintptr_t base = (uintptr_t)parts - 64, i;
    const int64_t *dynamic = NULL;
    const relocation *table = NULL;
    const uint64_t *packed = NULL;
    size_t bytes = 0, packed_bytes = 0;
    for (i = 0; i < count; i++)
        if (parts[i].type == PT_PHDR) base = (uintptr_t)parts - (uintptr_t)parts[i].address;
    for (i = 0; i < count; i++)
        if (parts[i].type == PT_DYNAMIC) dynamic = (const int64_t *)(base + (uintptr_t)parts[i].address);
    if (!dynamic) return;
    for (; dynamic[0]; dynamic += 2) {
        if (dynamic[0] == DT_RELA) table = (const relocation *)(base + (uintptr_t)dynamic[1]);
        if (dynamic[0] == DT_RELASZ) bytes = (size_t)dynamic[1];
        if (dynamic[0] == DT_RELR) packed = (const uint64_t *)(base + (uintptr_t)dynamic[1]);
        if (dynamic[0] == DT_RELRSZ) packed_bytes = (size_t)dynamic[1];
    }
    for (; bytes >= sizeof *table; bytes -= sizeof *table, table++)
        if ((uint32_t)table->info == SYS_RELATIVE)
            *(uint64_t *)(base + (uintptr_t)table->at) = (uint64_t)base + (uint64_t)table->value;
    relocate_packed(base, packed, packed_bytes);
    for (i = 0; i < count; i++)
        if (parts[i].type == PT_GNU_RELRO) {
            uintptr_t from = (base + (uintptr_t)parts[i].address) & ~(PAGE - 1);
            uintptr_t to = (base + (uintptr_t)parts[i].address + (uintptr_t)parts[i].bytes) & ~(PAGE - 1);
            mo_syscall(SYS_mprotect, (long)from, (long)(to - from), PROT_READ, 0, 0, 0);
        }
}
#define SIGXFSZ 25

/* What happens to a write beyond the limit of the system: 0 for the end of the process, 1 for an error like any other. What
 * happened before. */
static long on_full_file(long what) {
    /* No flags, and no signal that waits. */
    long action[4] = {0, 0, 0, 0}, before[4] = {0, 0, 0, 0};
    action[0] = what;
    mo_syscall(SYS_rt_sigaction, SIGXFSZ, (long)action, (long)before, 8, 0, 0);
    return before[0];
}
static long full_files;
static char **environ;
void mo_linux_start(uintptr_t *stack) {
    uintptr_t arguments = stack[0];
    uintptr_t *variables = stack + arguments + 2, *more = variables;
    const segment *parts = NULL;
    uintptr_t count = 0;
    while (*more++) {
    }
    for (; more[0]; more += 2) {
        if (more[0] == AT_PHDR) parts = (const segment *)more[1];
        if (more[0] == AT_PHNUM) count = more[1];
    }
    if (parts) relocate(parts, count);
    environ = (char **)(void *)variables;
    full_files = on_full_file(1);
    mo_start();
    mo_os_exit(0);
}

/* ---- What posix.c calls ---- */

#define EINTR 4
#define EEXIST 17
#define EISDIR 21
#define AT_FDCWD (-100)
#define AT_EMPTY_PATH 0x1000
#define STATX_MODE 3
#define O_RDONLY 0
#define O_WRONLY 1
#define O_CREAT 0100
#define O_EXCL 0200
#define O_CLOEXEC 02000000
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define TCGETS 0x5401
#define SIGCHLD 17
#define S_ISDIR(mode) (((mode) & 0170000) == 0040000)

static int errno;
typedef long ssize_t;
typedef unsigned mode_t;
typedef int clockid_t;
struct timespec {
    long tv_sec, tv_nsec;
};
struct stat {
    mode_t st_mode;
};

static long result(long value) {
    if (value >= 0) return value;
    errno = (int)-value;
    return -1;
}
static ssize_t read(int file, void *bytes, size_t len) {
    return result(mo_syscall(SYS_read, file, (long)bytes, (long)len, 0, 0, 0));
}
static ssize_t write(int file, const void *bytes, size_t len) {
    return result(mo_syscall(SYS_write, file, (long)bytes, (long)len, 0, 0, 0));
}
static int open(const char *path, int flags, ...) {
    /* Permissions, less what the user's mask takes away. */
    return (int)result(mo_syscall(SYS_openat, AT_FDCWD, (long)path, flags, 0666, 0, 0));
}
static int close(int file) {
    return (int)result(mo_syscall(SYS_close, file, 0, 0, 0, 0, 0));
}
static int isatty(int file) {
    char settings[64];
    return mo_syscall(SYS_ioctl, file, TCGETS, (long)settings, 0, 0, 0) == 0;
}
static int status_of(int file, const char *path, int flags, struct stat *info) {
    /* The mode is the 16 bits behind 28 bytes. */
    uint64_t room[32];
    int error = (int)result(mo_syscall(SYS_statx, file, (long)path, flags, STATX_MODE, (long)room, 0));
    info->st_mode = (mode_t)(room[3] >> 32) & 0xFFFF;
    return error;
}
static int stat(const char *path, struct stat *info) {
    return status_of(AT_FDCWD, path, 0, info);
}
static int fstat(int file, struct stat *info) {
    return status_of(file, "", AT_EMPTY_PATH, info);
}
static int fchmod(int file, mode_t mode) {
    return (int)result(mo_syscall(SYS_fchmod, file, (long)mode, 0, 0, 0, 0));
}
static int rename(const char *from, const char *to) {
    return (int)result(mo_syscall(SYS_renameat2, AT_FDCWD, (long)from, AT_FDCWD, (long)to, 0, 0));
}
static int unlink(const char *path) {
    return (int)result(mo_syscall(SYS_unlinkat, AT_FDCWD, (long)path, 0, 0, 0, 0));
}
static int clock_gettime(clockid_t clock, struct timespec *now) {
    return (int)result(mo_syscall(SYS_clock_gettime, clock, (long)now, 0, 0, 0, 0));
}
static MO_NORETURN void _exit(int status) {
    for (;;) mo_syscall(SYS_exit_group, status, 0, 0, 0, 0, 0);
}
static int64_t mo_os_process(void) {
    return mo_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0);
}
static int mo_os_permit(int file, mode_t mode) {
    return fchmod(file, mode) == 0 ? 0 : errno;
}
static const char *getenv(const char *name) {
    char **at;
    for (at = environ; *at; at++) {
        size_t len = 0;
        while (name[len] && (*at)[len] == name[len]) len++;
        if (!name[len] && (*at)[len] == '=') return *at + len + 1;
    }
    return NULL;
}
/* The words of glibc for errors 1 to 40, one after the other. */
static const char errors[] =
    "Operation not permitted\0No such file or directory\0No such process\0Interrupted system call\0Input/output error\0"
    "No such device or address\0Argument list too long\0Exec format error\0Bad file descriptor\0No child processes\0"
    "Resource temporarily unavailable\0Cannot allocate memory\0Permission denied\0Bad address\0Block device required\0"
    "Device or resource busy\0File exists\0Invalid cross-device link\0No such device\0Not a directory\0Is a directory\0"
    "Invalid argument\0Too many open files in system\0Too many open files\0Inappropriate ioctl for device\0"
    "Text file busy\0File too large\0No space left on device\0Illegal seek\0Read-only file system\0Too many links\0"
    "Broken pipe\0Numerical argument out of domain\0Numerical result out of range\0Resource deadlock avoided\0"
    "File name too long\0No locks available\0Function not implemented\0Directory not empty\0"
    "Too many levels of symbolic links\0";
static const char *strerror(int error) {
    static char room[40];
    const char *at = errors;
    mo_buf text = {0};
    if (error == 122) return "Disk quota exceeded";
    if (error > 0 && error <= 40) {
        while (--error) at += strlen(at) + 1;
        return at;
    }
    mo_buf_text(&text, "Unknown error ");
    mo_buf_i64(&text, error);
    memcpy(room, mo_buf_c(&text), text.len + 1);
    mo_buf_free(&text);
    return room;
}

/* ---- Commands ---- */

typedef int pid_t;
static int pipe(int ends[2]) {
    return (int)result(mo_syscall(SYS_pipe2, (long)ends, 0, 0, 0, 0, 0));
}
static pid_t fork(void) {
    return (pid_t)result(mo_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0));
}
static int dup2(int file, int number) {
    return (int)result(mo_syscall(SYS_dup3, file, number, 0, 0, 0, 0));
}
/* Becomes a command; returns when that is not possible. */
static void mo_os_command(const char *path, const char **arguments) {
    on_full_file(full_files);
    mo_syscall(SYS_execve, (long)path, (long)arguments, (long)environ, 0, 0, 0);
}
static pid_t waitpid(pid_t child, int *status, int options) {
    return (pid_t)result(mo_syscall(SYS_wait4, child, (long)status, options, 0, 0, 0));
}
/* Asking for one needs a library that knows how names are configured, so programs that do are refused when they are
 * built. */
char *mo_os_lookup(const char *host) {
    (void)host;
    return NULL;
}

/* ---- Memory and the stack ---- */

#define MAP_PRIVATE 2
#define MAP_ANONYMOUS 0x20
#define MAP_NORESERVE 0x4000
#define MREMAP_MAYMOVE 1
/* Address space that malloc takes at a time. */
#define CHUNK_BYTES ((size_t)1 << 20)

/* Address space for the stack, tried in order; pages that are not touched cost nothing. */
static const size_t stack_bytes[] = {(size_t)8 << 30, (size_t)1 << 30, (size_t)256 << 20, (size_t)64 << 20};

static size_t in_pages(size_t bytes) {
    return (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
}
static bool is_error(long value) {
    return value < 0 && value > -4096;
}
void *mo_os_reserve(size_t bytes) {
    long base = mo_syscall(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return is_error(base) ? NULL : (void *)base;
}
/* Pages come when they are touched. */
bool mo_os_back(void *base, size_t bytes) {
    (void)base;
    (void)bytes;
    return true;
}
void *mo_os_more(size_t least, size_t *bytes) {
    *bytes = least < CHUNK_BYTES ? CHUNK_BYTES : in_pages(least);
    return mo_os_reserve(*bytes);
}
void *mo_os_large(void *old, size_t old_bytes, size_t bytes) {
    long base;
    if (!old) return mo_os_reserve(bytes);
    base = mo_syscall(SYS_mremap, (long)old, (long)in_pages(old_bytes), (long)in_pages(bytes), MREMAP_MAYMOVE, 0, 0);
    return is_error(base) ? NULL : (void *)base;
}
void mo_os_large_free(void *memory, size_t bytes) {
    mo_syscall(SYS_munmap, (long)memory, (long)in_pages(bytes), 0, 0, 0, 0);
}
uint64_t mo_os_memory(void) {
    /* Up to the memory of the machine behind the time and three averages, and its unit after 104 bytes. */
    uint64_t info[16] = {0};
    uint32_t unit;
    if (mo_syscall(SYS_sysinfo, (long)info, 0, 0, 0, 0, 0) != 0) return (uint64_t)4 << 30;
    unit = (uint32_t)info[13];
    return info[4] * (unit ? unit : 1);
}
void mo_os_run(void (*body)(void)) {
    size_t i;
    for (i = 0; i < sizeof stack_bytes / sizeof *stack_bytes; i++) {
        char *stack = mo_os_reserve(stack_bytes[i]);
        if (!stack) continue;
        /* A page that traps below the end. */
        mo_syscall(SYS_mprotect, (long)stack, 65536, PROT_NONE, 0, 0, 0);
        mo_on_stack(stack + stack_bytes[i], body);
        return;
    }
    body();
}
