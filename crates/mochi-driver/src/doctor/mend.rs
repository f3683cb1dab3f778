//! Which command brings a tool, by the package manager that is there.

use crate::native::in_path;

/// Something that can be installed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// GCC with the headers of the C library.
    Gcc,
    Clang,
    Zig,
    Tcc,
    Lld,
    Gdb,
    Git,
    /// Runs programs for other processors.
    Qemu,
    /// Runs programs for Windows.
    Wine,
}

/// How packages are installed: a program that tells where that is so, the command, and the packages in the order of
/// [`Need`]. Empty where there is no package.
struct Manager {
    program: &'static str,
    command: &'static str,
    packages: [&'static str; 9],
}

const MANAGERS: [Manager; 8] = [
    Manager {
        program: "apt-get",
        command: "apt install",
        packages: ["gcc libc6-dev", "clang", "", "tcc", "lld", "gdb", "git", "qemu-user", "wine"],
    },
    Manager {
        program: "dnf",
        command: "dnf install",
        packages: ["gcc glibc-devel", "clang", "zig", "tcc", "lld", "gdb", "git", "qemu-user", "wine"],
    },
    Manager {
        program: "pacman",
        command: "pacman -S",
        packages: ["gcc", "clang", "zig", "tcc", "lld", "gdb", "git", "qemu-user", "wine"],
    },
    Manager {
        program: "apk",
        command: "apk add",
        packages: [
            "gcc musl-dev",
            "clang musl-dev",
            "zig",
            "tcc",
            "lld",
            "gdb",
            "git",
            "qemu-aarch64",
            "wine",
        ],
    },
    Manager {
        program: "zypper",
        command: "zypper install",
        packages: ["gcc glibc-devel", "clang", "zig", "tcc", "lld", "gdb", "git", "qemu-linux-user", "wine"],
    },
    Manager {
        program: "xcode-select",
        command: "xcode-select --install",
        packages: ["", "", "", "", "", "", "", "", ""],
    },
    Manager {
        program: "brew",
        command: "brew install",
        packages: ["gcc", "llvm", "zig", "", "lld", "gdb", "git", "qemu", "wine-stable"],
    },
    Manager {
        program: "winget",
        command: "winget install",
        packages: ["", "LLVM.LLVM", "zig.zig", "", "LLVM.LLVM", "", "Git.Git", "", ""],
    },
];

/// The command that installs something here, or where to get it.
pub fn install(need: Need) -> String {
    let with = MANAGERS.iter().filter(|manager| in_path(manager.program).is_some());
    command(need, with).unwrap_or_else(|| elsewhere(need).to_owned())
}

fn command<'a>(need: Need, mut managers: impl Iterator<Item = &'a Manager>) -> Option<String> {
    managers.find_map(|manager| {
        // Apple's own tools have a C compiler, a debugger and Git.
        if manager.program == "xcode-select" {
            return matches!(need, Need::Gcc | Need::Clang | Need::Git | Need::Gdb)
                .then(|| manager.command.to_owned());
        }
        let package = manager.packages[need as usize];
        (!package.is_empty()).then(|| format!("{} {package}", manager.command))
    })
}

fn elsewhere(need: Need) -> &'static str {
    match need {
        Need::Gcc => "install GCC (https://gcc.gnu.org/install/binaries.html) or Zig",
        Need::Clang | Need::Lld => "https://releases.llvm.org",
        Need::Zig => "pip install ziglang, or https://ziglang.org/download",
        Need::Tcc => "https://bellard.org/tcc",
        Need::Gdb => "https://sourceware.org/gdb",
        Need::Git => "https://git-scm.com/downloads",
        Need::Qemu => "https://www.qemu.org/download",
        Need::Wine => "https://www.winehq.org",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manager_that_is_there_is_named() {
        let with =
            |need, program: &str| command(need, MANAGERS.iter().filter(|manager| manager.program == program));
        assert_eq!(with(Need::Gcc, "apt-get").as_deref(), Some("apt install gcc libc6-dev"));
        assert_eq!(with(Need::Wine, "brew").as_deref(), Some("brew install wine-stable"));
        assert_eq!(with(Need::Clang, "winget").as_deref(), Some("winget install LLVM.LLVM"));
        assert_eq!(with(Need::Git, "xcode-select").as_deref(), Some("xcode-select --install"));
        assert_eq!(with(Need::Zig, "apt-get"), None);
        assert_eq!(with(Need::Git, "none"), None);
    }
}
