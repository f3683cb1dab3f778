//! The script by which gdb shows values as Mochi writes them, in executables for debugging.

use std::fmt::Write;

const SCRIPT: &str = include_str!("../../../../runtime/gdb/mochi.py");

/// C that puts the script where gdb looks for it: a byte for its kind, a line with its name, its text and NUL, in the
/// section `.debug_gdb_scripts` (manual of gdb, "dotdebug_gdb_scripts section").
pub(super) fn section() -> String {
    let mut out = String::from(
        "\n#if defined(__ELF__) && defined(__GNUC__) && !defined(__TINYC__)\nstatic const unsigned char mo_gdb_script[] \
         __attribute__((section(\".debug_gdb_scripts\"), used)) = {\n    4,",
    );
    for line in ["gdb.inlined-script"].into_iter().chain(SCRIPT.lines()) {
        out.push_str("\n    ");
        for byte in line.bytes().chain([b'\n']) {
            let _ = write!(out, "{byte},");
        }
    }
    out.push_str("\n    0};\n#endif\n");
    out
}
