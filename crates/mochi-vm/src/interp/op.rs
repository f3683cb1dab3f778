//! Instructions that are executed out of line, by area.
//!
//! A function here returns a trap or has done the whole instruction but for moving on. Those that may allocate come to a
//! [`safepoint`] first; after it they may hold cells in locals, since nothing below collects.

use mochi_runtime::trap::Outcome;

use super::at::At;
use crate::vm::Vm;

pub(super) mod big;
pub(super) mod call;
pub(super) mod dynamic;
pub(super) mod list;
pub(super) mod map;
pub(crate) mod native;
pub(super) mod number;
pub(super) mod object;
pub(super) mod text;

/// Collects garbage when it is time to.
#[inline(always)]
fn safepoint(vm: &mut Vm, at: At) -> Outcome<()> {
    if vm.runtime.should_collect() {
        // SAFETY: the frame is live (`At::new`), and so are its callers.
        unsafe { vm.collect(at.fp()) }
    } else {
        Ok(())
    }
}
