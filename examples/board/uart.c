/* Output by the first UART of the board, and a reset at the end: what `mochi` would otherwise do through a debugger. The
 * addresses are those of the board that qemu calls mps2-an385. */
#include <stddef.h>
#include <stdint.h>

void mochi_write(int stream, const char *bytes, size_t len);
size_t mochi_read(char *bytes, size_t len);
void mochi_exit(int status);

#define UART_DATA (*(volatile uint32_t *)0x40004000)
#define UART_STATE (*(volatile uint32_t *)0x40004004)
#define UART_CONTROL (*(volatile uint32_t *)0x40004008)
#define UART_DIVIDER (*(volatile uint32_t *)0x40004010)
#define RESET (*(volatile uint32_t *)0xE000ED0C)

#define TRANSMITTER_FULL 1u
#define ENABLE_TRANSMITTER 1u
#define RESET_KEY 0x05FA0004u

static void put(char byte) {
    UART_DIVIDER = 16;
    UART_CONTROL = ENABLE_TRANSMITTER;
    while (UART_STATE & TRANSMITTER_FULL) {
    }
    UART_DATA = (unsigned char)byte;
}
void mochi_write(int stream, const char *bytes, size_t len) {
    (void)stream;
    for (; len; len--, bytes++) {
        if (*bytes == '\n') put('\r');
        put(*bytes);
    }
}
size_t mochi_read(char *bytes, size_t len) {
    (void)bytes;
    (void)len;
    return 0;
}
void mochi_exit(int status) {
    (void)status;
    for (;;) RESET = RESET_KEY;
}
