//! Redirections (RFC 9110, 15.4): where the next request of a chain goes, and what is left of it.

/// What the answer to a request says about the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// The same again, elsewhere.
    Same,
    /// A GET without a body.
    Get,
}

/// What follows from a status; `None` when it is no redirection.
pub fn next(status: u16, method: &str) -> Option<Next> {
    match status {
        307 | 308 => Some(Next::Same),
        // Browsers made a GET of it, and everybody relies on that.
        301 | 302 if method.eq_ignore_ascii_case("POST") => Some(Next::Get),
        301 | 302 => Some(Next::Same),
        303 if method.eq_ignore_ascii_case("HEAD") => Some(Next::Same),
        303 => Some(Next::Get),
        _ => None,
    }
}

/// Whether a header may go to another server, or, without a body, anywhere.
pub fn keeps(name: &str, same_origin: bool, next: Next) -> bool {
    let is = |names: &[&str]| names.iter().any(|it| name.eq_ignore_ascii_case(it));
    (same_origin || !is(&["authorization", "cookie", "proxy-authorization"]))
        && (next == Next::Same || !is(&["content-type", "content-length", "content-encoding"]))
}

/// Scheme and server of a URL.
pub fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    &url[..end]
}

/// A URL as mentioned in the answer from another (RFC 3986, 5.2), without a fragment.
pub fn join(base: &str, location: &str) -> String {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, origin) = (base.split(':').next().unwrap_or_default(), origin(base));
    let path = base[origin.len()..].split('#').next().unwrap_or_default();
    let plain = path.split('?').next().unwrap_or_default();
    if has_scheme(location) {
        return location.to_string();
    }
    if location.starts_with("//") {
        return format!("{scheme}:{location}");
    }
    let target = match location.as_bytes().first() {
        None => path.to_string(),
        Some(b'/') => without_dots(location),
        Some(b'?') => format!("{plain}{location}"),
        Some(_) => {
            let folder = plain.rfind('/').map_or("/", |at| &plain[..=at]);
            without_dots(&format!("{folder}{location}"))
        }
    };
    format!("{origin}{target}")
}

fn has_scheme(location: &str) -> bool {
    let Some((scheme, _)) = location.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// A path, and perhaps a query, without the segments `.` and `..`.
fn without_dots(target: &str) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_joined_as_rfc_3986_says() {
        let check = |location: &str, expected: &str| {
            assert_eq!(join("http://a:8/b/c/d;p?q#f", location), expected, "{location}");
        };
        check("g", "http://a:8/b/c/g");
        check("./g", "http://a:8/b/c/g");
        check("g/", "http://a:8/b/c/g/");
        check("/g", "http://a:8/g");
        check("//g/x", "http://g/x");
        check("?y", "http://a:8/b/c/d;p?y");
        check("g?y=./../x", "http://a:8/b/c/g?y=./../x");
        check("#s", "http://a:8/b/c/d;p?q");
        check("", "http://a:8/b/c/d;p?q");
        check("g#s", "http://a:8/b/c/g");
        check(".", "http://a:8/b/c/");
        check("..", "http://a:8/b/");
        check("../g", "http://a:8/b/g");
        check("../../../g", "http://a:8/g");
        check("/./g/../h", "http://a:8/h");
        check("https://x/y", "https://x/y");
        check("file:///etc/passwd", "file:///etc/passwd");
        assert_eq!(join("http://a", "g"), "http://a/g");
        assert_eq!(join("http://a?q", "g"), "http://a/g");
    }

    #[test]
    fn methods_follow_the_status() {
        assert_eq!(next(302, "POST"), Some(Next::Get));
        assert_eq!(next(302, "PUT"), Some(Next::Same));
        assert_eq!(next(303, "PUT"), Some(Next::Get));
        assert_eq!(next(307, "POST"), Some(Next::Same));
        assert_eq!(next(304, "GET"), None);
        assert_eq!(next(200, "GET"), None);
    }

    #[test]
    fn secrets_stay_with_their_server() {
        assert!(keeps("X-Test", false, Next::Get));
        assert!(!keeps("Authorization", false, Next::Same));
        assert!(keeps("Authorization", true, Next::Same));
        assert!(!keeps("content-type", true, Next::Get));
        assert_ne!(origin("http://a/x"), origin("https://a/x"));
        assert_eq!(origin("http://a:1?x"), "http://a:1");
    }
}
