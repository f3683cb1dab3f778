//! Encrypted connections, in builds with the feature `https`. Rustls speaks TLS; the cryptography is that of Graviola, Rust
//! and prebuilt assembly for the processors that people use, so that building it takes no C compiler.
//!
//! Servers must show a certificate that one of Mozilla's authorities vouches for, or one of the file that `SSL_CERT_FILE`
//! names, as with other tools.

use std::io;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// How to speak TLS. Fails on processors that the cryptography is not made for, and when the file of certificates cannot
/// be read.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub fn config() -> io::Result<TlsConfig> {
    if !is_supported() {
        return Err(unavailable());
    }
    let roots = match std::env::var_os("SSL_CERT_FILE") {
        Some(file) if !file.is_empty() => authorities(&file)?,
        _ => RootCerts::WebPki,
    };
    let provider = Arc::new(rustls_graviola::default_provider());
    Ok(TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build())
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub fn config() -> io::Result<TlsConfig> {
    Err(unavailable())
}

fn unavailable() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "https is not available on this processor")
}

/// The certificates of a file.
fn authorities(file: &std::ffi::OsStr) -> io::Result<RootCerts> {
    let fail = |reason: String| io::Error::other(format!("SSL_CERT_FILE {}: {reason}", file.display()));
    let text = std::fs::read(file).map_err(|error| fail(error.to_string()))?;
    let mut found: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(&text) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(fail(error.to_string())),
        }
    }
    if found.is_empty() {
        return Err(fail("there is no certificate in it".into()));
    }
    Ok(RootCerts::Specific(Arc::new(found)))
}

/// Whether the processor has what Graviola would otherwise panic without.
#[cfg(target_arch = "x86_64")]
fn is_supported() -> bool {
    is_x86_feature_detected!("adx")
        && is_x86_feature_detected!("aes")
        && is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("pclmulqdq")
}

/// The same.
#[cfg(target_arch = "aarch64")]
fn is_supported() -> bool {
    use std::arch::is_aarch64_feature_detected as has;
    has!("neon") && has!("aes") && has!("pmull") && has!("sha2")
}
