//! Programs made by hand: calls, loops and traps of the interpreter, and rules of the checker.

use mochi_abi::{ElemKind, TrapKind};
use mochi_runtime::Runtime;
use mochi_runtime::host::Memory;
use mochi_vm::code::{Code, FRAME_HEADER, NO_SLOT, Program, Word};
use mochi_vm::{Limits, Opcode, Vm};

/// A function of raw slots.
fn raw_func(program: &mut Program, name: &str, params: u16, slots: u16, words: Vec<Word>) -> u32 {
    let start = program.words.len() as u32;
    program.words.extend(words);
    program.funcs.push(Code {
        name: name.to_owned(),
        start,
        end: program.words.len() as u32,
        slots,
        raw_params: params,
        cells_end: params,
        result: (params > 0).then_some(ElemKind::I64),
        shown: true,
        ..Code::default()
    });
    program.funcs.len() as u32 - 1
}

fn advance(slots: u16) -> u16 {
    slots + FRAME_HEADER
}

/// `fib(n)` with the result in global 0.
fn fib(n: i32) -> Program {
    use Opcode::*;
    let mut p = Program { globals: vec![ElemKind::I64], ..Program::default() };
    let call = |a| Word::wide(Call1, advance(2), a);
    raw_func(
        &mut p,
        "fib",
        1,
        2,
        vec![
            Word::instr(BrGeImm, 0, 2, 2),
            Word::instr(Return, 0, 0, 0),
            Word::instr(SubImm, 1, 0, 1),
            call(0),
            Word::fields([1, 0, 0, 1]),
            Word::instr(SubImm, 0, 0, 2),
            call(0),
            Word::fields([0, 0, 0, 0]),
            Word::instr(Add, 0, 1, 0),
            Word::instr(Return, 0, 0, 0),
        ],
    );
    p.entry = raw_func(
        &mut p,
        "main",
        0,
        1,
        vec![
            Word::wide(ConstInt, 0, n as u32),
            Word::wide(Call1, advance(1), 0),
            Word::fields([0, 0, 0, 0]),
            Word::wide(GlobalSet, 0, 0),
            Word::instr(ReturnUnit, 0, 0, 0),
        ],
    );
    p
}

fn vm(program: Program, limits: Limits) -> Vm {
    let runtime = Runtime::new(Box::new(Memory::default()), mochi_runtime::Limits::default()).unwrap();
    Vm::new(program, runtime, limits).unwrap()
}

#[test]
fn calls_return_to_their_callers() {
    let mut vm = vm(fib(20), Limits::default());
    vm.run().unwrap();
    assert_eq!(vm.global(0), 6765);
}

#[test]
fn depth_is_limited_exactly() {
    // `main` and fib(12) to fib(1): 13 frames.
    for (max_depth, ends_well) in [(13, true), (12, false)] {
        let mut vm = vm(fib(12), Limits { max_depth, ..Limits::default() });
        let result = vm.run();
        assert_eq!(result.is_ok(), ends_well);
        if let Err(error) = result {
            assert_eq!(
                (error.kind, &*error.message),
                (TrapKind::StackOverflow, "call stack exceeded 12 frames")
            );
            assert_eq!(error.trace.innermost.len(), 12);
            assert_eq!(error.trace.innermost[11].name, "main");
        }
    }
}

#[test]
fn the_checker_finds_each_fault() {
    let check = |rule: &str, change: &dyn Fn(&mut Program)| {
        let mut p = fib(3);
        assert_eq!(mochi_vm::check::check(&p), []);
        change(&mut p);
        let found = mochi_vm::check::check(&p);
        assert!(found.iter().any(|v| v.rule == rule), "{rule} not found: {found:?}");
    };
    check("B001", &|p| p.words[0] = Word(0xFFFF));
    check("B001", &|p| p.funcs[0].end = 7);
    check("B002", &|p| p.funcs[0].cells_end = 3);
    check("B003", &|p| p.words[2] = Word::instr(Opcode::SubImm, 2, 0, 1));
    check("B003", &|p| p.funcs[0].cells_end = 2);
    check("B004", &|p| p.words[0] = Word::instr(Opcode::BrGeImm, 0, 2, 4));
    check("B004", &|p| p.words[0] = Word::instr(Opcode::LoopGeImm, 0, 2, 2));
    check("B005", &|p| p.words[9] = Word::instr(Opcode::Move, 0, 0, 0));
    check("B006", &|p| p.words[3] = Word::wide(Opcode::Call1, advance(2), 7));
    check("B006", &|p| p.entry = 0);
    check("B007", &|p| p.words[3] = Word::wide(Opcode::Call1, advance(1), 0));
    check("B007", &|p| p.words[3] = Word::wide(Opcode::Call2, advance(2), 0));
    check("B008", &|p| p.words[9] = Word::instr(Opcode::ReturnUnit, 0, 0, 0));
    check("B009", &|p| p.words[2] = Word::instr(Opcode::DivImm, 1, 0, 0));
    check("B010", &|p| p.words[2] = Word::instr(Opcode::FieldGet, 1, 0, 0));
}

#[test]
fn listings_show_every_instruction() {
    let text = mochi_vm::print::print(&fib(3));
    assert!(text.contains("call.1           +5, fib, (r1) -> r1"), "{text}");
    assert!(text.contains("br.ge.imm        r0, 2, -> 2"), "{text}");
    assert_ne!(NO_SLOT, 0);
}
