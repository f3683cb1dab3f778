/* A start of one's own, for `mochi build --emit=obj` or `--emit=c`: the vector table, variables, and the memory that the
 * program gets. */
#include <stddef.h>
#include <stdint.h>

void mochi_main(void *memory, size_t bytes, void *stack_end);
void reset(void);

/* From own.ld. */
extern uint32_t data[], data_end[], data_load[], bss[], bss_end[], stack_end[], stack_top[];

/* All that the program has besides its stack. */
static uint64_t memory[40 * 1024 / 8];

void reset(void) {
    size_t i;
    for (i = 0; data + i < data_end; i++) data[i] = data_load[i];
    for (i = 0; bss + i < bss_end; i++) bss[i] = 0;
    mochi_main(memory, sizeof memory, stack_end);
}
static void fault(void) {
    for (;;) {
    }
}
typedef struct vectors {
    void *stack;
    void (*handlers[15])(void);
} vectors;
__attribute__((section(".vectors"), used)) static const vectors table = {
    stack_top,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};
