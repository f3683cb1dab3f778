//! Pages of HTML that need nothing but themselves: one frame and one set of colours, in light and in dark.

/// A page.
pub struct Page<'a> {
    /// What the window is called.
    pub title: &'a str,
    /// What this page has beyond the common style.
    pub style: &'a str,
    /// What is in it, as HTML.
    pub body: &'a str,
}

/// Colours are told apart by those who do not see red and green as different: after Okabe and Ito.
const STYLE: &str = "
:root { --paper: #fff; --ink: #1c1c1c; --faint: #6b6b6b; --line: #d8d8d8; --some: #efe9d0; --good: #00694c; --bad: #b3430a }
:root { color-scheme: light dark }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --ink: #e6e6e6; --faint: #9a9a9a; --line: #3a3d42; --some: #3d3a24; --good: #4fc79b; --bad: #f08a4b }
}
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--paper); color: var(--ink) }
body { font: 1rem/1.5 system-ui, sans-serif }
h1, h2 { line-height: 1.2 }
a { color: inherit }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .1rem .6rem .1rem 0; text-align: left }
.number { text-align: right }
.wide { overflow-x: auto }
.faint { color: var(--faint) }
figure { margin: 1rem 0 }
";

impl Page<'_> {
    /// The whole file.
    pub fn render(&self) -> String {
        let Page { title, style, body } = self;
        format!(
            "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
             <meta name=viewport content='width=device-width, initial-scale=1'>\n<title>{}</title>\n\
             <style>{STYLE}{style}</style>\n{body}</html>\n",
            escaped(title)
        )
    }
}

/// Text as HTML, also in attributes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_html_is_escaped() {
        assert_eq!(escaped("a < \"b\" & 'c'"), "a &lt; &quot;b&quot; &amp; &#39;c&#39;");
    }
}
