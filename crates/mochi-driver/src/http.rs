//! Requests over HTTP for running programs.
//!
//! Encrypted connections are a feature of the build, `https` ([`tls`]), since they are most of what there would be to
//! compile.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use mochi_runtime::host::{HttpRequest, HttpResponse};
use ureq::Body;
use ureq::http::{Request, Response};

use redirect::Next;

mod redirect;
#[cfg(feature = "https")]
mod tls;

/// Redirections that are followed.
const MAX_REDIRECTS: u32 = 10;

/// Sends a request and waits for the answer.
pub fn send(request: &HttpRequest<'_>) -> io::Result<HttpResponse> {
    let start = Instant::now();
    let (mut method, mut body, mut headers) = (request.method, request.body, request.headers.clone());
    let (mut url, mut redirects) = (request.url.to_string(), 0);
    loop {
        let sent = HttpRequest { method, url: &url, headers: headers.clone(), body, ..*request };
        let response = send_once(&sent, request.timeout.saturating_sub(start.elapsed()), request)?;
        let location = response.headers().get("location").and_then(|value| value.to_str().ok());
        let next = redirect::next(response.status().as_u16(), method);
        let (Some(next), Some(location)) = (next, location) else { return receive(response, request) };
        if redirects == MAX_REDIRECTS {
            return Err(io::Error::other(format!("more than {MAX_REDIRECTS} redirections")));
        }
        redirects += 1;
        let there = redirect::join(&url, location);
        let same_origin = redirect::origin(&there) == redirect::origin(&url);
        headers.retain(|(name, _)| redirect::keeps(name, same_origin, next));
        if next == Next::Get {
            (method, body) = ("GET", &[]);
        }
        url = there;
    }
}

/// Sends a request of a chain that began with another.
fn send_once(
    request: &HttpRequest<'_>,
    timeout: Duration,
    first: &HttpRequest<'_>,
) -> io::Result<Response<Body>> {
    let encrypted = request.url.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("https:"));
    if cfg!(not(feature = "https")) && encrypted {
        return Err(no_https());
    }
    let config = ureq::Agent::config_builder();
    #[cfg(feature = "https")]
    let config = if encrypted { config.tls_config(tls::config()?) } else { config };
    let config = config
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        // Others than GET are not followed with their body.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .user_agent(concat!("mochi/", env!("CARGO_PKG_VERSION")))
        .build();
    let agent = ureq::Agent::new_with_config(config);
    let mut builder = Request::builder().method(request.method).uri(request.url);
    for &(name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let sent = if request.body.is_empty() {
        builder.body(()).map(|it| agent.run(it))
    } else {
        builder.body(request.body).map(|it| agent.run(it))
    };
    match sent {
        Ok(response) => response.map_err(|error| explain(error, first)),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidInput, error.to_string())),
    }
}

/// Reads the body of an answer.
fn receive(response: Response<Body>, request: &HttpRequest<'_>) -> io::Result<HttpResponse> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    // One byte more than allowed tells whether there is more.
    let most = (request.most as u64).saturating_add(1);
    let read = response.into_body().into_reader().take(most).read_to_end(&mut body);
    read.map_err(|error| match ureq::Error::from(error) {
        error @ ureq::Error::Timeout(_) => explain(error, request),
        ureq::Error::Io(error) => error,
        other => io::Error::other(other.to_string()),
    })?;
    if body.len() > request.most {
        return Err(io::Error::other(format!("the answer has more than {} bytes", request.most)));
    }
    Ok(HttpResponse { status, body })
}

fn no_https() -> io::Error {
    let text = "this build of mochi has no https; `cargo build --features https` makes one that has";
    io::Error::new(io::ErrorKind::Unsupported, text)
}

/// An error in plain words.
fn explain(error: ureq::Error, request: &HttpRequest<'_>) -> io::Error {
    match error {
        ureq::Error::Io(error) => error,
        ureq::Error::Timeout(_) => {
            let text = format!("no answer within {} s", request.timeout.as_secs_f64());
            io::Error::new(io::ErrorKind::TimedOut, text)
        }
        ureq::Error::HostNotFound => io::Error::new(io::ErrorKind::NotFound, "no such host"),
        ureq::Error::ConnectionFailed => io::Error::other("the connection failed"),
        ureq::Error::TlsRequired if cfg!(not(feature = "https")) => no_https(),
        other => io::Error::other(other.to_string()),
    }
}
