//! Stack traces: the frames that were live at a run-time error, those of inlined calls included.

use crate::code::{Code, Program, Span, Word};
use crate::frame::{Callee, Frame};

/// Frames kept at either end of a trace.
const KEPT: usize = 50;

/// A frame of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameInfo {
    /// The name of the function that traces show.
    pub name: String,
    /// Where it was, in the offsets of the compiler's source map; zero when it is not known.
    pub span: Span,
}

/// The frames at a run-time error. Functions of std and those made by the compiler are left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trace {
    /// The innermost frames, innermost first.
    pub innermost: Vec<FrameInfo>,
    /// How many frames are left out between the two lists.
    pub omitted: u64,
    /// The outermost frames, the outermost last.
    pub outermost: Vec<FrameInfo>,
}

impl Trace {
    /// The trace at an instruction of the frame `top`; `bottom` is the base that the outermost frame returns to.
    ///
    /// # Safety
    /// The frame and its callers are live, and `pc` is in the function of `top`.
    pub(crate) unsafe fn take(program: &Program, pc: *const Word, top: Frame, bottom: *mut u64) -> Trace {
        let mut innermost: Vec<Found<'_>> = Vec::new();
        // The latest found are kept in a ring, since the outermost frames come last.
        let mut ring: Vec<Found<'_>> = Vec::new();
        let mut beyond = 0usize;
        let mut frame = top;
        let mut at = pc;
        while frame.base != bottom {
            // SAFETY: live frames, by the caller's promise.
            let (callee, return_address, caller): (&Callee, _, _) =
                unsafe { (frame.callee(), frame.return_address(), frame.caller()) };
            let word = (at as usize - callee.entry as usize) / size_of::<Word>();
            for found in shown(program, &program.funcs[callee.index as usize], word as u32) {
                if innermost.len() < KEPT {
                    innermost.push(found);
                    continue;
                }
                if ring.len() < KEPT {
                    ring.push(found);
                } else {
                    ring[beyond % KEPT] = found;
                }
                beyond += 1;
            }
            // The last word of the call, so that its place is found and not that of the next instruction.
            at = return_address.wrapping_sub(1);
            frame = caller;
        }
        let omitted = beyond - ring.len();
        if omitted > 0 {
            ring.rotate_left(beyond % KEPT);
        }
        let infos = |found: Vec<Found<'_>>| {
            found.into_iter().map(|(name, span)| FrameInfo { name: name.to_owned(), span }).collect()
        };
        Trace { innermost: infos(innermost), omitted: omitted as u64, outermost: infos(ring) }
    }
}

/// Name and place of a frame.
type Found<'a> = (&'a str, Span);

/// What a trace shows for a word of a function, innermost first.
fn shown<'a>(program: &'a Program, f: &'a Code, word: u32) -> impl Iterator<Item = Found<'a>> + 'a {
    let place = f.place(word);
    let mut span = place.map_or(Span::default(), |p| p.span);
    let mut next = Some(place.map_or(0, |p| p.inlined));
    std::iter::from_fn(move || {
        loop {
            let (name, shown, at) = match next? {
                0 => {
                    next = None;
                    (&f.name, f.shown, span)
                }
                n => {
                    let call = &program.inlined[n as usize - 1];
                    next = Some(call.parent);
                    (&call.name, call.shown, std::mem::replace(&mut span, call.call))
                }
            };
            if shown {
                return Some((name.as_str(), at));
            }
        }
    })
}
