/* Calling a function on another stack. A thread would have one of its own too, but a program would start by a fifth more
 * slowly: by that thread, and by the second heap that C libraries give it.
 *
 * `MO_ON_STACK` is defined where `mo_on_stack` is there. Sanitizers want to be told of stacks, and Windows looks for the
 * stack where the thread has it. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITISED_STACK
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITISED_STACK
#endif

#if (defined(__GNUC__) || defined(__TINYC__)) && !defined(_WIN32) && !defined(SANITISED_STACK) && \
    (defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64))
#define MO_ON_STACK
/* Calls `body` on the stack that ends at `top`, which is a multiple of 16. */
void mo_on_stack(void *top, void (*body)(void));

#ifdef __APPLE__
#define NAME "_mo_on_stack"
#else
#define NAME "mo_on_stack"
#endif
#if defined(__TINYC__)
#define BEGIN ".text\n.globl " NAME "\n" NAME ":\n"
#define END ""
#elif defined(__APPLE__)
#define BEGIN ".text\n.p2align 2\n.private_extern " NAME "\n.globl " NAME "\n" NAME ":\n.cfi_startproc\n"
#define END ".cfi_endproc\n"
#else
#define BEGIN ".text\n.p2align 2\n.hidden " NAME "\n.globl " NAME "\n.type " NAME ", %function\n" NAME ":\n.cfi_startproc\n"
#define END ".cfi_endproc\n.size " NAME ", .-" NAME "\n"
#endif

/* The frame is found by its own register, so that debuggers show who called. */
#ifdef __TINYC__
#define CFI(directive) ""
#else
#define CFI(directive) ".cfi_" directive "\n"
#endif
#if defined(__x86_64__)
__asm__(BEGIN "pushq %rbp\n"
              CFI("def_cfa_offset 16")
              CFI("offset %rbp, -16")
              "movq %rsp, %rbp\n"
              CFI("def_cfa_register %rbp")
              "movq %rdi, %rsp\n"
              "call *%rsi\n"
              "movq %rbp, %rsp\n"
              "popq %rbp\n"
              CFI("def_cfa %rsp, 8")
              "ret\n" END);
#elif defined(__aarch64__)
__asm__(BEGIN "stp x29, x30, [sp, #-16]!\n"
              "mov x29, sp\n"
              CFI("def_cfa x29, 16")
              CFI("offset x30, -8")
              CFI("offset x29, -16")
              "mov sp, x0\n"
              "blr x1\n"
              "mov sp, x29\n"
              "ldp x29, x30, [sp], #16\n"
              CFI("def_cfa sp, 0")
              "ret\n" END);
#else
__asm__(BEGIN "addi sp, sp, -16\n"
              "sd ra, 8(sp)\n"
              "sd s0, 0(sp)\n"
              "addi s0, sp, 16\n"
              CFI("def_cfa s0, 0")
              CFI("offset ra, -8")
              CFI("offset s0, -16")
              "mv sp, a0\n"
              "jalr a1\n"
              "addi sp, s0, -16\n"
              "ld ra, 8(sp)\n"
              "ld s0, 0(sp)\n"
              "addi sp, sp, 16\n"
              CFI("def_cfa sp, 0")
              "ret\n" END);
#endif
#undef NAME
#undef BEGIN
#undef END
#undef CFI
#endif
