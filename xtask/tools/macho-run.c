/* macho-run: run a simple Mach-O executable (LC_MAIN, libSystem imports only) in a
 * Linux process of the same CPU.  Test aid, not a compatibility layer: it maps the
 * segments, applies fixups (dyld opcodes or chained fixups), binds imports to the
 * host C library through a small shim table, then calls the entry point.
 *   x86-64:  cc -O1 -rdynamic macho-run.c -o macho-run -ldl -lm -lpthread
 *   aarch64: aarch64-linux-gnu-gcc ... ; qemu-aarch64 -L /usr/aarch64-linux-gnu ./macho-run prog
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef uint8_t u8; typedef uint32_t u32; typedef uint64_t u64;
static u8 *img; static size_t imgsz; static u64 slide, textbase; static int verbose;
struct seg { char name[17]; u64 va, sz, off, fsz; u32 prot; } segs[32]; static int nseg;
static _Noreturn void die(const char *f, ...) { va_list a; va_start(a, f); fputs("macho-run: ", stderr); vfprintf(stderr, f, a); fputc('\n', stderr); exit(126); }
static u32 r32(const void *p) { u32 v; memcpy(&v, p, 4); return v; }
static u64 r64(const void *p) { u64 v; memcpy(&v, p, 8); return v; }

/* ---- variadic shims: Apple arm64 puts every variadic argument on the stack ---- */
#if defined __aarch64__
static va_list *mkva(va_list *v, void *stk) { memset(v, 0, sizeof *v); struct { void *s, *g, *f; int go, vo; } t = { stk, 0, 0, 0, 0 }; memcpy(v, &t, sizeof t); return v; }
#define THUNK(n, reg) __asm__(".globl t_" #n "\n.type t_" #n ",%function\nt_" #n ":\n mov " reg ", sp\n b v_" #n "\n"); extern int t_##n();
int v_printf(const char *f, void *s) { va_list v; return vprintf(f, *mkva(&v, s)); }
int v_fprintf(FILE *o, const char *f, void *s) { va_list v; return vfprintf(o, f, *mkva(&v, s)); }
int v_dprintf(int o, const char *f, void *s) { va_list v; return vdprintf(o, f, *mkva(&v, s)); }
int v_sprintf(char *b, const char *f, void *s) { va_list v; return vsprintf(b, f, *mkva(&v, s)); }
int v_snprintf(char *b, size_t n, const char *f, void *s) { va_list v; return vsnprintf(b, n, f, *mkva(&v, s)); }
int v_sscanf(const char *b, const char *f, void *s) { va_list v; return vsscanf(b, f, *mkva(&v, s)); }
THUNK(printf, "x1") THUNK(fprintf, "x2") THUNK(dprintf, "x2") THUNK(sprintf, "x2") THUNK(snprintf, "x3") THUNK(sscanf, "x2")
static int vp(const char *f, void *s) { return v_printf(f, s); }
static int vfp(FILE *o, const char *f, void *s) { return v_fprintf(o, f, s); }
static int vsn(char *b, size_t n, const char *f, void *s) { return v_snprintf(b, n, f, s); }
#define VARIADIC {"_printf",t_printf},{"_fprintf",t_fprintf},{"_dprintf",t_dprintf},{"_sprintf",t_sprintf},{"_snprintf",t_snprintf},{"_sscanf",t_sscanf},{"_vprintf",vp},{"_vfprintf",vfp},{"_vsnprintf",vsn},
#else
#define VARIADIC
#endif

/* ---- constants that differ between Darwin and Linux ---- */
static int oflags(int f) { int r = f & 3; if (f & 0x200) r |= O_CREAT; if (f & 0x400) r |= O_TRUNC; if (f & 0x800) r |= O_EXCL; if (f & 8) r |= O_APPEND; if (f & 4) r |= O_NONBLOCK; if (f & 0x1000000) r |= O_CLOEXEC; return r; }
#if defined __aarch64__
int v_open(const char *p, int f, void *s) { return open(p, oflags(f), (int)r64(s)); }
THUNK(open, "x2")
#define OPEN t_open
#else
static int s_open(const char *p, int f, int m) { return open(p, oflags(f), m); }
#define OPEN s_open
#endif
static void *s_mmap(void *a, size_t n, int prot, int fl, int fd, off_t o) {
  int l = fl & 3; if (fl & 0x10) l |= MAP_FIXED; if (fl & 0x1000) { l |= MAP_ANONYMOUS; fd = -1; } /* 0x800 = MAP_JIT: ignored */
  return mmap(a, n, prot, l, fd, o);
}
static void s_icache(char *p, size_t n) { __builtin___clear_cache(p, p + n); }
static void s_clear(char *a, char *b) { __builtin___clear_cache(a, b); }
static void s_nop(void) {}
static u64 s_mach_time(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (u64)t.tv_sec * 1000000000u + t.tv_nsec; }
static int s_timebase(u32 *x) { x[0] = x[1] = 1; return 0; }
static int s_clock_gettime(int id, struct timespec *t) { static const int m[] = { 0, 0, 0, 0, 4, 4, 1, 0, 1, 1, 0, 0, 2, 0, 0, 0, 3 }; return clock_gettime(id >= 0 && id <= 16 ? m[id] : CLOCK_MONOTONIC, t); }
static u64 s_clock_ns(int id) { struct timespec t; s_clock_gettime(id, &t); return (u64)t.tv_sec * 1000000000u + t.tv_nsec; }
static int s_arc4(void) { int v; if (getentropy(&v, 4)) abort(); return v; }
static void s_arc4buf(void *p, size_t n) { for (size_t i = 0; i < n; i += 256) if (getentropy((char *)p + i, n - i < 256 ? n - i : 256)) abort(); }
static u64 guard = 0x00a5a5a5a5a5ff0aull;
static const char *exepath;
static int s_exepath(char *b, u32 *n) { u32 l = strlen(exepath) + 1; if (*n < l) { *n = l; return -1; } memcpy(b, exepath, l); return 0; }
static const char s_progname[] = "macho";
static void *s_tlv(u64 *d) { pthread_key_t k; memcpy(&k, &d[1], 4); return pthread_getspecific(k); }
static void s_missing(void) { die("call of an unbound import"); }
static struct { const char *n; void *f; } shim[] = { VARIADIC
  {"___stdoutp", &stdout}, {"___stderrp", &stderr}, {"___stdinp", &stdin}, {"___error", __errno_location}, {"_open", OPEN}, {"_mmap", s_mmap},
  {"_sys_icache_invalidate", s_icache}, {"___clear_cache", s_clear}, {"_sys_dcache_flush", s_nop}, {"_pthread_jit_write_protect_np", s_nop}, {"_mach_absolute_time", s_mach_time},
  {"_mach_timebase_info", s_timebase}, {"_clock_gettime", s_clock_gettime}, {"_clock_gettime_nsec_np", s_clock_ns}, {"_arc4random", s_arc4}, {"_arc4random_buf", s_arc4buf},
  {"___stack_chk_guard", &guard}, {"dyld_stub_binder", s_missing}, {"__NSGetExecutablePath", s_exepath}, {"__tlv_bootstrap", s_tlv}, {"___progname", (void *)&s_progname}, {0, 0} };

static void *lookup(const char *n, int weak) {
  for (int i = 0; shim[i].n; i++) if (!strcmp(shim[i].n, n)) return shim[i].f;
  char b[256]; snprintf(b, sizeof b, "%s", n); char *d = strchr(b, '$'); if (d) *d = 0; /* _fopen$DARWIN_EXTSN, ..$INODE64 */
  if (d) for (int i = 0; shim[i].n; i++) if (!strcmp(shim[i].n, b)) return shim[i].f;
  void *p = dlsym(RTLD_DEFAULT, b[0] == '_' ? b + 1 : b);
  if (verbose) fprintf(stderr, "bind %s -> %p\n", n, p);
  if (!p && !weak) die("no host symbol for %s", n);
  return p;
}
static u64 uleb(u8 **p) { u64 r = 0; int s = 0; u8 b; do { b = *(*p)++; r |= (u64)(b & 127) << s; s += 7; } while (b & 128); return r; }
static int64_t sleb(u8 **p) { int64_t r = 0; int s = 0; u8 b; do { b = *(*p)++; r |= (int64_t)(b & 127) << s; s += 7; } while (b & 128); if (s < 64 && (b & 64)) r |= -((int64_t)1 << s); return r; }
static void put64(u64 va, u64 v) { memcpy((void *)(va + slide), &v, 8); }

static void rebase(u8 *p, u8 *e) {
  u64 a = 0, n, k; 
  while (p < e) { u8 op = *p & 0xf0, im = *p & 15; p++;
    switch (op) {
    case 0x00: return; case 0x10: if (im != 1) die("rebase type %d", im); break;
    case 0x20: a = segs[im].va + uleb(&p); break; case 0x30: a += uleb(&p); break; case 0x40: a += im * 8; break;
    case 0x50: for (n = im; n--; a += 8) put64(a, r64((void *)(a + slide)) + slide); break;
    case 0x60: for (n = uleb(&p); n--; a += 8) put64(a, r64((void *)(a + slide)) + slide); break;
    case 0x70: put64(a, r64((void *)(a + slide)) + slide); a += 8 + uleb(&p); break;
    case 0x80: n = uleb(&p); k = uleb(&p); for (; n--; a += 8 + k) put64(a, r64((void *)(a + slide)) + slide); break;
    default: die("rebase opcode %02x", op); } }
}
static void bind(u8 *p, u8 *e, int lazy) {
  u64 a = 0, n, k; int64_t add = 0; const char *sym = ""; int weak = 0;
#define DO put64(a, (u64)lookup(sym, weak) + add); a += 8
  while (p < e) { u8 op = *p & 0xf0, im = *p & 15; p++;
    switch (op) {
    case 0x00: if (!lazy) return; break; case 0x10: case 0x30: break; case 0x20: uleb(&p); break;
    case 0x40: sym = (char *)p; weak = im & 1; p += strlen(sym) + 1; break; case 0x50: if (im != 1) die("bind type %d", im); break;
    case 0x60: add = sleb(&p); break; case 0x70: a = segs[im].va + uleb(&p); break; case 0x80: a += uleb(&p); break;
    case 0x90: DO; break; case 0xa0: DO; a += uleb(&p); break; case 0xb0: DO; a += im * 8; break;
    case 0xc0: n = uleb(&p); k = uleb(&p); while (n--) { DO; a += k; } break;
    default: die("bind opcode %02x", op); } }
}
static void chained(u8 *c) {
  u32 st = r32(c + 4), im = r32(c + 8), sy = r32(c + 12), fmt = r32(c + 20); u8 *s = c + st;
  for (u32 i = 0; i < r32(s); i++) { u32 o = r32(s + 4 + 4 * i); if (!o) continue; u8 *g = s + o;
    u32 psz = g[4] | g[5] << 8, pf = g[6] | g[7] << 8, np = g[20] | g[21] << 8; u64 so = r64(g + 8);
    if (pf != 2 && pf != 6) die("chained pointer format %u", pf);
    for (u32 j = 0; j < np; j++) { u32 ps = g[22 + 2 * j] | g[23 + 2 * j] << 8; if (ps == 0xffff) continue; u64 a = textbase + so + (u64)j * psz + ps;
      for (;;) { u64 v = r64((void *)(a + slide)), nx = v >> 51 & 0xfff;
        if (v >> 63) { u32 ord = v & 0xffffff, e4; u64 ad = v >> 24 & 0xff; const char *n; int w;
          if (fmt == 1) { e4 = r32(c + im + 4 * ord); n = (char *)c + sy + (e4 >> 9); w = e4 >> 8 & 1; }
          else if (fmt == 2) { e4 = r32(c + im + 8 * ord); n = (char *)c + sy + (e4 >> 9); w = e4 >> 8 & 1; ad += (int32_t)r32(c + im + 8 * ord + 4); }
          else die("chained import format %u", fmt);
          put64(a, (u64)lookup(n, w) + ad);
        } else { u64 t = v & 0xfffffffffull; if (pf == 6) t += textbase; put64(a, (t + slide) | (v >> 36 & 0xff) << 56); }
        if (!nx) break;
        a += nx * 4; } } }
}
int main(int argc, char **argv, char **envp) {
  dlopen("libm.so.6", RTLD_NOW | RTLD_GLOBAL);
  if (argc > 1 && !strcmp(argv[1], "-v")) { verbose = 1; argv++; argc--; }
  if (argc < 2) die("usage: macho-run [-v] prog [args]");
  exepath = argv[1]; int fd = open(argv[1], O_RDONLY); struct stat sb; if (fd < 0 || fstat(fd, &sb)) die("%s: %s", argv[1], strerror(errno));
  imgsz = sb.st_size; u8 *file = img = mmap(0, imgsz, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
#if defined __aarch64__
  u32 want = 0x0100000c;
#else
  u32 want = 0x01000007;
#endif
  if (r32(img) == 0xbebafeca) { u32 n = __builtin_bswap32(r32(img + 4)), i; for (i = 0; i < n; i++) if (__builtin_bswap32(r32(img + 8 + 20 * i)) == want) break; if (i == n) die("no slice for this CPU"); img = file + __builtin_bswap32(r32(img + 16 + 20 * i)); }
  if (r32(img) != 0xfeedfacf || r32(img + 4) != want || r32(img + 12) != 2) die("not a 64-bit Mach-O executable for this CPU");
  u64 lo = ~0ull, hi = 0, entry = 0; u8 *di = 0, *cf = 0, *inits = 0; u64 ninit = 0, ioffs = 0, nioff = 0, tv = 0, ntv = 0, td = 0, tds = 0;
  u8 *c = img + 32; for (u32 i = 0, n = r32(img + 16); i < n; i++, c += r32(c + 4)) switch (r32(c)) {
    case 0x19: { struct seg *s = &segs[nseg++]; memcpy(s->name, c + 8, 16); s->va = r64(c + 24); s->sz = r64(c + 32); s->off = r64(c + 40); s->fsz = r64(c + 48); s->prot = r32(c + 60);
      if (strcmp(s->name, "__PAGEZERO")) { if (s->va < lo) lo = s->va; if (s->va + s->sz > hi) hi = s->va + s->sz; } if (!strcmp(s->name, "__TEXT")) textbase = s->va;
      u8 *q = c + 72; for (u32 k = r32(c + 64); k--; q += 80) { u32 ty = r32(q + 64) & 0xff; u64 a = r64(q + 32), z = r64(q + 40); if (ty == 9) { inits = (u8 *)a; ninit = z / 8; } if (ty == 0x16) { ioffs = a; nioff = z / 4; } if (ty == 0x13) { tv = a; ntv = z / 24; } if (ty == 0x11 || ty == 0x12) { if (!td) td = a; tds = a + z - td; } } break; }
    case 0x80000022: case 0x22: di = c; break; case 0x80000034: cf = img + r32(c + 8); break; case 0x80000028: entry = r64(c + 8); break;
  }
  if (!entry || !textbase) die("no LC_MAIN or __TEXT");
  u8 *base = mmap(0, hi - lo + 0x10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); base = (u8 *)(((u64)base + 0xffff) & ~0xffffull); slide = (u64)base - lo;
  for (int i = 0; i < nseg; i++) if (segs[i].fsz) memcpy((void *)(segs[i].va + slide), img + segs[i].off, segs[i].fsz);
  if (di) { rebase(img + r32(di + 8), img + r32(di + 8) + r32(di + 12)); bind(img + r32(di + 16), img + r32(di + 16) + r32(di + 20), 0); bind(img + r32(di + 32), img + r32(di + 32) + r32(di + 36), 1); }
  if (cf) chained(cf);
  if (ntv) { pthread_key_t k; pthread_key_create(&k, 0); u8 *blk = calloc(1, tds + 16); memcpy(blk, (void *)(td + slide), tds); for (u64 i = 0; i < ntv; i++) { u64 *d = (u64 *)(tv + slide + 24 * i); pthread_key_t kk; pthread_key_create(&kk, 0); pthread_setspecific(kk, blk + d[2]); d[0] = (u64)s_tlv; d[1] = kk; } } /* main thread only */
  for (int i = 0; i < nseg; i++) if (segs[i].sz && strcmp(segs[i].name, "__PAGEZERO")) { if (mprotect((void *)(segs[i].va + slide), (segs[i].sz + 4095) & ~4095ull, segs[i].prot & 7)) die("mprotect %s", segs[i].name); if (segs[i].prot & 4) __builtin___clear_cache((char *)(segs[i].va + slide), (char *)(segs[i].va + slide + segs[i].sz)); }
  static char *apple[] = { 0 }; errno = 0;
  for (u64 i = 0; i < ninit; i++) ((void (*)(int, char **, char **, char **))r64(inits + slide + 8 * i))(argc - 1, argv + 1, envp, apple);
  for (u64 i = 0; i < nioff; i++) ((void (*)(int, char **, char **, char **))(textbase + slide + r32((void *)(ioffs + slide + 4 * i))))(argc - 1, argv + 1, envp, apple);
  exit(((int (*)(int, char **, char **, char **))(textbase + slide + entry))(argc - 1, argv + 1, envp, apple));
}
