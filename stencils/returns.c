/* The end of a function: its value goes back in the register of results. */

#include "stencil.h"

#define ret(A) { return IN(A, HOLE_a); }
#define fret(A) { return bits_of(FIN(A, HOLE_a)); }
#define zero() { SLOT(HOLE_d) = 0; GO(NEXT); }
