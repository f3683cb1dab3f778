//! `fetch` over TLS, against a server on this computer whose certificate is for `localhost` and comes from an authority of
//! its own, both in `certificates/`. Needs `--features https-test`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"safe\": [1]}";

fn certificate(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

/// Starts a server that answers every request alike; its port.
fn start() -> u16 {
    let chain = CertificateDer::from_pem_file(certificate("server.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(certificate("server.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .expect("a certificate with its key");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(config.clone()).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            // A client that does not trust the certificate goes away.
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(ANSWER);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

/// Exit status, output and errors of a program, which may trust an authority.
fn run(source: &str, authority: Option<&str>) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.args(["run", "-e", source]).env_remove("SSL_CERT_FILE");
    for proxy in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    if let Some(name) = authority {
        command.env("SSL_CERT_FILE", certificate(name));
    }
    let output = command.output().expect("mochi starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_server_with_a_trusted_certificate_is_asked() {
    for host in ["localhost", "127.0.0.1"] {
        let source = format!("print((fetch \"https://{host}:{}/x\").safe)", start());
        assert_eq!(run(&source, Some("authority.pem")), (Some(0), "[1.0]\n".into(), String::new()));
    }
}

#[test]
fn another_server_is_not() {
    let source = format!("print(fetch \"https://localhost:{}/x\")", start());
    let (status, stdout, stderr) = run(&source, None);
    assert!(
        status == Some(1) && stdout.is_empty() && stderr.contains("invalid peer certificate"),
        "{stderr}"
    );
    // The certificate is for another name.
    let source = format!("print(fetch \"https://127.0.0.2:{}/x\")", start());
    let (status, _, stderr) = run(&source, Some("authority.pem"));
    assert!(status == Some(1) && stderr.contains("cannot fetch https://127.0.0.2"), "{stderr}");
}

#[test]
fn a_file_of_authorities_must_have_some() {
    let source = "print(fetch \"https://localhost:1/x\")";
    for (name, reason) in [("none.pem", "No such file"), ("server.key", "no certificate in it")] {
        let (status, _, stderr) = run(source, Some(name));
        assert!(status == Some(1) && stderr.contains(reason), "{stderr}");
    }
}
