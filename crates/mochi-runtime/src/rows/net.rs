//! Requests to other computers, and what they take from the environment.

use std::time::Duration;

use mochi_abi::{Cell, ElemKind, TrapKind};

use crate::host::HttpRequest;
use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// Sends a request over HTTP: method, URL, lines of `name: value`, body (none when empty), seconds until it fails. The
/// status of the answer and its body.
pub fn http_request(
    rt: &mut Runtime,
    method: Cell,
    url: Cell,
    headers: Cell,
    body: Cell,
    seconds: f64,
) -> Outcome<Cell> {
    // Waiting must not hide what was written before.
    rt.flush()?;
    let [method, url, headers, body] =
        [method, url, headers, body].map(|text| rt.heap.str(&text).to_string());
    let request = HttpRequest {
        method: &method,
        url: &url,
        headers: headers.lines().filter_map(|line| line.split_once(": ")).collect(),
        body: body.as_bytes(),
        timeout: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
        most: rt.heap.account.limit,
    };
    let response = rt.host().http(&request).map_err(|error| Trap::io(format!("fetch {url}"), &error))?;
    let text = String::from_utf8(response.body)
        .map_err(|_| Trap::new(TrapKind::Data, format!("malformed text at {url}: not UTF-8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let status = rt.heap.box_int(i64::from(response.status))?;
    let text = rt.heap.new_str(text)?;
    rt.heap.list_from(ElemKind::Cell, &[status.0, text.0])
}

/// An environment variable; none when it is not set.
pub fn env_get(rt: &mut Runtime, name: Cell) -> Outcome<Cell> {
    let name = rt.heap.str(&name).to_string();
    let value = rt.host().variable(&name);
    let value = value.map_err(|error| Trap::io(format!("read the environment variable {name}"), &error))?;
    value.map_or(Ok(Cell::NONE), |value| rt.heap.new_str(&value))
}

/// A setting of language models from the environment, whose name starts with `MOCHI_LLM_`; none when it is not set.
pub fn llm_setting(rt: &mut Runtime, name: Cell) -> Outcome<Cell> {
    let name = rt.heap.str(&name).to_string();
    // What the user set for `generate`, not the environment of the program: `--deny-env` does not refuse it.
    let value = if name.starts_with("MOCHI_LLM_") { rt.host().env(&name) } else { None };
    value.map_or(Ok(Cell::NONE), |value| rt.heap.new_str(&value))
}
