// Calls and what surrounds native code, for x86-64. Stencils in assembly since no C says which registers a call keeps.
//
// Native frames are 16 bytes: the return address, and the frame pointer of the caller, so that stacks can be walked. In
// the code of a function rsp is 8 modulo 16, as everywhere after a call. A function is entered with its frame made, fp in
// r12 and the context in r13; it returns its value in rax with both unchanged and all other registers lost.
//
// A stencil goes from its name to the next. HOLE_a to HOLE_d are holes, NEXT and COLD as in the others.

    .text

// Where code is entered by an address that is not in the code itself: processors may insist on that (CET).
    .globl landing_
landing_:
    endbr64

// Goes to the code TAKEN, also a, which may be changed.
    .globl stub_
stub_:
    jmp TAKEN

// Calls a function of the program. a: distance to its frame, b: to the end of its frame, c: where the caller goes on,
// d: its Callee. TAKEN: its code. What the interpreter checks is checked: depth, stack, whether somebody wants the end.
    .globl call_
call_:
    leaq HOLE_b(%r12), %rax
    cmpq %rax, CONTEXT_STACK_END(%r13)
    jb COLD
    cmpq %rsp, CONTEXT_LOWEST(%r13)
    jae COLD
    cmpq $0, CONTEXT_INTERRUPT(%r13)
    jne COLD
    movabsq $HOLE_c, %rax
    movabsq $HOLE_d, %rcx
    movq %r12, HOLE_a-24(%r12)
    movq %rax, HOLE_a-16(%r12)
    movq %rcx, HOLE_a-8(%r12)
    addq $HOLE_a, %r12
    pushq %rbp
    movq %rsp, %rbp
    call TAKEN
    popq %rbp
    subq $HOLE_a, %r12

// Calls the function whose Callee the frame at a has already, as `call` and checked like that. c: where the caller goes on.
    .globl call_opened_
call_opened_:
    movabsq $HOLE_c, %rax
    movq %r12, HOLE_a-24(%r12)
    movq %rax, HOLE_a-16(%r12)
    movq HOLE_a-8(%r12), %rax
    addq $HOLE_a, %r12
    pushq %rbp
    movq %rsp, %rbp
    call *CALLEE_NATIVE(%rax)
    popq %rbp
    subq $HOLE_a, %r12

// Calls the function whose code is in rax, as `call`: its frame is made, r12 is that frame. a: distance to it.
    .globl call_found_
call_found_:
    pushq %rbp
    movq %rsp, %rbp
    call *%rax
    popq %rbp
    subq $HOLE_a, %r12

// Continues as the function whose code is in rax: its frame is made.
    .globl tail_found_
tail_found_:
    jmp *%rax

// Continues as the function whose code is TAKEN in the same frame, which has its arguments. d: its Callee.
    .globl tail_
tail_:
    movabsq $HOLE_d, %rax
    movq %rax, -8(%r12)
    jmp TAKEN

// Executes the instruction at a (an address) by the function b of the runtime; its answer is in rax. It has a frame for that,
// so that who walks the stack by frame pointers misses nobody.
    .globl out_
out_:
    movabsq $HOLE_a, %rdx
    movabsq $HOLE_b, %rax
    pushq %rbp
    movq %rsp, %rbp
    call TAKEN
    popq %rbp

// What `out` calls: rax is a function of context, instruction and frame. Its answer 0 or 1 goes on, others leave.
    .globl out_of_line_
out_of_line_:
    movq %rdx, %rsi
    movq %r13, %rdi
    movq %r12, %rdx
    pushq %rbp
    movq %rsp, %rbp
    call *%rax
    popq %rbp
    cmpq $1, %rax
    ja 1f
    ret
1:  addq $16, %rsp
    movq %rsp, CONTEXT_LEFT_AT(%r13)
    jmp COLD

// Like `out_of_line`, but afterwards all pins are what they were. Rust keeps r14 and r15.
    .globl saving_
saving_:
    pushq %rbp
    movq %rsp, %rbp
    pushq %rdi
    pushq %rsi
    pushq %r8
    pushq %r9
    subq $64, %rsp
    movsd %xmm0, (%rsp)
    movsd %xmm1, 8(%rsp)
    movsd %xmm2, 16(%rsp)
    movsd %xmm3, 24(%rsp)
    movsd %xmm4, 32(%rsp)
    movsd %xmm5, 40(%rsp)
    movsd %xmm6, 48(%rsp)
    movsd %xmm7, 56(%rsp)
    movq %rdx, %rsi
    movq %r13, %rdi
    movq %r12, %rdx
    call *%rax
    movsd (%rsp), %xmm0
    movsd 8(%rsp), %xmm1
    movsd 16(%rsp), %xmm2
    movsd 24(%rsp), %xmm3
    movsd 32(%rsp), %xmm4
    movsd 40(%rsp), %xmm5
    movsd 48(%rsp), %xmm6
    movsd 56(%rsp), %xmm7
    addq $64, %rsp
    popq %r9
    popq %r8
    popq %rsi
    popq %rdi
    popq %rbp
    cmpq $1, %rax
    ja 1f
    ret
1:  addq $16, %rsp
    movq %rsp, CONTEXT_LEFT_AT(%r13)
    jmp COLD

// Like `out_of_line` for calls: the answer is the code of a function, r12 becomes its frame; 0 leaves.
    .globl find_
find_:
    movq %rdx, %rsi
    movq %r13, %rdi
    movq %r12, %rdx
    movq %rsp, CONTEXT_LEFT_AT(%r13)
    addq $16, CONTEXT_LEFT_AT(%r13)
    pushq %rbp
    movq %rsp, %rbp
    call *%rax
    popq %rbp
    testq %rax, %rax
    je 1f
    movq CONTEXT_FRAME(%r13), %r12
    ret
1:  jmp COLD

// The code of functions that have none: asks for it, and goes there or leaves.
    .globl lazy_
lazy_:
    movq %rsp, CONTEXT_LEFT_AT(%r13)
    movq %r13, %rdi
    movq %r12, %rsi
    subq $8, %rsp
    call *CONTEXT_RESOLVE(%r13)
    addq $8, %rsp
    testq %rax, %rax
    je COLD
    jmp *%rax

// The code of calls that need no function: returns the value that is there.
    .globl give_
give_:
    endbr64
    movq CONTEXT_VALUE(%r13), %rax
    ret

// A jump when the answer of the runtime is 1.
    .globl br_answer_
br_answer_:
    testl %eax, %eax
    jne TAKEN

// From Rust into native code: context, frame, code, how many frames are left. The answer is the value that the code returns.
    .globl enter_
enter_:
    endbr64
    pushq %rbp
    movq %rsp, %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    movq %rdi, %r13
    movq %rsi, %r12
    movq %rsp, CONTEXT_ENTERED(%r13)
    // The function may call as many functions as the number says, and one less.
    shlq $4, %rcx
    leaq 8(%rsp), %rax
    subq %rcx, %rax
    movq %rax, CONTEXT_DEPTH(%r13)
    cmpq CONTEXT_FLOOR(%r13), %rax
    cmovbq CONTEXT_FLOOR(%r13), %rax
    movq %rax, CONTEXT_LOWEST(%r13)
    call *%rdx
    movq $0, CONTEXT_STATE(%r13)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

// From native code back to where it was entered, whatever is on the stack between.
    .globl leave_
leave_:
    movq CONTEXT_ENTERED(%r13), %rsp
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

// Stores the value of a call, which is in rax.
    .globl result_S
result_S:
    movq %rax, HOLE_d(%r12)
    .globl result_R0
result_R0:
    movq %rax, %r14
    .globl result_R1
result_R1:
    movq %rax, %r15
    .globl result_R2
result_R2:
    movq %rax, %rdi
    .globl result_R3
result_R3:
    movq %rax, %rsi
    .globl result_R4
result_R4:
    movq %rax, %r8
    .globl result_R5
result_R5:
    movq %rax, %r9
    .globl fresult_F0
fresult_F0:
    movq %rax, %xmm0
    .globl fresult_F1
fresult_F1:
    movq %rax, %xmm1
    .globl fresult_F2
fresult_F2:
    movq %rax, %xmm2
    .globl fresult_F3
fresult_F3:
    movq %rax, %xmm3
    .globl fresult_F4
fresult_F4:
    movq %rax, %xmm4
    .globl fresult_F5
fresult_F5:
    movq %rax, %xmm5
    .globl fresult_F6
fresult_F6:
    movq %rax, %xmm6
    .globl fresult_F7
fresult_F7:
    movq %rax, %xmm7
    .globl fresult_S
fresult_S:
    movq %rax, HOLE_d(%r12)
