/* The start of a Cortex-M3 or better, and output, input and the end through a debugger or an emulator (semihosting). Linked
 * into executables; functions of the same names in files of the user's come before those that are weak. */
#include "embedded.h"

/* Made by the linker script. */
extern char mochi_stack_top[], mochi_stack_end[], mochi_memory[];
extern char mochi_data[], mochi_data_end[], mochi_data_load[], mochi_bss[], mochi_bss_end[];

MO_NORETURN void mochi_reset(void);

/* ---- Semihosting ---- */

#define SYS_OPEN 1
#define SYS_WRITE 5
#define SYS_READ 6
#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT 0x20026
/* Ways to open ":tt": the first is for input, the others are for output and errors. */
#define OPEN_READ 0
#define OPEN_WRITE 4
#define OPEN_APPEND 8

static int semihosting(int operation, const void *arguments) {
    register int result __asm__("r0") = operation;
    register const void *block __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xAB" : "+r"(result) : "r"(block) : "memory");
    return result;
}
static int stream(int number) {
    static const unsigned char ways[] = {OPEN_READ, OPEN_WRITE, OPEN_APPEND};
    static int open[3];
    if (!open[number]) {
        uintptr_t block[3];
        block[0] = (uintptr_t)":tt";
        block[1] = ways[number];
        block[2] = 3;
        open[number] = semihosting(SYS_OPEN, block) + 1;
    }
    return open[number] - 1;
}
/* How many bytes were not moved. */
static size_t move(int operation, int number, uintptr_t bytes, size_t len) {
    uintptr_t block[3];
    block[0] = (uintptr_t)stream(number);
    block[1] = bytes;
    block[2] = len;
    return (size_t)semihosting(operation, block);
}
MO_WEAK void mochi_write(int number, const char *bytes, size_t len) {
    move(SYS_WRITE, number, (uintptr_t)bytes, len);
}
MO_WEAK size_t mochi_read(char *bytes, size_t len) {
    return len - move(SYS_READ, 0, (uintptr_t)bytes, len);
}
MO_WEAK void mochi_exit(int status) {
    int block[2] = {APPLICATION_EXIT, 0};
    block[1] = status;
    for (;;) semihosting(SYS_EXIT_EXTENDED, block);
}

/* ---- The start ---- */

void mochi_reset(void) {
    memcpy(mochi_data, mochi_data_load, (size_t)(mochi_data_end - mochi_data));
    memset(mochi_bss, 0, (size_t)(mochi_bss_end - mochi_bss));
    mochi_main(mochi_memory, (size_t)(mochi_stack_end - mochi_memory), mochi_stack_end);
    for (;;) {
    }
}
/* What the processor takes for a mistake, and interrupts that nobody asked for. */
static void fault(void) {
    static const char text[] = "error: the processor reports a fault\n";
    mochi_write(2, text, sizeof text - 1);
    mochi_exit(70);
}
typedef struct vectors {
    char *stack;
    void (*handlers[15])(void);
} vectors;
extern const vectors mochi_vectors;
__attribute__((section(".vectors"), used)) const vectors mochi_vectors = {
    mochi_stack_top,
    {mochi_reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};
