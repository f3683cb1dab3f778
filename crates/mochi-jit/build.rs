//! Says with `cfg(compiles)` for which machines there is a compiler: those with a library of stencils and memory for code.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(compiles)");
    println!("cargo::rerun-if-changed=build.rs");
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && matches!(target("ARCH").as_str(), "x86_64" | "aarch64") {
        println!("cargo::rustc-cfg=compiles");
    }
}
