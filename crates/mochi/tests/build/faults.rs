//! Builds that are ended, for whose end mochi is to blame, or for which there is no room.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{command, folder, mochi, names, script, text};

const PATIENCE: Duration = Duration::from_secs(60);

/// A build whose compiler does not end by itself.
struct Build {
    child: Child,
    work: PathBuf,
    temporary: PathBuf,
    /// Its number.
    compiler: String,
    begin: Instant,
}

impl Build {
    /// `wrapped` runs its arguments.
    fn start(name: &str, wrapped: &[&str]) -> Build {
        let folder = folder(name);
        let (work, temporary) = (folder.join("work"), folder.join("temporary"));
        fs::create_dir(&work).unwrap();
        fs::create_dir(&temporary).unwrap();
        fs::write(work.join("six.mochi"), "print(6)\n").unwrap();
        let started = folder.join("started");
        let line = format!(
            "case $1 in --version|-v) exit;; esac; echo $$ > '{0}.new'; mv '{0}.new' '{0}'; sleep 100",
            started.display()
        );
        let compiler = script(&folder, &line);
        let line =
            [wrapped, &[env!("CARGO_BIN_EXE_mochi"), "build", "--emit=obj", "--cc", &compiler, "six.mochi"]];
        let line = line.concat();
        let mut build = command(line[0], &work);
        build.args(&line[1..]).env("TMPDIR", &temporary).stderr(Stdio::piped());
        let (child, begin) = (build.spawn().unwrap(), Instant::now());
        while !started.exists() && begin.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(names(&work).len() == 2 && names(&temporary).len() == 1);
        let compiler = fs::read_to_string(started).unwrap().trim().to_owned();
        Build { child, work, temporary, compiler, begin }
    }

    fn signal(&self, name: &str) {
        assert!(signal(name, &self.child.id().to_string()));
    }

    /// It ends with this status, and neither files nor processes are left.
    fn ends(mut self, status: i32) {
        assert_eq!(self.child.wait().unwrap().code(), Some(status));
        assert_eq!((names(&self.work), names(&self.temporary)), (vec!["six.mochi".to_owned()], Vec::new()));
        while signal("-0", &self.compiler) {
            assert!(self.begin.elapsed() < PATIENCE, "the compiler goes on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn signal(name: &str, process: &str) -> bool {
    Command::new("kill").args([name, process]).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
fn signals_leave_nothing_behind() {
    for (name, status) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let build = Build::start(&format!("signal{name}"), &[]);
        build.signal(name);
        build.ends(status);
    }
}

/// What `nohup` does.
#[test]
#[cfg(target_os = "linux")]
fn builds_may_outlive_their_terminal() {
    let mut build = Build::start("nohup", &["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]);
    build.signal("-HUP");
    std::thread::sleep(Duration::from_millis(100));
    assert!(build.child.try_wait().unwrap().is_none());
    build.signal("-TERM");
    build.ends(143);
}

/// The C is ours, so it is our mistake when a compiler does not take it.
#[test]
fn a_compiler_that_rejects_our_c() {
    let folder = folder("rejected");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let complaint = "program.c:7:1: error: expected expression";
    let compiler = script(&folder, &format!("echo '{complaint}' >&2; exit 1"));
    let built = mochi(&folder, &["build", "--emit=obj", "--cc", &compiler, "six.mochi"]);
    let said = text(&built.stderr);
    assert_eq!(built.status.code(), Some(70), "{said}");
    for words in ["mochi: internal error: the C compiler failed", complaint, "please report it"] {
        assert!(said.contains(words), "no `{words}` in {said}");
    }
    assert_eq!(names(&folder), ["compiler", "six.mochi"]);
    // Unless the user had it say so.
    let args = ["build", "--emit=obj", "--cc", &compiler, "six.mochi", "--", "-std=c89"];
    super::fails(&folder, &args, &["without your options", "-std=c89"]);
}

/// A file system of a few pages, where that may be made.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk() {
    let folder = folder("full");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    fs::create_dir(folder.join("small")).unwrap();
    let in_small = |line: &str| {
        let mount = format!(
            "mount -t tmpfs -o size=64k none small && {{ cat /dev/zero > small/full; {line}; }} 2>&1"
        );
        command("unshare", &folder).args(["-Urm", "sh", "-c", &mount]).output()
    };
    if !in_small("true").is_ok_and(|output| output.status.success()) {
        eprintln!("left out: no file system can be mounted here");
        return;
    }
    let mochi = Path::new(env!("CARGO_BIN_EXE_mochi")).display();
    let output =
        in_small(&format!("{mochi} build --emit=obj -o small/six.o six.mochi; echo $?; ls -A small"))
            .unwrap();
    let said = text(&output.stdout);
    assert!(
        said.contains("mochi: cannot write `small/six.o`: No space left") && said.ends_with("\n1\nfull\n"),
        "{said}"
    );
    // A cache without room is a warning.
    let output =
        in_small(&format!("MOCHI_CACHE_DIR=small/cache {mochi} build --mode=dev six.mochi && ./six"))
            .unwrap();
    let said = text(&output.stdout);
    let warnings: Vec<&str> =
        said.lines().filter(|line| line.contains("warning: the build cache `small/cache` cannot")).collect();
    assert!(warnings.len() == 1 && said.ends_with("\n6\n"), "{said}");
}

/// A terminal is told what takes so long, and nothing of it stays there.
#[test]
#[cfg(target_os = "linux")]
fn slow_builds_say_so_on_a_terminal() {
    let folder = folder("slow");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let compiler = script(&folder, "case $1 in --version|-v) exit;; esac; sleep 0.8; exit 1");
    let build = format!("{} build --emit=obj --cc {compiler} six.mochi", env!("CARGO_BIN_EXE_mochi"));
    let mut terminal = command("script", &folder);
    let Ok(output) = terminal.args(["-qec", &build, "/dev/null"]).env("TERM", "xterm").output() else {
        eprintln!("left out: there is no `script`");
        return;
    };
    let said = text(&output.stdout);
    let at = said.find("\r\x1b[Kcompiling the program (0.").expect("the step is shown");
    let erased = said.rfind("\r\x1b[K").unwrap();
    assert!(erased > at && said[erased..].contains("the C compiler failed"), "{said:?}");
    let plain = mochi(&folder, &["build", "--emit=obj", "--cc", &compiler, "six.mochi"]);
    assert!(text(&plain.stderr).starts_with("mochi: the C compiler failed"));
}
