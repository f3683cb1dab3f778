/* Numbers of 64 bits. Compiled so that holes have as many. */

#include "stencil.h"

#define constant(D) { i64 r = (i64)HOLE_a; OUT(D, r); GO_T1(NEXT); }
#define fconstant(D) { double r = float_of((i64)HOLE_a); FOUT(D, r); GO(NEXT); }
