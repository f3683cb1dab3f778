/* The whole runtime as one unit. */
#if defined(_WIN32)
#include "windows.c"
#elif defined(__wasi__)
#include "posix.c"
#include "wasi.c"
#elif defined(MOCHI_EMBEDDED)
#include "embedded.c"
#include "bare.c"
#ifdef MOCHI_START
#include "cortex_m.c"
#endif
#elif defined(MOCHI_NO_LIBC)
#include "linux.c"
#include "posix.c"
#include "command.c"
#include "bare.c"
#else
#include "posix.c"
#include "unix.c"
#include "command.c"
#endif

#include "bigint.c"
#include "decimal.c"
#include "dynamic.c"
#include "types.c"
#include "exponential.c"
#include "gamma.c"
#include "heap.c"
#include "io.c"
#include "list.c"
#include "map.c"
#include "number.c"
#include "roots.c"
#include "run.c"
#include "sort.c"
#include "string.c"
#include "text.c"
#include "trigonometric.c"
#include "value.c"
