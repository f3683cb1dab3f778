/* WASI: one stack, of a size that is given when the program is linked, no commands and no names of hosts; the rest is in
 * posix.c.
 *
 * Locals are nowhere in memory here, so what the collector must find is declared as `mo_root`. What engines keep on stacks
 * of their own they do not tell how much of it there is, so the depth of recursion is limited to what all of them have room
 * for, unless MOCHI_MAX_DEPTH says otherwise. */

/* The lowest address of the stack, made by the linker. */
extern char __stack_low;

/* Left for the runtime when a program recursed too deep. */
#define STACK_RESERVE ((size_t)64 << 10)
#define PAGE ((size_t)64 << 10)

char *mo_stack_low;

/* The memory that the engine gives grows in one piece, behind which malloc goes on. */
void *mo_os_reserve(size_t bytes) {
    size_t old = __builtin_wasm_memory_grow(0, (bytes + PAGE - 1) / PAGE);
    return old == SIZE_MAX ? NULL : (void *)(old * PAGE);
}
bool mo_os_back(void *base, size_t bytes) {
    (void)base;
    (void)bytes;
    return true;
}
/* Addresses have 32 bits. */
uint64_t mo_os_memory(void) {
    return (uint64_t)4 << 30;
}
static int64_t mo_os_process(void) {
    return mo_os_now() % 1000000007;
}
static int mo_os_permit(int file, mode_t mode) {
    (void)file;
    (void)mode;
    return 0;
}
void mo_os_run(void (*body)(void)) {
    mo_stack_low = &__stack_low + STACK_RESERVE;
    body();
}
int mo_os_shell(const char *command, char **output, size_t *len) {
    (void)command;
    (void)output;
    (void)len;
    return ENOSYS;
}
char *mo_os_lookup(const char *host) {
    (void)host;
    return NULL;
}

int main(void) {
    mo_start();
    return 0;
}
