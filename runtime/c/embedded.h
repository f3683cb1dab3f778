/* What a machine without an operating system gives a Mochi program, and how the program is started there. */
#ifndef MOCHI_EMBEDDED_H
#define MOCHI_EMBEDDED_H

#include <stddef.h>

/* Provided by the machine's own code. (What `mochi build --mode=embedded` links by itself does all of this through a debugger
 * or an emulator, and gives way to functions of these names.) */

/* Writes to standard output (1) or standard error (2), all of it. */
void mochi_write(int stream, const char *bytes, size_t len);
/* Reads of standard input: how many bytes, 0 at the end. */
size_t mochi_read(char *bytes, size_t len);
/* Ends the program, with 0 or, after a run-time error, 1. Never returns. */
void mochi_exit(int status);

/* Runs the program with memory of the caller's, for everything but its stack; its address is a multiple of 8. The stack may
 * grow down to `stack_end`; a program that recurses deeper ends with a run-time error. Never returns: `mochi_exit` is
 * called. */
void mochi_main(void *memory, size_t bytes, void *stack_end);

#endif
