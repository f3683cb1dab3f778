//! `cargo xtask bench`: how fast, how big, and compared with what.
//!
//! A run goes through five parts, each its own module: the kernels under every contender ([`kernels`], [`contenders`]),
//! startup of a small program ([`startup`]), the front end on a large generated source ([`frontend`]), the compiler
//! of native code ([`native_code`]), and building a small program ([`building`]). Contenders take turns on a kernel, so that a slow minute of the machine hits all of
//! them; figures are CPU time of the whole process. Outputs are compared before anything is believed.

mod building;
mod compare;
mod contenders;
mod frontend;
mod history;
mod kernels;
mod large_source;
mod native_code;
mod options;
mod provision;
mod race;
mod report;
mod startup;
mod stats;
mod table;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::failure::{Context, Failure, Result, failed};
use crate::skips::Skips;
use crate::workspace::{self, on_path};
use contenders::Contender;
use kernels::Size;
use options::Options;
use race::{Row, race};

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    if args.raw_args()?.next_if(|word| word == "report").is_some() {
        return report::main(args);
    }
    let Some(options) = Options::parse(args)? else { return Ok(()) };
    if let Some(revision) = &options.compare {
        return compare::run(&options, revision);
    }
    run(&options, &mut Skips::default())
}

/// Small sizes under everything that is installed: do all outputs agree? Peers that are missing become skips.
pub fn check_outputs(mochi: PathBuf, skips: &mut Skips) -> Result<()> {
    let options = Options { quick: true, runs: Some(1), mochi: Some(mochi), ..Options::standard() };
    run(&options, skips)
}

/// A part of the report: what to print and what to keep.
struct Part {
    text: String,
    rows: Value,
}

fn run(options: &Options, skips: &mut Skips) -> Result<()> {
    let root = workspace::root()?;
    let scratch = workspace::target_dir(&root).join("bench");
    let tools = root.join("target/tools");
    if options.provision {
        provision::bring_missing(&tools)?;
    }
    let mochi = match &options.mochi {
        _ if options.modes.is_empty() => None,
        Some(file) => Some(file.canonicalize().context(|| format!("find {}", file.display()))?),
        None => Some(workspace::build_mochi(&root)?),
    };
    let field = field(options, mochi.as_deref(), &tools, skips);
    let size = if options.quick { Size::Quick } else { Size::Full };
    let rows = kernel_races(options, &field, size, &root, &scratch)?;
    let mut troubles = troubles(&field, &rows);
    if !options.quick {
        print!("{}", table::render(&field, &rows));
    }
    let mut document =
        json!({ "run": history::this_run(&root), "kernels": history::kernel_rows(&field, &rows, size) });

    if let (Some(binary), None) = (&mochi, &options.filter) {
        let startup = startup::measure(&root, binary, options.quick, &scratch);
        let frontend = frontend::measure(binary, options.quick, options.limit, &scratch);
        let native = native_code::measure(binary, options.quick, options.limit, &scratch);
        let building = building::measure(binary, options.quick, options.limit, &scratch);
        let parts =
            [("startup", startup), ("frontend", frontend), ("native_code", native), ("building", building)];
        for (name, part) in parts {
            match part {
                Ok(part) => {
                    print!("{}", part.text);
                    document[name] = part.rows;
                }
                Err(Failure::Failed(why) | Failure::Usage(why)) => troubles.push(why),
            }
        }
    }
    if let Some(file) = &options.json {
        let text = serde_json::to_string_pretty(&document).context(|| "write JSON".into())?;
        std::fs::write(file, text + "\n").context(|| format!("write {}", file.display()))?;
    }
    if !troubles.is_empty() {
        return failed(format!("figures are missing or wrong\n  {}", troubles.join("\n  ")));
    }
    if !options.record {
        return Ok(());
    }
    history::append(&root, &document)?;
    report::write(&root.join("bench/history"), &root.join("bench/report"))
}

/// The modes of `mochi` and the peers that are wanted and here.
fn field(options: &Options, mochi: Option<&Path>, tools: &Path, skips: &mut Skips) -> Vec<Contender> {
    let mut modes = options.modes.clone();
    if on_path("cc").is_none() && modes.iter().any(|mode| mode == contenders::BUILD) {
        skips.add("mode.build", "there is no C compiler `cc`");
        modes.retain(|mode| mode != contenders::BUILD);
    }
    let mut field = mochi.map_or(Vec::new(), |binary| contenders::modes(&modes, binary));
    for peer in contenders::peer_names() {
        if options.peers.as_ref().is_some_and(|wanted| !wanted.iter().any(|name| name == peer)) {
            continue;
        }
        match contenders::find_peer(peer, tools) {
            Some(found) => field.push(found),
            None => skips.add(format!("peer.{peer}"), "not installed; try `cargo xtask bench --provision`"),
        }
    }
    for contender in &field {
        eprintln!("{:12} {}", contender.name, contender.version);
    }
    field
}

fn kernel_races(
    options: &Options,
    field: &[Contender],
    size: Size,
    root: &Path,
    scratch: &Path,
) -> Result<Vec<Row>> {
    let mut kernels = kernels::discover(root)?;
    kernels.retain(|kernel| options.filter.as_ref().is_none_or(|filter| kernel.name.contains(filter)));
    if kernels.is_empty() {
        return failed("no kernel has such a name");
    }
    let mut rows = Vec::new();
    for kernel in kernels {
        eprint!("{:22}", kernel.name);
        let row = race(kernel, field, size, options, scratch)?;
        for (contender, cell) in field.iter().zip(&row.cells) {
            let time = cell.samples.cpu_median().filter(|_| cell.trouble.is_none());
            eprint!("  {} {}", contender.name, time.map_or("FAILED".into(), |cpu| format!("{cpu:.2}")));
        }
        eprintln!();
        rows.push(row);
    }
    Ok(rows)
}

/// Who did not do its work, and where. A peer that is too slow has no figure, which is only mentioned.
fn troubles(field: &[Contender], rows: &[Row]) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows {
        for (contender, cell) in field.iter().zip(&row.cells) {
            let Some(why) = &cell.trouble else { continue };
            let trouble = format!("{} under {}: {why}", row.kernel.name, contender.name);
            if cell.late && contender.is_peer() {
                eprintln!("no figure: {trouble}");
            } else {
                found.push(trouble);
            }
        }
    }
    found
}
