/* The whole runtime as one unit. */
#include "posix.c"

#include "bigint.c"
#include "dynamic.c"
#include "heap.c"
#include "io.c"
#include "list.c"
#include "map.c"
#include "number.c"
#include "run.c"
#include "string.c"
#include "text.c"
#include "value.c"
