//! `generate` and `model`, against a server on this computer that answers as a language model would.

mod server;

use std::process::Command;

use server::{Request, answer, start};

/// What the model says is the request itself, or what the prompt asks for.
fn respond(request: &Request) -> Vec<u8> {
    let body = &request.body;
    let says = |content: &str| {
        let content = content.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let text =
            format!(r#"{{"choices": [{{"message": {{"role": "assistant", "content": "{content}"}}}}]}}"#);
        answer("200 OK", text.as_bytes())
    };
    if request.method != "POST" {
        return answer("405 Method Not Allowed", b"");
    }
    match request.target.as_str() {
        "/v1/chat/completions" | "/proxy/v2/chat/completions" => {
            if body.contains("ask for Ann") {
                says(r#"{"name": "Ann", "age": 30, "tags": ["x"]}"#)
            } else if body.contains("ask in a fence") {
                says("```json\n{\"name\": \"Bob\", \"age\": 41, \"tags\": []}\n```")
            } else if body.contains("ask for too little") {
                says(r#"{"name": "Ann"}"#)
            } else if body.contains("ask for prose") {
                says("Of course! Here is")
            } else if body.contains("no choices") {
                answer("200 OK", br#"{"choices": []}"#)
            } else {
                says(&format!("{} {} {body}", request.target, request.header("authorization")))
            }
        }
        "/v1/embeddings" => answer("200 OK", br#"{"data": [{"embedding": [3, 4.0]}]}"#),
        _ => answer("401 Unauthorized", br#"{"error": "no key"}"#),
    }
}

fn run(env: &[(&str, &str)], options: &[&str], source: &str) -> (i32, String, String) {
    let host = start(respond);
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.envs(env.iter().map(|(name, value)| (name, value.replace("HOST", &host))));
    let output = command.arg("run").args(options).args(["-e", &source.replace("HOST", &host)]).output();
    let output = output.expect("mochi starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn prints(env: &[(&str, &str)], source: &str, expected: &str) {
    let (status, stdout, stderr) = run(env, &[], source);
    assert_eq!((status, stdout.trim_end(), stderr.as_str()), (0, expected, ""), "{source}");
}

#[track_caller]
fn fails(env: &[(&str, &str)], source: &str, expected: &str) {
    let (status, _, stderr) = run(env, &[], source);
    assert!(
        status == 1 && stderr.contains(expected),
        "{source}\nexpected {expected}\nfound {status} {stderr}"
    );
}

const URL: (&str, &str) = ("MOCHI_LLM_URL", "HOST");

#[test]
fn text_comes_from_the_environments_model() {
    prints(
        &[URL, ("MOCHI_LLM_KEY", "secret"), ("MOCHI_LLM_MODEL", "m1")],
        r#"print(generate text { prompt: "hi", temperature: 0.5, max_tokens: 9, stop: ["x"] })"#,
        r#"/v1/chat/completions Bearer secret {"max_tokens":9,"messages":[{"content":"hi","role":"user"}],"model":"m1","stop":["x"],"temperature":0.5}"#,
    );
    prints(
        &[URL],
        r#"let t: string = generate text { prompt: "hi", model: "named", seed: 3 } print(t)"#,
        r#"/v1/chat/completions  {"messages":[{"content":"hi","role":"user"}],"model":"named","seed":3}"#,
    );
}

#[test]
fn model_blocks_name_servers() {
    let block = r#"model quick { url: "HOST/proxy/v2/" name: "q-1" key: "k" temperature: 0.1 }"#;
    let plain = r#"{"messages":[{"content":"hi","role":"user"}],"model":"q-1","temperature":0.1}"#;
    prints(
        &[],
        &format!("{block} print(generate text {{ prompt: \"hi\", model: \"quick\" }})"),
        &format!("/proxy/v2/chat/completions Bearer k {plain}"),
    );
    // The only one needs no name.
    prints(
        &[],
        &format!("{block} print(generate text {{ prompt: \"hi\" }})"),
        &format!("/proxy/v2/chat/completions Bearer k {plain}"),
    );
    // In functions, and fields of `generate` win.
    prints(
        &[],
        &format!(
            "{block} fun f(): string {{ return generate text {{ prompt: \"hi\", temperature: 0.9 }} }} print(f())"
        ),
        &format!("/proxy/v2/chat/completions Bearer k {}", plain.replace("0.1", "0.9")),
    );
    // The key of the environment is for the address of the environment.
    prints(
        &[("MOCHI_LLM_KEY", "secret")],
        r#"model m { url: "HOST" } print(generate text { prompt: "hi" })"#,
        r#"/v1/chat/completions  {"messages":[{"content":"hi","role":"user"}]}"#,
    );
    prints(
        &[("MY_KEY", "mine")],
        r#"model m { url: "HOST", key_env: "MY_KEY" } print(generate text { prompt: "hi" })"#,
        r#"/v1/chat/completions Bearer mine {"messages":[{"content":"hi","role":"user"}]}"#,
    );
    fails(
        &[],
        r#"model m { url: "HOST", key_env: "MY_NO_KEY" } print(generate text { prompt: "hi" })"#,
        "the environment variable `MY_NO_KEY` is not set",
    );
}

#[test]
fn structs_are_asked_for_with_their_schema() {
    let person = "type Person { name: string  age: int  tags: list<string>  boss: Person? } ";
    prints(
        &[URL],
        &format!(
            "{person} let p = generate Person {{ prompt: \"ask for Ann\" }} print(p.age + 1, p.tags, p.boss)"
        ),
        r#"31 ["x"] nil"#,
    );
    prints(
        &[URL],
        &format!("{person} let p = generate Person {{ prompt: \"ask in a fence\" }} print(p.name)"),
        "Bob",
    );
    fails(
        &[URL],
        &format!("{person} let p = generate Person {{ prompt: \"ask for too little\" }} print(p)"),
        "cannot load the answer of the model: missing field `age` of Person",
    );
    fails(
        &[URL],
        &format!("{person} let p = generate Person {{ prompt: \"ask for prose\" }} print(p)"),
        "malformed json at the answer of the model:1:1",
    );
    let (_, _, errors) = run(&[URL], &[], &format!("{person} print(generate Person {{ prompt: \"hi\" }})"));
    assert!(errors.contains("malformed json"), "{errors}");
}

#[test]
fn embeddings_are_lists_of_floats() {
    prints(&[URL], r#"print(generate embedding { text: "hi" })"#, "[3.0, 4.0]");
    prints(
        &[URL],
        r#"let v: list<float> = generate embedding { text: "hi", normalize: true } print(v)"#,
        "[0.6, 0.8]",
    );
}

#[test]
fn what_is_wrong_is_said() {
    fails(&[], r#"print(generate text { prompt: "hi" })"#, "cannot generate: there is no language model");
    fails(
        &[("MOCHI_LLM_URL", "HOST/other")],
        r#"print(generate text { prompt: "hi" })"#,
        "status 401: {\"error\": \"no key\"}",
    );
    fails(&[URL], r#"print(generate text { prompt: "no choices" })"#, "is not that of a language model");
    fails(
        &[("MOCHI_LLM_URL", "http://127.0.0.1:1")],
        r#"print(generate text { prompt: "hi" })"#,
        "Connection refused",
    );
    let (status, _, errors) = run(&[URL], &["--deny-net"], r#"print(generate text { prompt: "hi" })"#);
    assert!(status == 1 && errors.contains("denied by `--deny-net`"), "{errors}");
}

/// What a model might say to the programs in `examples/models`.
fn answer_examples(request: &Request) -> Vec<u8> {
    let body = &request.body;
    let first = |known: &[(&'static str, &'static str)]| {
        known.iter().find(|(words, _)| body.contains(words)).map_or("", |&(_, text)| text)
    };
    if request.target == "/v1/embeddings" {
        let vector = first(&[
            ("boats", "[4, 0]"),
            ("baking", "[0, 3]"),
            ("Sailing", "[9, 1]"),
            ("Knots", "[5, 2]"),
            ("bread", "[0, 7]"),
            ("Cakes", "[1, 6]"),
        ]);
        return answer("200 OK", format!(r#"{{"data": [{{"embedding": {vector}}}]}}"#).as_bytes());
    }
    let content = first(&[
        ("Write a sentence", r" Dear Ann, order A-17 arrives tomorrow.\n"),
        ("A-17", r#"{\"topic\": \"delivery\", \"urgency\": 5, \"order\": \"A-17\"}"#),
        ("blue paint", r#"{\"topic\": \"question\", \"urgency\": 1, \"order\": null}"#),
        ("C-02", r#"{\"topic\": \"complaint\", \"urgency\": 4, \"order\": \"C-02\"}"#),
    ]);
    answer("200 OK", format!(r#"{{"choices": [{{"message": {{"content": "{content}"}}}}]}}"#).as_bytes())
}

#[test]
fn examples_talk_to_a_model() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/models");
    let host = start(answer_examples);
    let mut programs = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of examples").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "mochi") {
            continue;
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        let output =
            command.arg("run").arg(&path).env("MOCHI_LLM_URL", &host).output().expect("mochi starts");
        let expected =
            std::fs::read_to_string(path.with_extension("out")).expect("the output of the example");
        let shown = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!((shown.as_ref(), errors.as_ref()), (expected.as_str(), ""), "{}", path.display());
        programs += 1;
    }
    assert!(programs >= 2);
}
