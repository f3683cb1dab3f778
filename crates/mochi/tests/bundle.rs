//! `mochi build --bundle`: what it makes behaves as under `mochi run`, anywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bundle").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn mochi(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    // There is no C compiler.
    command.args(args).current_dir(folder).env("PATH", folder).output().unwrap()
}

fn bundle(folder: &Path, args: &[&str]) {
    let built = mochi(folder, &[&["build", "--bundle"], args].concat());
    assert!(built.status.success() && built.stderr.is_empty(), "{}", text(&built.stderr));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Output, errors and exit status.
fn all(output: &Output) -> (String, String, Option<i32>) {
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// Far from its sources, a program with packages, a module file, `eval` and an error behaves the same.
#[test]
fn the_program_is_all_there() {
    let here = folder("whole");
    let project = here.join("project");
    for (name, content) in [
        ("mochi.toml", "int = \"big\"\n"),
        (
            "lib/b.mochi",
            "package lib\nimport \"shapes\"\nexport fun twice(x: int): int { return shapes.half(x) * 4 }\n",
        ),
        ("lib/a.mochi", "package lib\nexport fun fail(xs: list<int>): int {\n  return xs[7]\n}\n"),
        ("shapes.mochi", "package shapes\nexport fun half(x: int): int { return x / 2 }\n"),
        (
            "src/main.mochi",
            "import \"lib\"\nimport \"../shapes\" as s\nprint(lib.twice(20), s.half(9), eval(\"1 + 2\"))\n\
             print(9223372036854775807 + 1)\nprint(lib.fail([1]))\n",
        ),
    ] {
        let path = project.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let wanted = all(&mochi(&project, &["run", "src/main.mochi"]));
    assert!(
        wanted.0.starts_with("40 ") && wanted.1.contains("lib/a.mochi:3") && wanted.2 == Some(1),
        "{wanted:?}"
    );
    bundle(&project, &["src/main.mochi", "-o", "../program"]);
    fs::remove_dir_all(&project).unwrap();
    // Arguments are the program's, whatever they look like.
    for args in [&[][..], &["--help"], &["run", "other.mochi"]] {
        let found = Command::new(here.join("program")).args(args).current_dir("/").output().unwrap();
        assert_eq!(all(&found), wanted);
    }
}

#[test]
fn bounds_are_kept() {
    let here = folder("bounds");
    fs::write(
        here.join("main.mochi"),
        "fun deep(n: int): int { return 1 + deep(n + 1) }\n\
         import go \"os\" as os auto\nprint(1)\nprint(os.Getenv(\"HOME\"))\nprint(deep(1))\n",
    )
    .unwrap();
    let options = ["--max-depth", "50", "--deny-env"];
    let wanted = all(&mochi(&here, &[&["run"], &options[..], &["main.mochi"]].concat()));
    assert!(wanted.1.contains("denied by `--deny-env`"), "{wanted:?}");
    bundle(&here, &[&options[..], &["main.mochi"]].concat());
    assert_eq!(all(&Command::new(here.join("main")).output().unwrap()), wanted);
    bundle(&here, &["--max-depth", "50", "main.mochi"]);
    let found = all(&Command::new(here.join("main")).output().unwrap());
    assert_eq!(found, all(&mochi(&here, &["run", "--max-depth", "50", "main.mochi"])));
    // Without a bundle there is nobody to keep to them.
    let refused = mochi(&here, &["build", "--deny-env", "main.mochi"]);
    assert!(text(&refused.stderr).contains("only a program with `--bundle` keeps to limits"));
}

#[test]
fn other_ways_to_build_point_to_bundles() {
    let here = folder("pointed");
    fs::write(here.join("dynamic.mochi"), "print(eval(\"1\"))\n").unwrap();
    fs::write(here.join("plain.mochi"), "print(1)\n").unwrap();
    let said = |args: &[&str]| {
        let output = mochi(&here, args);
        assert_ne!(output.status.code(), Some(0));
        text(&output.stderr)
    };
    assert!(said(&["build", "dynamic.mochi"]).contains("`mochi build --bundle`"));
    assert!(said(&["build", "plain.mochi"]).contains("`--bundle` needs none"));
    let useless = said(&["build", "--bundle", "--cc", "gcc", "plain.mochi"]);
    assert!(useless.contains("takes no options that concern one"), "{useless}");
    let elsewhere = said(&["build", "--bundle", "--target", "aarch64-linux-gnu", "plain.mochi"]);
    assert!(elsewhere.contains("machines like this one only"), "{elsewhere}");
    fs::write(here.join("wrong.mochi"), "print(x)\n").unwrap();
    assert!(said(&["build", "--bundle", "wrong.mochi"]).contains("wrong.mochi:1:7"));
    assert_eq!(fs::read_dir(&here).unwrap().count(), 3);
}

/// The same program gives the same bytes; any damage behind the interpreter is noticed, and so is a lost end.
#[test]
fn damaged_bundles_are_refused() {
    let here = folder("damaged");
    fs::write(here.join("main.mochi"), "print(\"whole\")\n").unwrap();
    bundle(&here, &["main.mochi"]);
    let sound = fs::read(here.join("main")).unwrap();
    bundle(&here, &["main.mochi"]);
    assert!(fs::read(here.join("main")).unwrap() == sound);
    let sizes = mochi(&here, &["build", "--bundle", "--size", "main.mochi"]);
    let numbers: Vec<usize> = text(&sizes.stdout)
        .lines()
        .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
        .collect();
    let [all, interpreter, program] = numbers[..] else { panic!("{numbers:?}") };
    assert!(all == sound.len() && all == interpreter + program, "{numbers:?}");
    // What debuggers read is left out, where that is known.
    let mochi = fs::metadata(env!("CARGO_BIN_EXE_mochi")).unwrap().len() as usize;
    assert!(interpreter < mochi || !cfg!(target_os = "linux"));
    let refused_as = |bytes: &[u8], part: &str| {
        fs::write(here.join("main"), bytes).unwrap();
        let output = Command::new(here.join("main")).arg("--version").output().unwrap();
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{said}");
        let wanted = format!("mochi: this bundle cannot be run: the {part} in it is damaged");
        assert!(said.starts_with(&wanted), "{said}");
    };
    let refused = |bytes: &[u8]| refused_as(bytes, "program");
    // A byte of a message that is not shown: what is executed may fail before anything is looked at.
    let message = b"division by zero";
    let at = sound.windows(message.len()).position(|bytes| bytes == message).expect("a message");
    let mut bytes = sound.clone();
    bytes[at] ^= 1;
    refused_as(&bytes, "interpreter");
    for at in [interpreter, interpreter + program / 2, sound.len() - 49, sound.len() - 1] {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        refused(&bytes);
    }
    refused(&sound[..interpreter]);
    refused(&sound[..sound.len() - 1]);
}
