//! `fetch` over HTTP, against a server on this computer.

mod server;

use std::process::Command;
use std::time::Duration;

use server::{Request, answer, start};

fn respond(request: &Request) -> Vec<u8> {
    let path = request.target.split('?').next().unwrap_or_default();
    match path {
        "/values" => answer("200 OK", br#"{"n": 1, "big": 12345678901234567890, "name": "\u00e9", "list": [true, null]}"#),
        "/people" => answer("200 OK", br#"[{"name": "Ann", "age": 30}, {"name": "Bob", "age": 41}]"#),
        "/wrong" => answer("200 OK", br#"[{"name": "Ann", "age": 30}, {"name": "Bob"}]"#),
        "/echo" => {
            let body = if request.body.is_empty() { "null" } else { &request.body };
            let fields = ["accept", "content-type", "x-test", "user-agent"]
                .map(|name| format!("{name:?}: {:?}", request.header(name)))
                .join(", ");
            let (method, target) = (&request.method, &request.target);
            let text = format!(r#"{{"method": "{method}", "target": "{target}", "body": {body}, {fields}}}"#);
            answer("200 OK", text.as_bytes())
        }
        "/missing" => answer("404 Not Found", b"no such page\n\n  sorry\nthird\nfourth"),
        "/broken" => answer("500 Internal Server Error", b""),
        "/redirect" => answer("302 Found\r\nLocation: /values\r\n", b""),
        "/kept307" => answer("307 Temporary Redirect\r\nLocation: /echo?kept\r\n", b""),
        "/deep/kept308" => answer("308 Permanent Redirect\r\nLocation: ../echo\r\n", b""),
        "/loop307" => answer("307 Temporary Redirect\r\nLocation: loop307\r\n", b""),
        "/turned" => answer("303 See Other\r\nLocation: /echo\r\n", b""),
        "/loop" => answer("302 Found\r\nLocation: /loop\r\n", b""),
        "/to_https" => {
            answer(&format!("302 Found\r\nLocation: https://{}/\r\n", request.header("host")), b"")
        }
        "/to_file" => answer("302 Found\r\nLocation: file:///etc/hostname\r\n", b""),
        "/chunked" => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\n[1,\r\n4\r\n 2]\n\r\n0\r\n\r\n".to_vec(),
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n[1, 2".to_vec(),
        "/html" => answer("200 OK", b"<html>"),
        "/latin1" => answer("200 OK", b"\"\xe9\""),
        "/mark" => answer("200 OK", b"\xef\xbb\xbf[1]"),
        "/nothing" => b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec(),
        "/garbage" => b"SSH-2.0-OpenSSH\r\n\r\n".to_vec(),
        "/slow" => {
            std::thread::sleep(Duration::from_secs(20));
            answer("200 OK", b"1")
        }
        _ => answer("400 Bad Request", b"unknown path"),
    }
}

/// Runs a program in which `HOST` stands for the server: exit status, output, errors.
fn run_with(options: &[&str], source: &str) -> (i32, String, String) {
    let source = source.replace("HOST", &start(respond));
    let output = Command::new(env!("CARGO_BIN_EXE_mochi"))
        .arg("run")
        .args(options)
        .args(["-e", &source])
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .env_remove("all_proxy")
        .env_remove("ALL_PROXY")
        .output()
        .expect("mochi starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn prints(source: &str, expected: &str) {
    let (status, stdout, stderr) = run_with(&[], source);
    assert_eq!((status, stdout.trim_end(), stderr.as_str()), (0, expected, ""), "{source}");
}

#[track_caller]
fn fails(source: &str, expected: &str) {
    fails_with(&[], source, expected);
}

#[track_caller]
fn fails_with(options: &[&str], source: &str, expected: &str) {
    let (status, _, stderr) = run_with(options, source);
    assert!(
        status == 1 && stderr.contains(expected),
        "{source}\nexpected {expected}\nfound {status} {stderr}"
    );
}

#[test]
fn numbers_are_floats() {
    prints(
        r#"fetch "HOST/values" into v print(v)"#,
        r#"{"big": 12345678901234567000.0, "list": [true, nil], "n": 1.0, "name": "é"}"#,
    );
}

#[test]
fn a_cast_converts() {
    let person = "type Person { name: string  age: int } ";
    prints(&format!("{person} let ps = fetch \"HOST/people\" as list<Person> print(ps[1].age + 1)"), "42");
    prints(&format!("{person} fetch \"HOST/people\" as list<Person> into ps print(ps[0].name)"), "Ann");
    prints(
        &format!("{person} let ps: list<Person> = fetch \"HOST/people\" print(ps[0])"),
        r#"{"__name": "Person", "age": 30, "name": "Ann"}"#,
    );
    prints(&format!("{person} let ps = (fetch \"HOST/people\") as list<Person> print(len(ps))"), "2");
    fails(
        &format!("{person} let ps = fetch \"HOST/wrong\" as list<Person> print(ps)"),
        "`[1]`: missing field `age` of Person",
    );
}

#[test]
fn options_make_the_request() {
    prints(
        r#"let e = fetch "HOST/echo?a=b#c" with {method: "put", headers: {"X-Test": "t"}, query: {"q r": "ä&="}, body: {x: [1, "y"]}}
           print(e.method, e.target, e["x-test"], e["content-type"], e.accept, e.body)"#,
        r#"PUT /echo?a=b&q%20r=%C3%A4%26%3D t application/json application/json {"x": [1.0, "y"]}"#,
    );
    prints(r#"let e = fetch "HOST/echo" with {body: "text"} print(e.method, e.body)"#, "POST text");
    prints(r#"let e = fetch "HOST/echo" print(e.method, e.body)"#, "GET nil");
    prints(
        r#"let e = fetch "HOST/echo" with {headers: {"Accept": "text/plain", "Content-Type": "x/y"}, body: 1} print(e.accept, e["content-type"])"#,
        "text/plain x/y",
    );
    prints(
        r#"print(starts((fetch "HOST/echo")["user-agent"])) fun starts(s: string): bool { return s.starts_with("mochi/") }"#,
        "true",
    );
}

#[test]
fn redirections_keep_method_and_body_where_http_says_so() {
    let post = |path: &str| {
        format!(
            r#"let e = fetch "HOST{path}" with {{body: [1, "x"], headers: {{"X-Test": "t"}}}}
               print(e.method, e.target, e.body, e["content-type"], e["x-test"])"#
        )
    };
    prints(&post("/kept307"), "POST /echo?kept [1.0, \"x\"] application/json t");
    prints(&post("/deep/kept308"), "POST /echo [1.0, \"x\"] application/json t");
    prints(&post("/turned"), "GET /echo nil  t");
    prints(
        r#"let e = fetch "HOST/kept307" with {method: "DELETE"} print(e.method, e.target)"#,
        "DELETE /echo?kept",
    );
    fails(&post("/loop307"), "more than 10 redirections");
}

#[test]
fn options_are_checked_when_they_are_made() {
    let program = |options: &str| format!("let o: any = {options} fetch \"HOST/values\" into v with o");
    fails(&program("{retries: 3}"), "fetch has no option `retries`");
    fails(&program("{timeout: 0}"), "timeout of fetch expects seconds");
    fails(&program("{method: \"G E T\"}"), "method of fetch expects a word");
    fails(
        &program("{headers: {\"a\": \"b\\nc: d\"}}"),
        "headers of fetch expects names and values without line ends",
    );
    fails(&program("{headers: {\"a\": 1}}"), "headers of fetch expects a map of strings");
    fails(&program("[1]"), "fetch expects a map of options");
}

#[test]
fn bodies_of_any_form_are_read() {
    prints(r#"print(fetch "HOST/chunked")"#, "[1.0, 2.0]");
    prints(r#"print(fetch "HOST/mark")"#, "[1.0]");
    prints(r#"print(fetch "HOST/nothing")"#, "nil");
    prints(r#"print((fetch "HOST/redirect").n)"#, "1");
}

#[test]
fn answers_that_are_no_data_are_errors() {
    fails(r#"fetch "HOST/missing" into v"#, "/missing: status 404: no such page / sorry / third\n");
    fails(r#"fetch "HOST/broken" into v"#, "/broken: status 500\n");
    fails(r#"fetch "HOST/html" into v"#, "/html:1:1: expected a value, found `<`");
    fails(r#"fetch "HOST/latin1" into v"#, "/latin1: not UTF-8");
    fails(r#"fetch "HOST/loop" into v"#, "more than 10 redirections");
    fails(r#"fetch "HOST/short" into v"#, "cannot fetch http://");
    fails(r#"fetch "HOST/garbage" into v"#, "cannot fetch http://");
    fails(r#"fetch "HOST/to_file" into v"#, "cannot fetch http://");
}

#[test]
fn no_answer_is_an_error() {
    fails(r#"print("first") fetch "HOST/slow" into v with {timeout: 0.3}"#, "no answer within 0.3 s");
    fails(r#"fetch "http://127.0.0.1:1/" into v"#, "cannot fetch http://127.0.0.1:1/: Connection refused");
    fails(r#"fetch "http://" into v"#, "cannot fetch http://");
    fails(r#"fetch "http://[::1" into v"#, "cannot fetch http://");
    fails(r#"fetch "gopher://x" into v"#, "unknown scheme `gopher`");
}

#[test]
fn https_is_a_feature_of_the_build() {
    if cfg!(feature = "https") {
        return fails(r#"fetch "https://127.0.0.1:1/" into v"#, "Connection refused");
    }
    fails(r#"fetch "https://example.org" into v"#, "this build of mochi has no https");
    fails(r#"fetch "HOST/to_https" into v"#, "this build of mochi has no https");
}

#[test]
fn denied_networks_are_not_reached() {
    fails_with(&["--deny-net"], r#"fetch "HOST/values" into v"#, "denied by `--deny-net`");
    fails_with(&["--deny-fs"], r#"fetch "x.json" into v"#, "denied by `--deny-fs`");
    fails_with(&["--deny-fs"], r#"fetch "file:x.json" into v"#, "denied by `--deny-fs`");
}

#[test]
fn what_was_printed_before_is_seen() {
    let (_, stdout, _) = run_with(&[], r#"print("before") fetch "HOST/missing" into v"#);
    assert_eq!(stdout, "before\n");
}
