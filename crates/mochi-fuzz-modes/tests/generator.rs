//! What the generator makes is accepted by the checker, ends, and depends on its bytes only.

use mochi_fuzz_modes::generate::generate;
use mochi_fuzz_modes::modes::{Mode, Runner, Wrong};
use mochi_fuzz_modes::search::bytes_of;

#[test]
fn programs_are_accepted_and_end() {
    mochi_driver::stack::with_large_stack(|| {
        let runner = Runner::new(Wrong::default());
        let (mut refused, mut failed, mut limited) = (0, 0, 0);
        const COUNT: u64 = 400;
        for seed in 0..COUNT {
            let text = generate(&bytes_of(seed), "").text();
            assert_eq!(text, generate(&bytes_of(seed), "").text());
            match runner.check(&text) {
                Ok(checked) => {
                    let program = runner.compile(&checked, &Mode::Oracle).unwrap();
                    let outcome = runner.run(program, &Mode::Oracle, "");
                    failed += u64::from(outcome.error.is_some());
                    limited += u64::from(outcome.is_limited());
                }
                Err(why) => {
                    refused += 1;
                    println!("{seed}: {why}");
                }
            }
        }
        assert!(refused <= COUNT / 100, "{refused} are refused");
        assert!(limited <= COUNT / 100, "{limited} do not end");
        assert!(failed <= COUNT / 2, "{failed} end with an error");
    });
}

#[test]
fn no_bytes_are_a_program_too() {
    mochi_driver::stack::with_large_stack(|| {
        let text = generate(&[], "").text();
        assert!(text.len() < 200, "{text}");
        assert!(Runner::new(Wrong::default()).check(&text).is_ok(), "{text}");
    });
}
