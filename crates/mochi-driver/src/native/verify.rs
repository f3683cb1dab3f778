//! `--verify`: whether two builds give the same bytes, and where not.

use object::read::{Object, ObjectSection, ObjectSymbol};
use sha2::{Digest, Sha256};

/// What is said of two builds: that they are the same, or else where the first difference is.
pub(super) fn compare(first: &[u8], second: &[u8]) -> Result<String, String> {
    let Some(at) = first_difference(first, second) else {
        let digest: String = Sha256::digest(first).iter().map(|byte| format!("{byte:02x}")).collect();
        return Ok(format!("both builds gave the same {} bytes, sha256 {digest}\n", first.len()));
    };
    let count = first.iter().zip(second).filter(|(a, b)| a != b).count() + first.len().abs_diff(second.len());
    let lens = match first.len() == second.len() {
        true => format!("{} bytes", first.len()),
        false => format!("{} and {} bytes", first.len(), second.len()),
    };
    let place = place(first, at as u64).map_or(String::new(), |place| format!(" ({place})"));
    Err(format!("two builds of this program differ: {count} of {lens}, the first at {at:#x}{place}"))
}

fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let differs = a.iter().zip(b).position(|(a, b)| a != b);
    differs.or_else(|| (a.len() != b.len()).then(|| a.len().min(b.len())))
}

/// The section of an object or executable in which a byte is, and the function there.
fn place(bytes: &[u8], at: u64) -> Option<String> {
    let file = object::File::parse(bytes).ok()?;
    let section = file.sections().find(|section| {
        section.file_range().is_some_and(|(start, len)| (start..start.saturating_add(len)).contains(&at))
    })?;
    let name = section.name().unwrap_or("?");
    let address = section.address() + at - section.file_range()?.0;
    let symbol = file.symbols().find(|symbol| {
        let end = symbol.address().saturating_add(symbol.size());
        symbol.section_index() == Some(section.index()) && (symbol.address()..end).contains(&address)
    });
    let symbol = symbol.and_then(|symbol| symbol.name().ok().map(|name| format!(" in `{name}`")));
    Some(format!("section {name}{}", symbol.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_counted_and_placed() {
        assert!(
            compare(b"abc", b"abc")
                .unwrap()
                .starts_with("both builds gave the same 3 bytes, sha256 ba7816bf")
        );
        let error = |a: &[u8], b: &[u8]| compare(a, b).unwrap_err();
        assert_eq!(
            error(b"abcd", b"axcx"),
            "two builds of this program differ: 2 of 4 bytes, the first at 0x1"
        );
        assert_eq!(
            error(b"abc", b"ab"),
            "two builds of this program differ: 1 of 3 and 2 bytes, the first at 0x2"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_section_is_named() {
        let first = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let file = object::File::parse(&*first).unwrap();
        let (start, _) = file.section_by_name(".text").and_then(|text| text.file_range()).unwrap();
        let mut second = first.clone();
        second[start as usize + 100] ^= 1;
        assert!(compare(&first, &second).unwrap_err().contains("(section .text"));
    }
}
