//! Machines that this one is not: emulators and the like that run programs of other targets.
//!
//! Each is a script `run-NAME` in `target/tools/bin` that takes a program, and is brought there from Debian's archive and
//! the Python package index without touching the system. Some take parts of others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Result, failed};
use crate::provision::{Apt, Venv, launcher, link, shell_script};

/// Something that runs programs.
pub struct Machine {
    /// What comes after `run-` in the name of its script.
    pub name: &'static str,
    /// Brings it into `target/tools`.
    bring: fn(&Path) -> Result<()>,
}

pub const QEMU_AARCH64: Machine = Machine { name: "aarch64", bring: |tools| qemu(tools, "aarch64", "arm64") };
pub const QEMU_RISCV64: Machine =
    Machine { name: "riscv64", bring: |tools| qemu(tools, "riscv64", "riscv64") };
pub const WINE: Machine = Machine { name: "windows", bring: wine };
pub const WINE_AARCH64: Machine = Machine { name: "windows-aarch64", bring: wine_aarch64 };
pub const WASMTIME: Machine = Machine { name: "wasi", bring: wasmtime };
pub const MACOS: Machine = Machine { name: "macos", bring: macho_run };
pub const CORTEX_M3: Machine = Machine { name: "cortex-m3", bring: qemu_cortex_m3 };
pub const MACOS_AARCH64: Machine = Machine { name: "macos-aarch64", bring: macho_run_aarch64 };

impl Machine {
    /// Its script, brought if it is not there.
    pub fn find(&self, tools: &Path) -> Result<PathBuf> {
        let script = self.script(tools);
        if !script.is_file() {
            eprintln!("bringing what runs programs for {}", self.name);
            (self.bring)(tools)?;
        }
        Ok(script)
    }

    fn script(&self, tools: &Path) -> PathBuf {
        tools.join("bin").join(format!("run-{}", self.name))
    }
}

/// Writes a script that sets `program` to the absolute path of its first argument.
fn script(tools: &Path, name: &str, before: &str, command: &str) -> Result<()> {
    let text = format!("program=$(realpath \"$1\"); shift\n{before} {command}");
    shell_script(&tools.join("bin").join(format!("run-{name}")), &text)
}

/// Older versions than that of the backports do not see that code changed.
fn qemu(tools: &Path, arch: &str, debian: &str) -> Result<()> {
    let folder = tools.join("qemu");
    let own = Apt::own(tools)?;
    let apt = own.other_suite(tools, "bookworm-backports").unwrap_or(own);
    apt.unpack_files("qemu-user", &[&format!("./usr/bin/qemu-{arch}")], &folder)?;
    let sysroot = tools.join(format!("sysroot-{arch}"));
    Apt::own(tools)?.unpack(&[&format!("libc6-{debian}-cross")], &sysroot)?;
    let command = format!(
        "'{}' -L '{}' \"$program\" \"$@\"",
        folder.join(format!("usr/bin/qemu-{arch}")).display(),
        sysroot.join(format!("usr/{arch}-linux-gnu")).display()
    );
    script(tools, arch, "exec", &command)
}

/// A whole board with memory for code at 0 and for data at 0x20000000, 4 MiB each; the program talks to qemu itself. What
/// comes out of its UART is seen where the environment says `MOCHI_SERIAL=stdio`.
fn qemu_cortex_m3(tools: &Path) -> Result<()> {
    let folder = tools.join("qemu-system");
    let packages = [
        "qemu-system-arm",
        "qemu-system-data",
        "libaio1",
        "libbpf1",
        "libcapstone4",
        "libdaxctl1",
        "libfdt1",
        "libfuse3-3",
        "libglib2.0-0",
        "libibverbs1",
        "libjpeg62-turbo",
        "libndctl6",
        "libnl-3-200",
        "libnl-route-3-200",
        "libnuma1",
        "libpixman-1-0",
        "libpmem1",
        "libpng16-16",
        "librdmacm1",
        "libsasl2-2",
        "libseccomp2",
        "libslirp0",
        "liburing2",
        "libvdeplug2",
    ];
    Apt::own(tools)?.unpack(&packages, &folder)?;
    let libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];
    let libraries = libraries.map(|path| folder.join(path).display().to_string()).join(":");
    let command = format!(
        "'{}' -L '{}' -M mps2-an385 -cpu cortex-m3 -nographic -monitor none \
         -serial \"${{MOCHI_SERIAL:-none}}\" -semihosting-config enable=on,target=native \
         -kernel \"$program\" \"$@\"",
        folder.join("usr/bin/qemu-system-arm").display(),
        folder.join("usr/share/qemu").display()
    );
    script(tools, "cortex-m3", &format!("export LD_LIBRARY_PATH='{libraries}'\nexec"), &command)
}

/// What Wine is told: no messages, no windows, a folder of its own for what it takes for the disk.
fn wine_environment(prefix: &Path) -> String {
    format!(
        "unset DISPLAY WAYLAND_DISPLAY\n\
         export WINEPREFIX='{}' WINEDEBUG=-all WINEARCH=win64\n\
         export WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=;explorer.exe='\n",
        prefix.display()
    )
}

/// Makes the disk once: programs that start together would do so together.
fn wine_boot(tools: &Path, prefix: &Path, loader: &Path) -> Result<()> {
    fs::create_dir_all(prefix).context(|| format!("create {}", prefix.display()))?;
    let boot = format!(
        "{}timeout 300 '{}' wineboot -i >/dev/null 2>&1; i=0\n\
         while [ ! -f \"$WINEPREFIX/system.reg\" ] && [ $i -lt 300 ]; do sleep 0.2; i=$((i+1)); done\n\
         [ -f \"$WINEPREFIX/system.reg\" ]",
        wine_environment(prefix),
        loader.display()
    );
    let file = tools.join("bin/wine-boot");
    shell_script(&file, &boot)?;
    let made = Command::new(&file).status().context(|| "start Wine".into())?;
    let _ = fs::remove_file(&file);
    if made.success() { Ok(()) } else { failed("Wine does not make its disk") }
}

/// Runs a program, one at a time. What it reads and prints goes through files: what Wine leaves running holds the other end
/// of a pipe for seconds. Now and then its server stops answering, under qemu mostly, and all that is started waits for it; then
/// everything of this Wine, which lies in `folder`, is ended, and the program is started again.
fn wine_command(folder: &Path, prefix: &Path, start: &Path, filter: &str) -> String {
    format!(
        "files=$(mktemp -d); trap 'rm -rf \"$files\"' EXIT; cat >\"$files/in\"\n\
         exec 9>'{prefix}.lock'; flock 9\n\
         attempt() {{\n\
           timeout --foreground -k 1 100 '{start}' \"$program\" \"$@\" \\\n\
             <\"$files/in\" >\"$files/out\" 2>\"$files/err\" 9>&-\n\
         }}\n\
         attempt \"$@\"; status=$?\n\
         if [ $status -eq 124 ] || [ $status -eq 137 ]; then\n\
           for process in /proc/[0-9]*; do\n\
             case $(tr '\\0' ' ' 2>/dev/null <$process/cmdline) in\n\
               *'{folder}/'*) kill -9 ${{process#/proc/}} 2>/dev/null ;;\n\
             esac\n\
           done\n\
           attempt \"$@\"; status=$?\n\
         fi\n\
         cat \"$files/out\"; {filter} <\"$files/err\" >&2\n\
         exit $status",
        prefix = prefix.display(),
        start = start.display(),
        folder = folder.display()
    )
}

fn wine(tools: &Path) -> Result<()> {
    let folder = tools.join("wine");
    Apt::own(tools)?.unpack(&["wine64", "libwine", "libunwind8", "libz-mingw-w64"], &folder)?;
    let (loader, libraries) = (folder.join("usr/lib/wine/wine64"), folder.join("usr/lib/x86_64-linux-gnu"));
    // What the package has under this name looks for the installed one.
    link(Path::new("wineserver64"), &folder.join("usr/lib/wine/wineserver"))?;
    let (start, prefix) = (tools.join("bin/wine-x64"), tools.join("wine-disk"));
    // Looked for among the installed ones, or on the disk.
    let (zlib, system) = ("zlib1.dll", prefix.join("drive_c/windows/system32"));
    fs::create_dir_all(&system).context(|| format!("create {}", system.display()))?;
    fs::copy(folder.join("usr/x86_64-w64-mingw32/lib").join(zlib), system.join(zlib))
        .context(|| format!("copy {zlib}"))?;
    let found = format!("LD_LIBRARY_PATH='{}' exec '{}'", libraries.display(), loader.display());
    launcher(&start, &found)?;
    wine_boot(tools, &prefix, &start)?;
    let command = wine_command(&folder, &prefix, &start, "cat");
    script(tools, "windows", &wine_environment(&prefix), &command)
}

/// Wine for aarch64 under qemu: every program that it starts is a script that calls qemu. Its desktop is refused, which was
/// seen to start itself without end.
fn wine_aarch64(tools: &Path) -> Result<()> {
    let qemu = tools.join("qemu/usr/bin/qemu-aarch64");
    if !qemu.is_file() {
        QEMU_AARCH64.find(tools)?;
    }
    let root = tools.join("wine-aarch64");
    let apt = Apt::foreign(tools, "arm64")?;
    apt.unpack(&["wine64", "libwine", "libc6", "libgcc-s1", "libunwind8", "liblzma5"], &root)?;
    let prepare = root.join("prepare");
    shell_script(
        &prepare,
        &format!(
            "set -e; root='{root}'; qemu='{qemu}'; w=$root/usr/lib/wine\n\
             if [ -d $root/lib ] && [ ! -L $root/lib ]; then cp -a $root/lib/. $root/usr/lib/; rm -rf $root/lib; fi\n\
             ln -sfn usr/lib $root/lib\n\
             rm -f $w/wineserver\n\
             for p in wine64 wineserver64; do\n\
               [ -f $w/$p.elf ] || mv $w/$p $w/$p.elf\n\
               printf '#!/bin/sh\\nexec %s -L %s %s \"$@\"\\n' $qemu $root $w/$p.elf >$w/$p\n\
             done\n\
             ln -s wineserver64 $w/wineserver\n\
             for p in wine-preloader wine64-preloader; do\n\
             rm -f $w/$p\n\
             cat >$w/$p <<END\n\
             #!/bin/sh\n\
             case \"\\$*\" in *[Ee]xplorer.exe*/desktop*) exit 1 ;; esac\n\
             WINE_DEPTH=\\$((\\${{WINE_DEPTH:-0}} + 1)); export WINE_DEPTH\n\
             [ \\$WINE_DEPTH -le 12 ] || exit 1\n\
             exec $qemu -L $root \"\\$@\"\n\
             END\n\
             done\n\
             chmod 755 $w/wine64 $w/wineserver64 $w/wine*-preloader",
            root = root.display(),
            qemu = qemu.display()
        ),
    )?;
    let done = Command::new(&prepare).status().context(|| "start sh".into())?;
    if !done.success() {
        return failed("cannot prepare Wine for aarch64");
    }
    let (start, prefix) = (root.join("usr/lib/wine/wine64"), tools.join("wine-aarch64-disk"));
    wine_boot(tools, &prefix, &start)?;
    // A note that a library for fonts is missing comes before everything else.
    let filter = "grep -a -v -i -e freetype -e 'or equal to 2' -e 'font support'";
    let command = wine_command(&root, &prefix, &start, filter);
    script(tools, "windows-aarch64", &wine_environment(&prefix), &command)
}

fn wasmtime(tools: &Path) -> Result<()> {
    let venv = Venv::with(tools, "wasmtime-venv", "wasmtime==50.0.1")?;
    let run = tools.join("wasi.py");
    fs::write(&run, include_str!("../tools/wasi.py")).context(|| format!("write {}", run.display()))?;
    let command = format!("'{}' '{}' \"$program\" \"$@\"", venv.python().display(), run.display());
    script(tools, "wasi", "exec", &command)
}

fn macho_run(tools: &Path) -> Result<()> {
    let made = tools.join("bin/macho-run");
    build_macho_run(tools, &made, &[])?;
    script(tools, "macos", "exec", &format!("'{}' \"$program\" \"$@\"", made.display()))
}

fn macho_run_aarch64(tools: &Path) -> Result<()> {
    let (made, qemu) = (tools.join("bin/macho-run-aarch64"), QEMU_AARCH64.find(tools)?);
    build_macho_run(tools, &made, &["-target", "aarch64-linux-gnu.2.34"])?;
    let command = format!("'{}' '{}' \"$program\" \"$@\"", qemu.display(), made.display());
    script(tools, "macos-aarch64", "exec", &command)
}

fn build_macho_run(tools: &Path, made: &Path, target: &[&str]) -> Result<()> {
    let source = tools.join("macho-run.c");
    fs::write(&source, include_str!("../tools/macho-run.c"))
        .context(|| format!("write {}", source.display()))?;
    let mut zig = Command::new(tools.join("bin/zig"));
    zig.arg("cc").args(target).args(["-O1", "-fno-sanitize=all", "-rdynamic", "-w"]).arg(&source);
    let status = zig.arg("-o").arg(made).args(["-ldl", "-lm", "-lpthread"]).status();
    let status = status.context(|| "start zig".into())?;
    if status.success() { Ok(()) } else { failed("zig does not build macho-run") }
}
