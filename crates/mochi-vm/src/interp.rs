//! The interpreter: one loop with one `match` on the opcode.
//!
//! - The instruction pointer and the frame base are locals that stay in machine registers. Each arm ends in a dispatch of
//!   its own: `own_dispatch!` keeps the ends apart, and the options in `.cargo/config.toml` have LLVM copy the jump.
//! - An arm does the common case with the operands in the frame; everything else is a function of [`op`], out of
//!   line, so that the registers of the loop survive in the callee-saved ones and no arm spills.
//! - Nothing is checked here that [`check`](crate::check) has checked.
//!
//! To look at the machine code: `objdump -d --disassemble=…interp::run`.

use mochi_abi::Cell;
use mochi_abi::cell::{TAG_INT, TAG_STR};
use mochi_abi::layout::{CAPACITY, CHARS, DATA, FLAG_ASCII, FLAG_SHARED, LEN, META, META_SHIFT, WORDS};

use crate::code::Word;
use crate::frame::{Callee, Frame};
use crate::instr::Opcode;
use crate::native::{CALL_TICKS, PERIOD};
use crate::vm::Vm;
use at::At;

mod at;
mod op;

pub(crate) use op::native as found;

/// Runs until the outermost function returns or a run-time error ends the program; the error is left in the `Vm`. Without
/// `MANY` it runs one instruction that is no call and no return. Answers the next instruction then, null at the end.
///
/// # Safety
/// The program obeys the rules of `check`, `pc` is the first instruction of its entry function, and `fp` the base of
/// a frame for it whose return address is a `halt`.
// `!(a < b)` is not `a >= b` when one of them is NaN: these branches are taken then.
#[allow(clippy::neg_cmp_op_on_partial_ord)]
pub(crate) unsafe fn run<const MANY: bool>(
    vm: &mut Vm,
    pc: *const Word,
    fp: *mut u64,
    left: u64,
) -> *const Word {
    let mut pc = pc;
    let mut fp = fp;
    let mut left = left;
    let mut ticks: i64 = PERIOD;
    let vm: *mut Vm = vm;

    /// A field of the instruction word.
    macro_rules! field {
        ($i:expr) => {
            pc.cast::<u16>().add($i).read()
        };
    }
    /// The slot that a field names.
    macro_rules! slot {
        ($i:expr) => {
            *fp.add(usize::from(field!($i)))
        };
    }
    macro_rules! int {
        ($i:expr) => {
            slot!($i) as i64
        };
    }
    macro_rules! float {
        ($i:expr) => {
            f64::from_bits(slot!($i))
        };
    }
    /// The last field as a signed number.
    macro_rules! imm {
        ($i:expr) => {
            i64::from(field!($i) as i16)
        };
    }
    macro_rules! wide {
        () => {
            pc.cast::<u32>().add(1).read()
        };
    }
    /// Keeps LLVM from merging the ends of arms that are alike, since no two of these comments are: the line is the arm's.
    macro_rules! own_dispatch {
        () => {
            std::arch::asm!("/* {} */", const line!(), options(nomem, nostack, preserves_flags))
        };
    }
    /// Goes to the next instruction.
    macro_rules! next {
        () => {
            next!(1)
        };
        ($words:expr) => {{
            pc = pc.add($words);
            own_dispatch!();
        }};
    }
    /// Writes the result and goes on.
    macro_rules! set {
        ($value:expr) => {{
            let value = $value;
            slot!(1) = value as u64;
            next!();
        }};
    }
    macro_rules! set_float {
        ($value:expr) => {{
            let value: f64 = $value;
            slot!(1) = value.to_bits();
            next!();
        }};
    }
    /// Executes the instruction out of line.
    macro_rules! out_of_line {
        ($f:path) => {
            if let Err(trap) = $f(&mut *vm, At::new(pc, fp)) {
                return ended!((*vm).fail(trap, pc, fp));
            }
        };
        ($f:path, $words:expr) => {{
            out_of_line!($f);
            next!($words);
        }};
    }
    /// Arithmetic that traps when it overflows.
    macro_rules! checked {
        ($f:ident, $right:expr) => {{
            match (int!(2)).$f($right) {
                (value, false) => set!(value),
                (_, true) => return ended!(op::number::overflow(&mut *vm, At::new(pc, fp))),
            }
        }};
    }
    /// The end of the run, after what tells of it.
    macro_rules! ended {
        ($told:expr) => {{
            let () = $told;
            std::ptr::null()
        }};
    }
    /// Goes on where something out of line says.
    macro_rules! resume {
        ($resume:expr) => {{
            let resume: op::native::Resume = $resume;
            if resume.pc.is_null() {
                return std::ptr::null();
            }
            (pc, fp, left, ticks) = (resume.pc, resume.fp, resume.left, resume.ticks);
        }};
    }
    macro_rules! near {
        () => {{
            pc = pc.offset(field!(3) as i16 as isize);
            own_dispatch!();
        }};
    }
    macro_rules! far {
        () => {{
            pc = pc.offset(wide!() as i32 as isize);
            own_dispatch!();
        }};
    }
    macro_rules! branch {
        ($holds:expr, $jump:ident) => {{
            if $holds {
                $jump!();
            } else {
                next!();
            }
        }};
    }
    /// A jump back.
    macro_rules! back {
        ($holds:expr, $jump:ident) => {{
            if $holds {
                ticks -= 1;
                if MANY && ticks <= 0 {
                    resume!(op::native::at_loop(&mut *vm, At::new(pc, fp), left));
                } else {
                    $jump!();
                }
            } else {
                next!();
            }
        }};
    }
    /// The object of a handle in the slot of a field, when it is live; else null.
    macro_rules! object {
        ($i:expr) => {{
            let cell = slot!($i);
            let object = (*vm).heap_base.cast::<u64>().add(cell as u32 as usize).cast::<u8>();
            if object.cast::<u32>().read() == (cell >> 32) as u32 { object } else { std::ptr::null_mut() }
        }};
    }
    // The object of a string that is not short: the word of a short one may look like a handle of any place.
    macro_rules! long_text {
        ($i:expr) => {
            if Cell(slot!($i)).is_handle() { object!($i) } else { std::ptr::null_mut() }
        };
    }
    macro_rules! word_at {
        ($object:expr, $offset:expr) => {
            *$object.add($offset).cast::<u64>()
        };
    }
    /// Arithmetic on bigints: of two inline ones here when the result is one, else out of line.
    macro_rules! small {
        (|$a:ident, $b:ident| $result:expr, $otherwise:path) => {{
            let (left, right) = (Cell(slot!(2)), Cell(slot!(3)));
            let result = match left.is_small_integer() && right.is_small_integer() {
                true => {
                    let ($a, $b) = (left.as_small_int(), right.as_small_int());
                    $result
                }
                false => None,
            };
            match result {
                Some(cell) => set!(cell.0),
                None => out_of_line!($otherwise, 1),
            }
        }};
    }
    /// Moves to the frame of a callee; the arguments are written by `$args`, given its base.
    macro_rules! enter {
        ($callee:expr, $words:expr, |$base:ident| $args:expr) => {{
            let callee: *const Callee = $callee;
            let $base = fp.add(usize::from(field!(1)));
            let end = $base.add(usize::from((*callee).slots));
            if left <= 1 || end > (*vm).stack_end || (*vm).is_interrupted() {
                return ended!(op::call::refused(&mut *vm, At::new(pc, fp), left));
            }
            left -= 1;
            let () = $args;
            Frame::enter($base, callee, pc.add($words), fp);
            ticks -= CALL_TICKS;
            if MANY && ticks <= 0 {
                op::native::remember(&mut *vm, At::new(pc, fp));
                ticks = op::native::at_call(&mut *vm, callee);
            }
            if MANY && !(*callee).native.is_null() {
                resume!(op::native::enter(&mut *vm, (*callee).native, $base, left));
            } else {
                zero_cells($base, callee);
                fp = $base;
                pc = (*callee).entry;
            }
        }};
    }
    /// After a tail call: the frame is one of the callee.
    macro_rules! became {
        ($callee:expr) => {{
            let callee: *const Callee = $callee;
            ticks -= CALL_TICKS;
            if MANY && ticks <= 0 {
                ticks = op::native::at_call(&mut *vm, callee);
            }
            if MANY && !(*callee).native.is_null() {
                resume!(op::native::enter(&mut *vm, (*callee).native, fp, left));
            } else {
                pc = (*callee).entry;
            }
        }};
    }
    macro_rules! callee {
        () => {
            (*vm).callees.as_ptr().add(wide!() as usize)
        };
    }
    /// An argument of a call whose arguments are in one word.
    macro_rules! arg {
        ($i:expr) => {
            *fp.add(usize::from(field!(4 + $i)))
        };
    }

    // SAFETY: the caller's promise: opcodes, slots, jumps and references are right, cells in cell slots are live
    // handles or no handles at all, and `vm` is not used by anybody else. Frames lie below `stack_end`, which `enter!`
    // checks; objects of live handles have the layout of `mochi_abi::layout`, and any handle may be looked up.
    unsafe {
        loop {
            let op = std::mem::transmute::<u16, Opcode>(field!(0));
            match op {
                Opcode::Move => set!(slot!(2)),
                Opcode::ConstInt => set!(wide!() as i32 as i64),
                Opcode::ConstRaw | Opcode::ConstCell => {
                    slot!(1) = pc.add(1).read().0;
                    next!(2);
                }
                Opcode::ConstStr => {
                    let cell = *(*vm).strs.as_ptr().add(wide!() as usize);
                    if cell != 0 {
                        slot!(1) = cell;
                    } else {
                        out_of_line!(op::text::constant);
                    }
                    next!();
                }
                Opcode::ConstNone => set!(Cell::NONE.0),

                Opcode::Add => checked!(overflowing_add, int!(3)),
                Opcode::Sub => checked!(overflowing_sub, int!(3)),
                Opcode::Mul => checked!(overflowing_mul, int!(3)),
                Opcode::AddImm => checked!(overflowing_add, imm!(3)),
                Opcode::SubImm => checked!(overflowing_sub, imm!(3)),
                Opcode::MulImm => checked!(overflowing_mul, imm!(3)),
                Opcode::Div => {
                    let by = int!(3);
                    if matches!(by, 0 | -1) {
                        out_of_line!(op::number::div, 1);
                    } else {
                        set!(div(int!(2), by));
                    }
                }
                Opcode::Rem => {
                    let by = int!(3);
                    if matches!(by, 0 | -1) {
                        out_of_line!(op::number::rem, 1);
                    } else {
                        set!(rem(int!(2), by));
                    }
                }
                Opcode::DivSafe => set!(div(int!(2), int!(3))),
                Opcode::RemSafe => {
                    let by = int!(3);
                    set!(if by == -1 { 0 } else { rem(int!(2), by) });
                }
                Opcode::DivImm => set!(div(int!(2), imm!(3))),
                Opcode::RemImm => set!(rem(int!(2), imm!(3))),
                Opcode::DivPow2 => {
                    let (value, power) = (int!(2), field!(3) & 63);
                    // Adds 2^power - 1 to negative numbers, so that the shift rounds toward zero.
                    let bias = (value >> 63) & ((1 << power) - 1);
                    set!(value.wrapping_add(bias) >> power);
                }
                Opcode::RemPow2 => {
                    let (value, power) = (int!(2), field!(3) & 63);
                    let mask = (1i64 << power) - 1;
                    let bias = (value >> 63) & mask;
                    set!((value.wrapping_add(bias) & mask).wrapping_sub(bias));
                }
                Opcode::Neg => {
                    let value = int!(2);
                    if value == i64::MIN {
                        return ended!(op::number::overflow(&mut *vm, At::new(pc, fp)));
                    }
                    set!(-value);
                }
                Opcode::AddWrap => set!(slot!(2).wrapping_add(slot!(3))),
                Opcode::SubWrap => set!(slot!(2).wrapping_sub(slot!(3))),
                Opcode::MulWrap => set!(slot!(2).wrapping_mul(slot!(3))),
                Opcode::AddWrapImm => set!(int!(2).wrapping_add(imm!(3))),
                Opcode::MulWrapImm => set!(int!(2).wrapping_mul(imm!(3))),
                Opcode::And => set!(slot!(2) & slot!(3)),
                Opcode::Or => set!(slot!(2) | slot!(3)),
                Opcode::Xor => set!(slot!(2) ^ slot!(3)),
                Opcode::Shl => set!(slot!(2) << (slot!(3) & 63)),
                Opcode::Shr => set!(slot!(2) >> (slot!(3) & 63)),
                Opcode::AndImm => set!(int!(2) & imm!(3)),
                Opcode::OrImm => set!(int!(2) | imm!(3)),
                Opcode::XorImm => set!(int!(2) ^ imm!(3)),
                Opcode::ShlImm => set!(slot!(2) << (field!(3) & 63)),
                Opcode::ShrImm => set!(slot!(2) >> (field!(3) & 63)),

                Opcode::Eq => set!(slot!(2) == slot!(3)),
                Opcode::Ne => set!(slot!(2) != slot!(3)),
                Opcode::Lt => set!(int!(2) < int!(3)),
                Opcode::Le => set!(int!(2) <= int!(3)),
                Opcode::EqImm => set!(int!(2) == imm!(3)),
                Opcode::NeImm => set!(int!(2) != imm!(3)),
                Opcode::LtImm => set!(int!(2) < imm!(3)),
                Opcode::LeImm => set!(int!(2) <= imm!(3)),
                Opcode::GtImm => set!(int!(2) > imm!(3)),
                Opcode::GeImm => set!(int!(2) >= imm!(3)),

                Opcode::FAdd => set_float!(float!(2) + float!(3)),
                Opcode::FSub => set_float!(float!(2) - float!(3)),
                Opcode::FMul => set_float!(float!(2) * float!(3)),
                Opcode::FDiv => {
                    let by = float!(3);
                    if by == 0.0 {
                        return ended!(op::number::divide_by_zero(&mut *vm, At::new(pc, fp)));
                    }
                    set_float!(float!(2) / by);
                }
                Opcode::FRem => out_of_line!(op::number::float_rem, 1),
                Opcode::FNeg => set_float!(-float!(2)),
                Opcode::FEq => set!(float!(2) == float!(3)),
                Opcode::FNe => set!(float!(2) != float!(3)),
                Opcode::FLt => set!(float!(2) < float!(3)),
                Opcode::FLe => set!(float!(2) <= float!(3)),
                Opcode::IntToFloat => set_float!(int!(2) as f64),
                Opcode::FloatToInt => {
                    const BOUND: f64 = 9_223_372_036_854_775_808.0;
                    let value = float!(2);
                    // NaN is not in the range.
                    if (-BOUND..BOUND).contains(&value) {
                        set!(value.to_int_unchecked::<i64>());
                    } else {
                        out_of_line!(op::number::float_to_int, 1);
                    }
                }

                Opcode::Not => set!(slot!(2) ^ 1),
                Opcode::Select => {
                    slot!(1) = if slot!(2) != 0 { slot!(3) } else { *fp.add(usize::from(field!(4))) };
                    next!(2);
                }

                Opcode::Jump => far!(),
                Opcode::Loop => back!(true, far),
                Opcode::BrTrue => branch!(slot!(1) != 0, far),
                Opcode::BrFalse => branch!(slot!(1) == 0, far),
                Opcode::BrNone => branch!(slot!(1) == Cell::NONE.0, far),
                Opcode::BrSome => branch!(slot!(1) != Cell::NONE.0, far),
                Opcode::BrEq => branch!(slot!(1) == slot!(2), near),
                Opcode::BrNe => branch!(slot!(1) != slot!(2), near),
                Opcode::BrLt => branch!(int!(1) < int!(2), near),
                Opcode::BrLe => branch!(int!(1) <= int!(2), near),
                Opcode::BrEqImm => branch!(int!(1) == imm!(2), near),
                Opcode::BrNeImm => branch!(int!(1) != imm!(2), near),
                Opcode::BrLtImm => branch!(int!(1) < imm!(2), near),
                Opcode::BrLeImm => branch!(int!(1) <= imm!(2), near),
                Opcode::BrGtImm => branch!(int!(1) > imm!(2), near),
                Opcode::BrGeImm => branch!(int!(1) >= imm!(2), near),
                Opcode::BrFEq => branch!(float!(1) == float!(2), near),
                Opcode::BrFNe => branch!(float!(1) != float!(2), near),
                Opcode::BrFLt => branch!(float!(1) < float!(2), near),
                Opcode::BrFLe => branch!(float!(1) <= float!(2), near),
                Opcode::BrFNlt => branch!(!(float!(1) < float!(2)), near),
                Opcode::BrFNle => branch!(!(float!(1) <= float!(2)), near),
                Opcode::BrStrEq => branch!(str_eq(vm, slot!(1), slot!(2)), near),
                Opcode::BrStrNe => branch!(!str_eq(vm, slot!(1), slot!(2)), near),
                Opcode::BrBigEq => branch!(big_order(vm, slot!(1), slot!(2)).is_eq(), near),
                Opcode::BrBigNe => branch!(big_order(vm, slot!(1), slot!(2)).is_ne(), near),
                Opcode::BrBigLt => branch!(big_order(vm, slot!(1), slot!(2)).is_lt(), near),
                Opcode::BrBigLe => branch!(big_order(vm, slot!(1), slot!(2)).is_le(), near),
                Opcode::LoopTrue => back!(slot!(1) != 0, far),
                Opcode::LoopFalse => back!(slot!(1) == 0, far),
                Opcode::LoopNone => back!(slot!(1) == Cell::NONE.0, far),
                Opcode::LoopSome => back!(slot!(1) != Cell::NONE.0, far),
                Opcode::LoopEq => back!(slot!(1) == slot!(2), near),
                Opcode::LoopNe => back!(slot!(1) != slot!(2), near),
                Opcode::LoopLt => back!(int!(1) < int!(2), near),
                Opcode::LoopLe => back!(int!(1) <= int!(2), near),
                Opcode::LoopEqImm => back!(int!(1) == imm!(2), near),
                Opcode::LoopNeImm => back!(int!(1) != imm!(2), near),
                Opcode::LoopLtImm => back!(int!(1) < imm!(2), near),
                Opcode::LoopLeImm => back!(int!(1) <= imm!(2), near),
                Opcode::LoopGtImm => back!(int!(1) > imm!(2), near),
                Opcode::LoopGeImm => back!(int!(1) >= imm!(2), near),
                Opcode::LoopFEq => back!(float!(1) == float!(2), near),
                Opcode::LoopFNe => back!(float!(1) != float!(2), near),
                Opcode::LoopFLt => back!(float!(1) < float!(2), near),
                Opcode::LoopFLe => back!(float!(1) <= float!(2), near),
                Opcode::LoopFNlt => back!(!(float!(1) < float!(2)), near),
                Opcode::LoopFNle => back!(!(float!(1) <= float!(2)), near),
                Opcode::LoopStrEq => back!(str_eq(vm, slot!(1), slot!(2)), near),
                Opcode::LoopStrNe => back!(!str_eq(vm, slot!(1), slot!(2)), near),
                Opcode::LoopBigEq => back!(big_order(vm, slot!(1), slot!(2)).is_eq(), near),
                Opcode::LoopBigNe => back!(big_order(vm, slot!(1), slot!(2)).is_ne(), near),
                Opcode::LoopBigLt => back!(big_order(vm, slot!(1), slot!(2)).is_lt(), near),
                Opcode::LoopBigLe => back!(big_order(vm, slot!(1), slot!(2)).is_le(), near),
                Opcode::LoopNext => {
                    let value = int!(1).wrapping_add(1);
                    slot!(1) = value as u64;
                    back!(value < int!(2), near);
                }
                Opcode::Switch => {
                    let case = slot!(1).wrapping_sub(pc.add(1).read().0);
                    let count = u64::from(field!(2));
                    let jumps = pc.add(2).cast::<i32>();
                    pc = pc.offset(jumps.add(case.min(count) as usize).read() as isize);
                }

                Opcode::StrLen => {
                    let cell = Cell(slot!(2));
                    if is_short_ascii(cell) {
                        set!(cell.0 >> 40 & 7);
                    } else {
                        let object = long_text!(2);
                        if object.is_null() {
                            out_of_line!(op::text::len, 1);
                        } else {
                            set!(object.add(CHARS).cast::<u32>().read());
                        }
                    }
                }
                Opcode::StrBytes => out_of_line!(op::text::bytes, 1),
                Opcode::StrConcat => out_of_line!(op::text::concat, 1),
                Opcode::StrConcatAll => out_of_line!(op::text::concat_all, counted(pc, 0)),
                Opcode::StrIndex => {
                    let (cell, index) = (Cell(slot!(2)), slot!(3));
                    if is_short_ascii(cell) && index < (cell.0 >> 40 & 7) {
                        set!(char_cell((cell.0 >> (8 * index)) as u8));
                    } else {
                        let object = long_text!(2);
                        if !object.is_null()
                            && object.add(META).cast::<u32>().read() & FLAG_ASCII != 0
                            && index < u64::from(object.add(CHARS).cast::<u32>().read())
                        {
                            let data = object.add(DATA).cast::<*const u8>().read();
                            set!(char_cell(data.add(index as usize).read()));
                        } else {
                            out_of_line!(op::text::index, 1);
                        }
                    }
                }
                Opcode::StrChar => out_of_line!(op::text::char_at, 1),
                Opcode::StrSlice => out_of_line!(op::text::slice, 2),
                Opcode::StrEq => set!(str_eq(vm, slot!(2), slot!(3))),
                Opcode::StrLt => out_of_line!(op::text::less, 1),
                Opcode::StrLe => out_of_line!(op::text::less_equal, 1),

                Opcode::ListNew => out_of_line!(op::list::new, counted(pc, 0)),
                Opcode::ListLen => {
                    let object = object!(2);
                    if object.is_null() {
                        stale_handle(slot!(2));
                    }
                    set!(word_at!(object, LEN));
                }
                Opcode::ListGet => {
                    let (object, index) = (object!(2), slot!(3));
                    if !object.is_null() && index < word_at!(object, LEN) {
                        let data = word_at!(object, DATA) as *const u64;
                        set!(data.add(index as usize).read());
                    } else {
                        out_of_line!(op::list::get, 1);
                    }
                }
                Opcode::ListGetBool => {
                    let (object, index) = (object!(2), slot!(3));
                    if !object.is_null() && index < word_at!(object, LEN) {
                        let data = word_at!(object, DATA) as *const u8;
                        set!(data.add(index as usize).read());
                    } else {
                        out_of_line!(op::list::get, 1);
                    }
                }
                Opcode::ListGetAny => out_of_line!(op::list::get_any, 1),
                Opcode::ListSet => {
                    let (object, index) = (object!(1), slot!(2));
                    if !object.is_null() && index < word_at!(object, LEN) {
                        let data = word_at!(object, DATA) as *mut u64;
                        data.add(index as usize).write(slot!(3));
                    } else {
                        out_of_line!(op::list::set);
                    }
                    next!();
                }
                Opcode::ListSetBool => {
                    let (object, index) = (object!(1), slot!(2));
                    if !object.is_null() && index < word_at!(object, LEN) {
                        let data = word_at!(object, DATA) as *mut u8;
                        data.add(index as usize).write(slot!(3) as u8);
                    } else {
                        out_of_line!(op::list::set);
                    }
                    next!();
                }
                Opcode::ListSetAny => out_of_line!(op::list::set_any, 1),
                Opcode::ListAppend => out_of_line!(op::list::append, 1),
                Opcode::ListAppendAny => out_of_line!(op::list::append_any, 1),
                Opcode::ListPush => {
                    let object = object!(2);
                    if !object.is_null() && may_push(object) {
                        let (data, len) = (word_at!(object, DATA) as *mut u64, word_at!(object, LEN));
                        data.add(len as usize).write(slot!(3));
                        word_at!(object, LEN) = len + 1;
                        set!(slot!(2));
                    } else {
                        out_of_line!(op::list::push, 1);
                    }
                }
                Opcode::ListPushBool => {
                    let object = object!(2);
                    if !object.is_null() && may_push(object) {
                        let (data, len) = (word_at!(object, DATA) as *mut u8, word_at!(object, LEN));
                        data.add(len as usize).write(slot!(3) as u8);
                        word_at!(object, LEN) = len + 1;
                        set!(slot!(2));
                    } else {
                        out_of_line!(op::list::push, 1);
                    }
                }
                Opcode::ListPushAny => out_of_line!(op::list::push_any, 1),
                Opcode::ListShare => out_of_line!(op::list::share, 1),
                Opcode::ListSlice => out_of_line!(op::list::slice, 2),
                Opcode::ListConcat => out_of_line!(op::list::concat, 1),
                Opcode::ListView => {
                    let object = object!(2);
                    if object.is_null() {
                        stale_handle(slot!(2));
                    }
                    let view = fp.add(usize::from(field!(1)));
                    *view = word_at!(object, DATA);
                    *view.add(1) = word_at!(object, LEN);
                    next!();
                }
                Opcode::ViewGet => {
                    let view = fp.add(usize::from(field!(2)));
                    let index = slot!(3);
                    if index < *view.add(1) {
                        set!((*view as *const u64).add(index as usize).read());
                    } else {
                        out_of_line!(op::list::view_get, 1);
                    }
                }
                Opcode::ViewGetBool => {
                    let view = fp.add(usize::from(field!(2)));
                    let index = slot!(3);
                    if index < *view.add(1) {
                        set!((*view as *const u8).add(index as usize).read());
                    } else {
                        out_of_line!(op::list::view_get, 1);
                    }
                }
                Opcode::ViewGetIn => set!((slot!(2) as *const u64).add(slot!(3) as usize).read()),
                Opcode::ViewGetInBool => set!((slot!(2) as *const u8).add(slot!(3) as usize).read()),
                Opcode::ViewSetIn => {
                    (slot!(1) as *mut u64).add(slot!(2) as usize).write(slot!(3));
                    next!();
                }
                Opcode::ViewSetInBool => {
                    (slot!(1) as *mut u8).add(slot!(2) as usize).write(slot!(3) as u8);
                    next!();
                }

                Opcode::MapNew => out_of_line!(op::map::new, counted(pc, 0)),
                Opcode::MapLen => {
                    let object = object!(2);
                    if object.is_null() {
                        stale_handle(slot!(2));
                    }
                    set!(word_at!(object, LEN));
                }
                Opcode::MapGetInt => out_of_line!(op::map::get_int, 1),
                Opcode::MapGet => out_of_line!(op::map::get, 1),
                Opcode::MapGetOr => out_of_line!(op::map::get_or, 2),
                Opcode::MapHasInt => out_of_line!(op::map::has_int, 1),
                Opcode::MapHas => out_of_line!(op::map::has, 1),
                Opcode::MapSet => out_of_line!(op::map::set, 2),
                Opcode::MapSetAny => out_of_line!(op::map::set_any, 2),
                Opcode::MapKeys => out_of_line!(op::map::keys, 1),

                Opcode::StructNew => out_of_line!(op::object::new_struct, counted(pc, 0)),
                Opcode::FieldGet => {
                    let object = object!(2);
                    if object.is_null() {
                        return ended!(op::object::field_of_none(&mut *vm, At::new(pc, fp), "read"));
                    }
                    set!(word_at!(object, WORDS + 8 * usize::from(field!(3))));
                }
                Opcode::FieldSet => {
                    let object = object!(1);
                    if object.is_null() {
                        return ended!(op::object::field_of_none(&mut *vm, At::new(pc, fp), "set"));
                    }
                    word_at!(object, WORDS + 8 * usize::from(field!(2))) = slot!(3);
                    next!();
                }
                Opcode::VariantTag => {
                    let object = object!(2);
                    if object.is_null() {
                        set!(-1i64);
                    } else {
                        let shape = object.add(META).cast::<u32>().read() >> META_SHIFT;
                        set!(*(*vm).variants.as_ptr().add(shape as usize));
                    }
                }

                Opcode::IsNone => set!(slot!(2) == Cell::NONE.0),
                Opcode::GetOr => {
                    let cell = slot!(2);
                    set!(if cell == Cell::NONE.0 { slot!(3) } else { cell });
                }
                Opcode::GetOrInt => {
                    let cell = Cell(slot!(2));
                    if cell.is_small_int() {
                        set!(cell.as_small_int());
                    } else if cell.is_none() {
                        set!(slot!(3));
                    } else {
                        out_of_line!(op::dynamic::as_int, 1);
                    }
                }
                Opcode::GetOrFloat => {
                    let cell = slot!(2);
                    set!(if cell == Cell::NONE.0 { slot!(3) } else { cell });
                }
                Opcode::GetOrBool => {
                    let cell = Cell(slot!(2));
                    set!(if cell.is_none() { slot!(3) } else { u64::from(cell.as_bool()) });
                }
                Opcode::BoxInt => match Cell::from_small_int(int!(2)) {
                    Some(cell) => set!(cell.0),
                    None => out_of_line!(op::dynamic::box_int, 1),
                },
                Opcode::BoxFloat => set!(Cell::from_f64(float!(2)).0),
                Opcode::BoxBool => set!(Cell::FALSE.0 | slot!(2)),
                Opcode::UnboxInt => {
                    let cell = Cell(slot!(2));
                    if cell.is_small_int() {
                        set!(cell.as_small_int());
                    } else {
                        out_of_line!(op::dynamic::unbox_int, 1);
                    }
                }
                Opcode::UnboxFloat => {
                    let cell = Cell(slot!(2));
                    if cell.is_f64() {
                        set!(cell.0);
                    } else {
                        out_of_line!(op::dynamic::unbox_float, 1);
                    }
                }
                Opcode::UnboxBool => {
                    let cell = Cell(slot!(2));
                    if cell.is_bool() {
                        set!(cell.as_bool());
                    } else {
                        out_of_line!(op::dynamic::unbox_bool, 1);
                    }
                }
                Opcode::UnboxStr => out_of_line!(op::dynamic::unbox_str, 1),
                Opcode::UnboxBig => {
                    let cell = Cell(slot!(2));
                    if cell.is_small_integer() {
                        set!(cell.as_bigint().0);
                    } else {
                        out_of_line!(op::dynamic::unbox_big, 1);
                    }
                }
                Opcode::AsInt => {
                    let cell = Cell(slot!(2));
                    if cell.is_small_int() {
                        set!(cell.as_small_int());
                    } else {
                        out_of_line!(op::dynamic::as_int, 1);
                    }
                }
                Opcode::AsFloat => set!(slot!(2)),
                Opcode::AsBool => set!(Cell(slot!(2)).as_bool()),
                Opcode::Is => out_of_line!(op::dynamic::is, 1),
                Opcode::BigAdd => small!(|a, b| Cell::from_small_bigint(a.wrapping_add(b)), op::big::add),
                Opcode::BigSub => small!(|a, b| Cell::from_small_bigint(a.wrapping_sub(b)), op::big::sub),
                Opcode::BigMul => {
                    small!(|a, b| a.checked_mul(b).and_then(Cell::from_small_bigint), op::big::mul)
                }
                Opcode::BigDiv => small!(
                    |a, b| if matches!(b, 0 | -1) { None } else { Cell::from_small_int(div(a, b)) },
                    op::big::div
                ),
                Opcode::BigRem => small!(
                    |a, b| if matches!(b, 0 | -1) { None } else { Cell::from_small_bigint(rem(a, b)) },
                    op::big::rem
                ),
                Opcode::BigEq => set!(big_order(vm, slot!(2), slot!(3)).is_eq()),
                Opcode::BigNe => set!(big_order(vm, slot!(2), slot!(3)).is_ne()),
                Opcode::BigLt => set!(big_order(vm, slot!(2), slot!(3)).is_lt()),
                Opcode::BigLe => set!(big_order(vm, slot!(2), slot!(3)).is_le()),
                Opcode::BigToInt => {
                    let cell = Cell(slot!(2));
                    if cell.is_small_integer() {
                        set!(cell.as_small_int());
                    } else {
                        out_of_line!(op::big::to_int, 1);
                    }
                }
                Opcode::BigToIndex => {
                    let cell = Cell(slot!(3));
                    if cell.is_small_integer() {
                        set!(cell.as_small_int());
                    } else {
                        out_of_line!(op::big::to_index, 1);
                    }
                }

                Opcode::RefNew => out_of_line!(op::object::new_ref, 1),
                Opcode::RefGet => {
                    let object = object!(2);
                    if object.is_null() {
                        stale_handle(slot!(2));
                    }
                    set!(word_at!(object, WORDS));
                }
                Opcode::RefSet => {
                    let object = object!(1);
                    if object.is_null() {
                        stale_handle(slot!(1));
                    }
                    word_at!(object, WORDS) = slot!(2);
                    next!();
                }
                Opcode::GlobalGet => set!(*(*vm).globals.as_ptr().add(wide!() as usize)),
                Opcode::GlobalSet => {
                    *(*vm).globals.as_mut_ptr().add(wide!() as usize) = slot!(1);
                    next!();
                }

                Opcode::ClosureNew => out_of_line!(op::object::new_closure, counted(pc, 0)),
                Opcode::Call0 => enter!(callee!(), 2, |_base| ()),
                Opcode::Call1 => enter!(callee!(), 2, |base| *base = arg!(0)),
                Opcode::Call2 => enter!(callee!(), 2, |base| {
                    *base = arg!(0);
                    *base.add(1) = arg!(1);
                }),
                Opcode::Call3 => enter!(callee!(), 2, |base| {
                    *base = arg!(0);
                    *base.add(1) = arg!(1);
                    *base.add(2) = arg!(2);
                }),
                Opcode::CallMany => enter!(callee!(), counted(pc, 1), |base| {
                    op::call::copy_args(At::new(pc, fp), base);
                }),
                Opcode::CallClosure => {
                    let closure = match op::call::closure(&mut *vm, At::new(pc, fp)) {
                        Ok(closure) => closure,
                        Err(trap) => return ended!((*vm).fail(trap, pc, fp)),
                    };
                    enter!((*closure).callee, counted(pc, 1), |base| {
                        op::call::copy_closure_args(
                            &*vm,
                            closure,
                            At::new(pc, fp),
                            usize::from(field!(3)),
                            base,
                        );
                    });
                }
                Opcode::CallAny => {
                    let called = match op::call::dynamic(&mut *vm, At::new(pc, fp)) {
                        Ok(called) => called,
                        Err(trap) => return ended!((*vm).fail(trap, pc, fp)),
                    };
                    if called.callee.is_null() {
                        let next = pc.add(counted(pc, 1));
                        *fp.add(usize::from(next.cast::<u16>().sub(1).read())) = called.value.0;
                        pc = next;
                    } else {
                        enter!(called.callee, counted(pc, 1), |base| {
                            op::call::copy_dynamic_args(&*vm, called, At::new(pc, fp), base);
                        });
                    }
                }
                Opcode::CallRuntime => {
                    let call = op::call::RUNTIME.get_unchecked(usize::from(field!(1)));
                    if let Err(trap) = call(&mut *vm, At::new(pc, fp)) {
                        return ended!((*vm).fail(trap, pc, fp));
                    }
                    next!(counted(pc, 1));
                }
                Opcode::Return => {
                    let value = slot!(1);
                    pc = Frame { base: fp }.return_address();
                    fp = Frame { base: fp }.caller().base;
                    left += 1;
                    *fp.add(usize::from(pc.cast::<u16>().sub(1).read())) = value;
                }
                Opcode::ReturnUnit => {
                    pc = Frame { base: fp }.return_address();
                    fp = Frame { base: fp }.caller().base;
                    left += 1;
                }
                Opcode::TailCall => {
                    let callee = callee!();
                    if !op::call::tail(&mut *vm, At::new(pc, fp), callee) {
                        return ended!(op::call::refused(&mut *vm, At::new(pc, fp), left));
                    }
                    became!(callee);
                }
                Opcode::TailCallClosure => {
                    let closure = match op::call::closure(&mut *vm, At::new(pc, fp)) {
                        Ok(closure) => closure,
                        Err(trap) => return ended!((*vm).fail(trap, pc, fp)),
                    };
                    if MANY && ticks <= CALL_TICKS {
                        op::native::remember(&mut *vm, At::new(pc, fp));
                    }
                    if !op::call::tail_closure(&mut *vm, closure, At::new(pc, fp)) {
                        return ended!(op::call::refused(&mut *vm, At::new(pc, fp), left));
                    }
                    became!((*closure).callee);
                }
                Opcode::TailCallAny => {
                    let called = match op::call::dynamic(&mut *vm, At::new(pc, fp)) {
                        Ok(called) => called,
                        Err(trap) => return ended!((*vm).fail(trap, pc, fp)),
                    };
                    if called.callee.is_null() {
                        pc = Frame { base: fp }.return_address();
                        fp = Frame { base: fp }.caller().base;
                        left += 1;
                        *fp.add(usize::from(pc.cast::<u16>().sub(1).read())) = called.value.0;
                    } else {
                        if !op::call::tail_dynamic(&mut *vm, called, At::new(pc, fp)) {
                            return ended!(op::call::refused(&mut *vm, At::new(pc, fp), left));
                        }
                        became!(called.callee);
                    }
                }
                Opcode::Trap => return ended!(op::call::trap(&mut *vm, At::new(pc, fp))),
                Opcode::Halt => return std::ptr::null(),
            }
            if !MANY {
                return pc;
            }
        }
    }
}

/// Quotient by a divisor that is neither 0 nor -1.
#[inline(always)]
unsafe fn div(value: i64, by: i64) -> i64 {
    // SAFETY: the caller's promise; the hint removes the checks of `/`.
    unsafe { std::hint::assert_unchecked(by != 0 && by != -1) };
    value / by
}

/// Remainder by a divisor that is neither 0 nor -1.
#[inline(always)]
unsafe fn rem(value: i64, by: i64) -> i64 {
    // SAFETY: as for `div`.
    unsafe { std::hint::assert_unchecked(by != 0 && by != -1) };
    value % by
}

/// Words of an instruction whose extension starts with a count, with so many fields after what is counted.
#[inline(always)]
unsafe fn counted(pc: *const Word, extra: usize) -> usize {
    // SAFETY: the extension of such an instruction has at least one word.
    let count = usize::from(unsafe { pc.add(1).cast::<u16>().read() });
    1 + (count + 1 + extra).div_ceil(4)
}

/// Zeroes the cells of a new frame that are no parameters. Most functions have few.
#[inline(always)]
pub(crate) unsafe fn zero_cells(base: *mut u64, callee: *const Callee) {
    // SAFETY: the frame has as many slots as its function says.
    unsafe {
        let mut slot = base.add(usize::from((*callee).zero_start));
        for _ in 0..(*callee).zero_len {
            slot.write(0);
            slot = slot.add(1);
        }
    }
}

/// Runs a function in the outermost frame to its end, in native code when it has some.
///
/// # Safety
/// As for [`run`]; `fp` is a frame of the callee.
pub(crate) unsafe fn start(vm: &mut Vm, callee: *const Callee, fp: *mut u64) {
    // SAFETY: the caller's promise.
    unsafe {
        let (mut pc, mut fp, mut left) = ((*callee).entry, fp, u64::from(vm.limits.max_depth));
        if !(*callee).native.is_null() {
            let resume = op::native::enter(vm, (*callee).native, fp, left);
            (pc, fp, left) = (resume.pc, resume.fp, resume.left);
        }
        if !pc.is_null() {
            run::<true>(vm, pc, fp, left);
        }
    }
}

/// Ends the run: somebody outside asked for it.
///
/// # Safety
/// As for [`run`].
pub(crate) unsafe fn interrupted(vm: &mut Vm, pc: *const Word, fp: *mut u64) {
    // SAFETY: the caller's promise.
    op::call::interrupted(vm, unsafe { At::new(pc, fp) });
}

/// Whether a cell is a short string of ASCII.
#[inline(always)]
fn is_short_ascii(cell: Cell) -> bool {
    cell.is_short_str() && cell.0 & 0x80_8080_8080 == 0
}

/// The string of one ASCII character.
#[inline(always)]
fn char_cell(byte: u8) -> u64 {
    TAG_STR << 48 | 1 << 40 | u64::from(byte)
}

/// Whether strings are equal: at once when the words are or when one of them is short.
#[inline(always)]
unsafe fn str_eq(vm: *mut Vm, a: u64, b: u64) -> bool {
    // SAFETY: the caller has the `Vm` to itself.
    a == b || Cell(a).is_handle() && Cell(b).is_handle() && unsafe { op::text::equal(&*vm, Cell(a), Cell(b)) }
}

/// Order of two bigints: of inline ones here, else out of line.
#[inline(always)]
unsafe fn big_order(vm: *mut Vm, a: u64, b: u64) -> std::cmp::Ordering {
    let (left, right) = (Cell(a), Cell(b));
    if left.is_small_integer() && right.is_small_integer() {
        return left.as_small_int().cmp(&right.as_small_int());
    }
    // SAFETY: the caller has the `Vm` to itself.
    op::big::order(unsafe { &*vm }, left, right)
}

/// Whether a list has room for one more element and nobody shares it.
#[inline(always)]
unsafe fn may_push(list: *mut u8) -> bool {
    // SAFETY: the caller passes a live list.
    unsafe {
        list.add(META).cast::<u32>().read() & FLAG_SHARED == 0
            && list.add(LEN).cast::<u64>().read() < list.add(CAPACITY).cast::<u64>().read()
    }
}

/// A handle whose object is gone, where the type excludes none: our bug.
#[cold]
#[inline(never)]
fn stale_handle(cell: u64) -> ! {
    panic!("internal error: the interpreter met the stale handle {cell:#018x}")
}

const _: () = assert!(TAG_INT == Cell::NONE.tag() - 1, "bools and none follow ints");
