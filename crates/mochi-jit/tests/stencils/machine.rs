//! Runs a piece of native code in a state that is given whole, and says what the state is at its end.
//!
//! What names registers of the machine is in [`entry`]; everything else goes by the manifest.

use mochi_jit::buffer::{Buffer, Fill, To};
use mochi_jit::library::variant;
use mochi_jit::manifest::{FLOAT_PINS, INT_PINS, Place, Stencil};
use mochi_jit::memory::CodeMemory;

/// All that stencils may read or write but memory.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[repr(C)]
pub struct State {
    pub ints: [u64; INT_PINS as usize],
    pub temps: [u64; 2],
    /// Bits of floats.
    pub floats: [u64; FLOAT_PINS as usize],
    pub frame: u64,
    pub context: u64,
    /// The register of results.
    pub answer: u64,
    /// An [`Exit`] by number.
    exit: u64,
    /// How far frame pointer and stack pointer are apart from where they were.
    moved: u64,
    code: u64,
}

/// How a piece ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    Next,
    Taken,
    Cold,
    Returned,
}

impl State {
    pub fn exit(&self) -> Exit {
        [Exit::Next, Exit::Taken, Exit::Cold, Exit::Returned][self.exit as usize & 3]
    }
    pub fn stack_is_kept(&self) -> bool {
        self.moved == 0
    }
}

/// A byte of a stencil that is changed: its position as a fraction of 256 of the length, and the bits.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub at: u8,
    pub bits: u8,
}

/// Begins what is entered by its address.
pub fn land(buffer: &mut Buffer) {
    buffer.emit(Stencil::Landing, &[], &Fill::default());
}

/// Memory for one piece at a time, and where it goes when it ends.
pub struct Machine {
    memory: CodeMemory,
    used: usize,
    buffer: Buffer,
    exits: [*const u8; 3],
    /// Where pieces start.
    start: usize,
}

impl Machine {
    pub fn new() -> Machine {
        Machine::with_room(1 << 16)
    }
    /// One for so many bytes.
    pub fn with_room(bytes: usize) -> Machine {
        let memory = CodeMemory::reserve(bytes, false).expect("memory for code");
        let (exits, buffer) = ([std::ptr::null(); 3], Buffer::default());
        let mut machine = Machine { memory, used: 0, buffer, exits, start: 0 };
        machine.exits = entry::exits().map(|thunk| machine.write(&thunk));
        machine.start = machine.used;
        machine
    }

    /// Puts bytes behind what is there.
    fn write(&mut self, code: &[u8]) -> *const u8 {
        let at = self.used;
        self.memory.write(at, code);
        self.used += code.len().next_multiple_of(16);
        self.memory.at(at)
    }

    /// Puts a stencil into memory with the exits around it; `None` when it does not take these numbers.
    pub fn piece(
        &mut self,
        stencil: Stencil,
        places: &[Place],
        numbers: [i64; 4],
        fault: Option<Fault>,
    ) -> Option<*const u8> {
        let [next, taken, cold] = self.exits.map(To::Address);
        self.buffer.clear();
        let fill = Fill { numbers, taken, cold };
        land(&mut self.buffer);
        let before = self.buffer.size();
        if !self.buffer.emit(stencil, places, &fill) {
            return None;
        }
        self.buffer.emit(Stencil::Jump, &[], &Fill { taken: next, ..Fill::default() });
        self.used = self.start;
        let mut code = self.buffer.finish(self.memory.at(self.start)).expect("near").to_vec();
        if let Some(fault) = fault {
            let length = variant(stencil, places).expect("it was emitted").bytes.len();
            code[before + usize::from(fault.at) * length / 256] ^= fault.bits;
        }
        Some(self.write(&code))
    }

    /// Puts code together behind what is there; the exits are next, taken, cold.
    pub fn add(&mut self, make: impl FnOnce(&mut Buffer, [To; 3])) -> *const u8 {
        self.buffer.clear();
        land(&mut self.buffer);
        make(&mut self.buffer, self.exits.map(To::Address));
        let code = self.buffer.finish(self.memory.at(self.used)).expect("near").to_vec();
        self.write(&code)
    }

    /// Puts finished code behind what is there.
    pub fn append(&mut self, buffer: &mut Buffer) -> *const u8 {
        let code = buffer.finish(self.memory.at(self.used)).expect("near");
        self.write(code)
    }

    /// Runs code that ends in one of the exits, or returns.
    ///
    /// # Safety
    /// The code does what stencils may do, to memory that the state lets it reach.
    pub unsafe fn run(&self, code: *const u8, state: &State) -> State {
        let start = State { code: code as u64, ..*state };
        let mut end = State::default();
        // SAFETY: the caller's promise; `entry` keeps what its caller needs.
        unsafe { entry::mochi_probe(&raw const start, &raw mut end) };
        end
    }
}

/// The way in and the ways out.
#[cfg(target_arch = "x86_64")]
mod entry {
    use super::State;

    std::arch::global_asm!(
        ".globl mochi_probe",
        "mochi_probe:",
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "push rsi",
        "mov rax, rdi",
        "mov r14, [rax]",
        "mov r15, [rax + 8]",
        "mov rdi, [rax + 16]",
        "mov rsi, [rax + 24]",
        "mov r8, [rax + 32]",
        "mov r9, [rax + 40]",
        "mov rdx, [rax + 48]",
        "mov rcx, [rax + 56]",
        "movsd xmm0, [rax + 64]",
        "movsd xmm1, [rax + 72]",
        "movsd xmm2, [rax + 80]",
        "movsd xmm3, [rax + 88]",
        "movsd xmm4, [rax + 96]",
        "movsd xmm5, [rax + 104]",
        "movsd xmm6, [rax + 112]",
        "movsd xmm7, [rax + 120]",
        "mov r12, [rax + 128]",
        "mov r13, [rax + 136]",
        "mov r10, [rax + 168]",
        "mov rax, [rax + 144]",
        "call r10",
        "mov r11d, 3",
        "jmp 2f",
        "mochi_probe_next:",
        "mov r11d, 0",
        "jmp 1f",
        "mochi_probe_taken:",
        "mov r11d, 1",
        "jmp 1f",
        "mochi_probe_cold:",
        "mov r11d, 2",
        // Nobody returns any more.
        "1: add rsp, 8",
        "2: mov r10, [rsp]",
        "mov [r10], r14",
        "mov [r10 + 8], r15",
        "mov [r10 + 16], rdi",
        "mov [r10 + 24], rsi",
        "mov [r10 + 32], r8",
        "mov [r10 + 40], r9",
        "mov [r10 + 48], rdx",
        "mov [r10 + 56], rcx",
        "movsd [r10 + 64], xmm0",
        "movsd [r10 + 72], xmm1",
        "movsd [r10 + 80], xmm2",
        "movsd [r10 + 88], xmm3",
        "movsd [r10 + 96], xmm4",
        "movsd [r10 + 104], xmm5",
        "movsd [r10 + 112], xmm6",
        "movsd [r10 + 120], xmm7",
        "mov [r10 + 128], r12",
        "mov [r10 + 136], r13",
        "mov [r10 + 144], rax",
        "mov [r10 + 152], r11",
        "lea rbx, [rsp + 48]",
        "sub rbx, rbp",
        "mov [r10 + 160], rbx",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    );

    unsafe extern "C" {
        pub fn mochi_probe(start: *const State, end: *mut State);
        fn mochi_probe_next();
        fn mochi_probe_taken();
        fn mochi_probe_cold();
    }

    /// Code near the pieces that goes to the exits: next, taken, cold.
    pub fn exits() -> [Vec<u8>; 3] {
        [mochi_probe_next, mochi_probe_taken, mochi_probe_cold].map(|exit: unsafe extern "C" fn()| {
            // movabs r11, exit; jmp r11
            let address = (exit as usize as u64).to_le_bytes();
            [&[0x49, 0xbb][..], &address, &[0x41, 0xff, 0xe3]].concat()
        })
    }
}

/// The way in and the ways out. The second temporary is the register of results.
#[cfg(target_arch = "aarch64")]
mod entry {
    use super::State;

    std::arch::global_asm!(
        ".globl mochi_probe",
        "mochi_probe:",
        "stp x29, x30, [sp, #-176]!",
        "mov x29, sp",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "str x1, [sp, #160]",
        "mov x16, x0",
        "ldp x22, x23, [x16, #0]",
        "ldp x24, x25, [x16, #16]",
        "ldp x26, x27, [x16, #32]",
        "ldp x28, x0, [x16, #48]",
        "ldp d0, d1, [x16, #64]",
        "ldp d2, d3, [x16, #80]",
        "ldp d4, d5, [x16, #96]",
        "ldp d6, d7, [x16, #112]",
        "ldp x20, x21, [x16, #128]",
        "ldr x16, [x16, #168]",
        "blr x16",
        "mov w17, #3",
        "b 1f",
        "mochi_probe_next:",
        "mov w17, #0",
        "b 1f",
        "mochi_probe_taken:",
        "mov w17, #1",
        "b 1f",
        "mochi_probe_cold:",
        "mov w17, #2",
        "1: ldr x9, [sp, #160]",
        "stp x22, x23, [x9, #0]",
        "stp x24, x25, [x9, #16]",
        "stp x26, x27, [x9, #32]",
        "stp x28, x0, [x9, #48]",
        "stp d0, d1, [x9, #64]",
        "stp d2, d3, [x9, #80]",
        "stp d4, d5, [x9, #96]",
        "stp d6, d7, [x9, #112]",
        "stp x20, x21, [x9, #128]",
        "stp x0, x17, [x9, #144]",
        "mov x10, sp",
        "sub x10, x10, x29",
        "str x10, [x9, #160]",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "ldp x29, x30, [sp], #176",
        "ret",
    );

    unsafe extern "C" {
        pub fn mochi_probe(start: *const State, end: *mut State);
        fn mochi_probe_next();
        fn mochi_probe_taken();
        fn mochi_probe_cold();
    }

    /// Code near the pieces that goes to the exits: next, taken, cold.
    pub fn exits() -> [Vec<u8>; 3] {
        [mochi_probe_next, mochi_probe_taken, mochi_probe_cold].map(|exit: unsafe extern "C" fn()| {
            // ldr x16, 8; br x16; the address
            let address = (exit as usize as u64).to_le_bytes();
            [&0x5800_0050_u32.to_le_bytes()[..], &0xd61f_0200_u32.to_le_bytes(), &address].concat()
        })
    }
}
