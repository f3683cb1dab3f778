//! Code memory: what is written runs, and nothing is ever both writable and executable.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use mochi_jit::memory::CodeMemory;

/// `mov eax, N; ret`
fn answers(n: u32) -> Vec<u8> {
    let mut code = vec![0xb8];
    code.extend(n.to_le_bytes());
    code.push(0xc3);
    code
}

fn call(code: *const u8) -> u32 {
    // SAFETY: the code was made by `answers`, which obeys this convention.
    unsafe { std::mem::transmute::<*const u8, extern "C" fn() -> u32>(code)() }
}

#[test]
fn what_is_written_runs_and_can_be_replaced() {
    let mut memory = CodeMemory::reserve(1 << 16).unwrap();
    let first = memory.append(&answers(7)).unwrap();
    let second = memory.append(&answers(8)).unwrap();
    assert_eq!((call(first), call(second)), (7, 8));
    memory.replace(first, &answers(9));
    assert_eq!((call(first), call(second)), (9, 8));
}

#[test]
fn a_full_region_says_so() {
    let mut memory = CodeMemory::reserve(4096).unwrap();
    assert!(memory.append(&[0xcc; 4000]).is_some());
    assert!(memory.append(&[0xcc; 200]).is_none());
    assert!(memory.append(&[0xcc; 90]).is_some());
}

#[test]
fn no_memory_is_writable_and_executable() {
    let mut memory = CodeMemory::reserve(1 << 16).unwrap();
    let code = memory.append(&answers(1)).unwrap() as usize;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut found = false;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        assert!(!(rights.contains('w') && rights.contains('x')), "{line}");
        let (from, to) = range.split_once('-').unwrap();
        let address = |text| usize::from_str_radix(text, 16).unwrap();
        if (address(from)..address(to)).contains(&code) {
            assert_eq!(&rights[..3], "r-x", "{line}");
            found = true;
        }
    }
    assert!(found);
}
