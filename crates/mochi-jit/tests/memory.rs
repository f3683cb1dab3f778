//! Code memory: what is written runs, and nothing is ever both writable and executable, however the system wants it.

#![cfg(compiles)]

use mochi_jit::memory::CodeMemory;

/// `mov eax, N; ret`
#[cfg(target_arch = "x86_64")]
fn answers(n: u32) -> Vec<u8> {
    let mut code = vec![0xb8];
    code.extend(n.to_le_bytes());
    code.push(0xc3);
    code
}

/// `bti c; mov w0, #N; ret`
#[cfg(target_arch = "aarch64")]
fn answers(n: u32) -> Vec<u8> {
    [0xd503_245f, 0x5280_0000 | n << 5, 0xd65f_03c0_u32].iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn call(code: *const u8) -> u32 {
    // SAFETY: the code was made by `answers`, which obeys this convention.
    unsafe { std::mem::transmute::<*const u8, extern "C" fn() -> u32>(code)() }
}

/// What a thread may not do: create memory files, or let pages run that did not.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Denied {
    files: bool,
    rights: bool,
}

/// Calls `work` in a thread to which the kernel denies what is said. The numbers are those of x86-64.
#[cfg(target_arch = "x86_64")]
fn denied<T: Send + 'static>(denied: Denied, work: impl FnOnce() -> T + Send + 'static) -> T {
    /// An instruction of the kernel's filters: operation, how far to jump if so and if not, number.
    #[repr(C)]
    struct Filter(u16, u8, u8, u32);
    #[repr(C)]
    struct Program {
        len: u16,
        filter: *const Filter,
    }
    unsafe extern "C" {
        fn prctl(option: i32, a: usize, b: usize, c: usize, d: usize) -> i32;
    }
    const LOAD: u16 = 0x20;
    const EQUAL: u16 = 0x15;
    const ANY_BIT: u16 = 0x45;
    const RETURN: u16 = 0x06;
    const ALLOW: u32 = 0x7fff_0000;
    const EACCES: u32 = 0x0005_000d;
    const NUMBER: u32 = 0;
    const THIRD_ARGUMENT: u32 = 32;
    const MPROTECT: u32 = 10;
    const MEMFD_CREATE: u32 = 319;
    const EXEC: u32 = 4;
    let thread = std::thread::spawn(move || {
        let filter = [
            Filter(LOAD, 0, 0, NUMBER),
            Filter(EQUAL, if denied.files { 5 } else { 4 }, 0, MEMFD_CREATE),
            Filter(EQUAL, 0, 3, MPROTECT),
            Filter(LOAD, 0, 0, THIRD_ARGUMENT),
            Filter(ANY_BIT, if denied.rights { 2 } else { 1 }, 0, EXEC),
            Filter(LOAD, 0, 0, NUMBER),
            Filter(RETURN, 0, 0, ALLOW),
            Filter(RETURN, 0, 0, EACCES),
        ];
        let program = Program { len: filter.len() as u16, filter: filter.as_ptr() };
        // SAFETY: the filter concerns this thread only, and both structures have the kernel's layout.
        let done =
            unsafe { prctl(38, 1, 0, 0, 0) == 0 && prctl(22, 2, &raw const program as usize, 0, 0) == 0 };
        assert!(done, "the kernel takes the filter: {}", std::io::Error::last_os_error());
        work()
    });
    thread.join().unwrap()
}

/// All of this in memory of the usual kind and, where memory files are refused, of the other.
fn in_both(way: impl Fn(CodeMemory) + Send + Copy + 'static) {
    way(CodeMemory::reserve(1 << 20, false).unwrap());
    #[cfg(target_arch = "x86_64")]
    denied(Denied { files: true, rights: false }, move || way(CodeMemory::reserve(1 << 20, false).unwrap()));
}

#[test]
fn what_is_written_runs_and_can_be_replaced() {
    in_both(|mut memory| {
        let (first, second) = (memory.at(0), memory.at(16));
        memory.write(0, &answers(7));
        memory.write(16, &answers(8));
        assert_eq!((call(first), call(second)), (7, 8));
        memory.write(0, &answers(9));
        assert_eq!((call(first), call(second)), (9, 8));
        // Whatever caches there are, each change is seen.
        for n in 0..100 {
            memory.write(16, &answers(n));
            assert_eq!(call(second), n);
        }
        memory.write(16, &answers(8));
        // Across pages.
        memory.write(4092, &answers(10));
        assert_eq!((call(first), call(second), call(memory.at(4092))), (9, 8, 10));
    });
}

#[test]
#[should_panic(expected = "out of bounds")]
fn what_is_outside_is_not_written() {
    let mut memory = CodeMemory::reserve(1 << 16, false).unwrap();
    let at = memory.size() - 3;
    memory.write(at, &[0xcc; 4]);
}

#[test]
fn no_memory_is_writable_and_executable() {
    in_both(|mut memory| {
        memory.write(64, &answers(1));
        let code = memory.at(64) as usize;
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
    });
}

/// Pages without rights around what runs: whoever runs over an end stops there.
#[test]
fn there_are_guards_on_both_sides() {
    in_both(|memory| {
        let (start, end) = (memory.at(0) as usize, memory.at(memory.size()) as usize);
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        for edge in [format!("-{start:08x} ---p "), format!("\n{end:08x}-")] {
            assert!(maps.contains(&edge), "no `{edge}` in {maps}");
        }
        assert!(maps.lines().any(|line| line.starts_with(&format!("{end:08x}-")) && line.contains(" ---p ")));
    });
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_refusal_says_what_was_tried() {
    let refused: mochi_jit::memory::Refusal =
        denied(Denied { files: true, rights: true }, || CodeMemory::reserve(1 << 20, false).unwrap_err());
    assert_eq!(
        refused.to_string(),
        "a memory file that runs: Permission denied; changed rights: Permission denied"
    );
    let way = |files, rights| {
        denied(Denied { files, rights }, || CodeMemory::reserve(1 << 20, false).unwrap().way())
    };
    assert_eq!(way(false, true), "two views of one memory file");
    assert_eq!(way(true, false), "one view whose rights change");
    assert_eq!(CodeMemory::reserve(1 << 20, true).unwrap().way(), "one view whose rights change");
}
