// Calls and what surrounds native code, for aarch64. Stencils in assembly since no C says which registers a call keeps.
//
// Native frames are 16 bytes: the frame pointer and the return address of the function that calls, so that stacks can be
// walked. A function is entered with its frame made, fp in x20 and the context in x21; it returns its value in x0 with both
// unchanged and all other registers lost. Its return address stays in x30 while it calls nothing.
//
// A stencil goes from its name to the next. HOLE_a to HOLE_d are holes, NEXT and COLD as in the others: `adr` stands for the
// instructions that make a number. What is entered by its address starts with `bti`, and return addresses are signed
// while they are in memory; older processors see nothing in either.

    .text

// What is entered by its address.
    .globl landing_
landing_:
    bti jc

// Goes to the code at an address, which is data: nothing that is executed changes when it does.
    .globl stub_
stub_:
    ldr x16, 1f
    br x16
1:  .quad HOLE_a

// Calls a function of the program. a: distance to its frame, b: to the end of its frame, c: where the caller goes on,
// d: its Callee. TAKEN: its code. What the interpreter checks is checked: depth, stack, whether somebody wants the end.
    .globl call_
call_:
    adr x8, HOLE_b
    add x8, x20, x8
    ldr x9, [x21, #CONTEXT_STACK_END]
    ldr x10, [x21, #CONTEXT_INTERRUPT]
    ldr x11, [x21, #CONTEXT_LOWEST]
    mov x12, sp
    cmp x9, x8
    ccmp x12, x11, #0, hs
    b.ls COLD
    cbnz x10, COLD
    adr x9, HOLE_c
    adr x10, HOLE_d
    mov x8, x20
    adr x11, HOLE_a
    add x20, x20, x11
    stur x8, [x20, #-24]
    stp x9, x10, [x20, #-16]
    paciasp
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    bl TAKEN
    ldp x29, x30, [sp], #16
    autiasp
    adr x11, HOLE_a
    sub x20, x20, x11

// Calls the function whose Callee the frame at a has already, as `call` and checked like that. c: where the caller goes on.
    .globl call_opened_
call_opened_:
    adr x9, HOLE_c
    mov x8, x20
    adr x11, HOLE_a
    add x20, x20, x11
    stur x8, [x20, #-24]
    stur x9, [x20, #-16]
    ldur x10, [x20, #-8]
    ldr x16, [x10, #CALLEE_NATIVE]
    paciasp
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    blr x16
    ldp x29, x30, [sp], #16
    autiasp
    adr x11, HOLE_a
    sub x20, x20, x11

// Calls the function whose code is in x0, as `call`: its frame is made, x20 is that frame. a: distance to it.
    .globl call_found_
call_found_:
    paciasp
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    mov x16, x0
    blr x16
    ldp x29, x30, [sp], #16
    autiasp
    adr x11, HOLE_a
    sub x20, x20, x11

// Continues as the function whose code is in x0: its frame is made.
    .globl tail_found_
tail_found_:
    mov x16, x0
    br x16

// Continues as the function whose code is TAKEN in the same frame, which has its arguments. d: its Callee.
    .globl tail_
tail_:
    adr x9, HOLE_d
    stur x9, [x20, #-8]
    b TAKEN

// Executes the instruction at a (an address) by the function b of the runtime; its answer is in x0.
    .globl out_
out_:
    adr x1, HOLE_a
    adr x16, HOLE_b
    paciasp
    mov x19, x30
    bl TAKEN
    mov x30, x19
    autiasp

// What `out` calls: x16 is a function of context, instruction and frame. Its answer 0 or 1 goes on, others leave. The return
// address of the function of the program is in x19, which calls keep: its native frame is made here, then that of this.
    .globl out_of_line_
out_of_line_:
    paciasp
    stp x29, x19, [sp, #-16]!
    mov x29, sp
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    mov x0, x21
    mov x2, x20
    blr x16
    ldr x30, [sp, #8]
    ldr x29, [sp, #16]
    add sp, sp, #32
    autiasp
    cmp x0, #1
    b.hi 1f
    ret
1:  mov x8, sp
    str x8, [x21, #CONTEXT_LEFT_AT]
    b COLD

// Like `out_of_line`, but afterwards all pins are what they were. Rust keeps those for ints.
    .globl saving_
saving_:
    paciasp
    stp x29, x19, [sp, #-16]!
    mov x29, sp
    stp x29, x30, [sp, #-80]!
    mov x29, sp
    stp d0, d1, [sp, #16]
    stp d2, d3, [sp, #32]
    stp d4, d5, [sp, #48]
    stp d6, d7, [sp, #64]
    mov x0, x21
    mov x2, x20
    blr x16
    ldp d0, d1, [sp, #16]
    ldp d2, d3, [sp, #32]
    ldp d4, d5, [sp, #48]
    ldp d6, d7, [sp, #64]
    ldr x30, [sp, #8]
    ldr x29, [sp, #80]
    add sp, sp, #96
    autiasp
    cmp x0, #1
    b.hi 1f
    ret
1:  mov x8, sp
    str x8, [x21, #CONTEXT_LEFT_AT]
    b COLD

// Like `out_of_line` for calls: the answer is the code of a function, x20 becomes its frame; 0 leaves.
    .globl find_
find_:
    paciasp
    mov x8, sp
    str x8, [x21, #CONTEXT_LEFT_AT]
    stp x29, x19, [sp, #-16]!
    mov x29, sp
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    mov x0, x21
    mov x2, x20
    blr x16
    ldr x30, [sp, #8]
    ldr x29, [sp, #16]
    add sp, sp, #32
    autiasp
    cbz x0, COLD
    ldr x20, [x21, #CONTEXT_FRAME]
    ret

// The code of functions that have none: asks for it, and goes there or leaves. Its native frame is as large as that of
// `find`, since what is below the one that was left is looked at.
    .globl lazy_
lazy_:
    bti jc
    mov x8, sp
    str x8, [x21, #CONTEXT_LEFT_AT]
    paciasp
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    sub sp, sp, #16
    mov x0, x21
    mov x1, x20
    ldr x16, [x21, #CONTEXT_RESOLVE]
    blr x16
    add sp, sp, #16
    ldp x29, x30, [sp], #16
    autiasp
    cbz x0, COLD
    mov x16, x0
    br x16

// The code of calls that need no function: returns the value that is there.
    .globl give_
give_:
    bti jc
    ldr x0, [x21, #CONTEXT_VALUE]
    ret

// A jump when the answer of the runtime is 1.
    .globl br_answer_
br_answer_:
    cbnz w0, TAKEN

// From Rust into native code: context, frame, code, how many frames are left. The answer is the value that the code returns.
    .globl enter_
enter_:
    paciasp
    stp x29, x30, [sp, #-160]!
    mov x29, sp
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x21, x0
    mov x20, x1
    mov x8, sp
    str x8, [x21, #CONTEXT_ENTERED]
    // The function may call as many functions as the number says, and one less.
    add x8, x8, #16
    sub x8, x8, x3, lsl #4
    ldr x9, [x21, #CONTEXT_FLOOR]
    str x8, [x21, #CONTEXT_DEPTH]
    cmp x8, x9
    csel x8, x8, x9, hs
    str x8, [x21, #CONTEXT_LOWEST]
    mov x16, x2
    blr x16
    str xzr, [x21, #CONTEXT_STATE]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #160
    autiasp
    ret

// From native code back to where it was entered, whatever is on the stack between.
    .globl leave_
leave_:
    ldr x8, [x21, #CONTEXT_ENTERED]
    mov sp, x8
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #160
    autiasp
    ret

// Stores the value of a call, which is in x0.
    .globl result_S
result_S:
    adr x8, HOLE_d
    str x0, [x20, x8]
    .globl result_R0
result_R0:
    mov x22, x0
    .globl result_R1
result_R1:
    mov x23, x0
    .globl result_R2
result_R2:
    mov x24, x0
    .globl result_R3
result_R3:
    mov x25, x0
    .globl result_R4
result_R4:
    mov x26, x0
    .globl result_R5
result_R5:
    mov x27, x0
    .globl fresult_F0
fresult_F0:
    fmov d0, x0
    .globl fresult_F1
fresult_F1:
    fmov d1, x0
    .globl fresult_F2
fresult_F2:
    fmov d2, x0
    .globl fresult_F3
fresult_F3:
    fmov d3, x0
    .globl fresult_F4
fresult_F4:
    fmov d4, x0
    .globl fresult_F5
fresult_F5:
    fmov d5, x0
    .globl fresult_F6
fresult_F6:
    fmov d6, x0
    .globl fresult_F7
fresult_F7:
    fmov d7, x0
    .globl fresult_S
fresult_S:
    adr x8, HOLE_d
    str x0, [x20, x8]
