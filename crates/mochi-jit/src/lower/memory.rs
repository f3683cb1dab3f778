//! Objects, lists, views and strings.

use mochi_abi::ElemKind;
use mochi_abi::layout::MAP_VALUE_SHIFT;

use super::{Lower, offset};
use crate::analyse::register;
use crate::buffer::{Fill, Label, To};
use crate::manifest::{Place, Stencil};

impl Lower<'_, '_> {
    /// The object of a handle in a slot, for what follows.
    pub(super) fn object(&mut self, slot: u16, cold: Label) {
        let kept = self.ins().address;
        if let Some(address) = kept.filter(|address| !address.found) {
            let place = self.bring(address.register, slot);
            return self.emit(Stencil::ObjectKept, &[place], Fill::default());
        }
        let fill = Fill { numbers: [offset(slot), 0, 0, 0], cold: To::Label(cold), ..Fill::default() };
        self.emit(Stencil::Object, &[Place::S], fill);
        if let Some(address) = kept {
            let r = usize::from(address.register);
            self.emit(Stencil::ObjectKeep, &[register(r)], Fill::default());
            self.slots[r] = slot;
            self.in_registers |= 1 << r;
            self.clean |= 1 << r;
        }
    }
    /// The address of an object that was found before.
    pub(super) fn object_again(&mut self, place: Place, slot: u16) {
        let fill = Fill { numbers: [offset(slot), 0, 0, 0], ..Fill::default() };
        self.emit(Stencil::ObjectAgain, &[place, Place::S], fill);
    }
    /// Loads a word of an object into a slot.
    pub(super) fn load_word(&mut self, to: u16, object: u16, distance: i64) {
        let (label, back) = self.slow();
        self.object(object, label);
        let (d, nd) = self.write(to);
        let stencil = if d.is_float() { Stencil::FLoad } else { Stencil::Load };
        self.emit(stencil, &[d], Fill { numbers: [distance, 0, 0, nd], ..Fill::default() });
        self.written(to);
        self.meet(back);
    }
    /// Stores a slot into a word of an object.
    pub(super) fn store_word(&mut self, object: u16, distance: i64, from: u16) {
        let (a, na) = self.read(from);
        let (label, back) = self.slow();
        self.object(object, label);
        let stencil = if a.is_float() { Stencil::FStore } else { Stencil::Store };
        self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, distance], ..Fill::default() });
        self.meet(back);
    }
    /// An element of a list: `get D, list, index`.
    pub(super) fn list_get(&mut self, int: Stencil, float: Stencil) {
        self.list_element(int, float, |_, _| ());
    }
    /// The same of a list that may hold its elements in any form.
    pub(super) fn list_get_any(&mut self) {
        self.list_element(Stencil::ListGet, Stencil::ListFGet, |lower, label| {
            let cold = To::Label(label);
            lower.emit(Stencil::ListOfCells, &[], Fill { cold, ..Fill::default() });
        });
    }
    /// An element of a list that is looked at when it was found.
    fn list_element(&mut self, int: Stencil, float: Stencil, look: impl FnOnce(&mut Self, Label)) {
        let (b, nb) = self.read(self.field(3));
        let (label, back) = self.slow();
        self.object(self.field(2), label);
        look(self, label);
        self.mask(Stencil::ListMask, b, nb, label);
        let (d, nd) = self.write(self.field(1));
        let stencil = if d.is_float() { float } else { int };
        let fill = Fill { numbers: [0, nb, 0, nd], cold: To::Label(label), ..Fill::default() };
        self.emit(stencil, &[d, b], fill);
        self.written(self.field(1));
        self.meet(back);
    }
    pub(super) fn list_set(&mut self, int: Stencil, float: Stencil) {
        let (a, na) = self.read(self.field(3));
        let (b, nb) = self.read(self.field(2));
        let (label, back) = self.slow();
        self.object(self.field(1), label);
        self.mask(Stencil::ListMask, b, nb, label);
        let stencil = if a.is_float() { float } else { int };
        let fill = Fill { numbers: [na, nb, 0, 0], cold: To::Label(label), ..Fill::default() };
        self.emit(stencil, &[a, b], fill);
        self.meet(back);
    }
    pub(super) fn list_push(&mut self, int: Stencil, float: Stencil) {
        let (a, na) = self.read(self.field(3));
        let (label, back) = self.slow();
        let cold = To::Label(label);
        self.object(self.field(2), label);
        self.emit(Stencil::ListRoom, &[], Fill { cold, ..Fill::default() });
        let stencil = if a.is_float() { float } else { int };
        self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, 0], ..Fill::default() });
        let (to, from) = (self.field(1), self.field(2));
        if to != from {
            self.copy(to, from);
        }
        self.meet(back);
    }
    /// An element of a view: `get D, view, index`.
    pub(super) fn view_get(&mut self, int: Stencil, float: Stencil, checked: bool) {
        let (data, index) = (self.field(2), self.field(3));
        let (a, na) = self.read(data);
        let (b, nb) = self.read(index);
        let back = checked.then(|| {
            let (c, nc) = self.read(data + 1);
            let (label, back) = self.slow();
            let fill = Fill { numbers: [nb, nc, 0, 0], cold: To::Label(label), ..Fill::default() };
            self.emit(Stencil::Bound, &[b, c], fill);
            back
        });
        self.mask_in_view(data, b, nb);
        let (d, nd) = self.write(self.field(1));
        let stencil = if d.is_float() { float } else { int };
        self.emit(stencil, &[d, a, b], Fill { numbers: [na, nb, 0, nd], ..Fill::default() });
        self.written(self.field(1));
        if let Some(back) = back {
            self.meet(back);
        }
    }
    pub(super) fn view_set(&mut self, int: Stencil, float: Stencil) {
        let (a, na) = self.read(self.field(1));
        let (b, nb) = self.read(self.field(2));
        let (c, nc) = self.read(self.field(3));
        self.mask_in_view(self.field(1), b, nb);
        let stencil = if c.is_float() { float } else { int };
        self.emit(stencil, &[a, b, c], Fill { numbers: [na, nb, nc, 0], ..Fill::default() });
    }
    /// Masks an index, of a list that was found or of a string, where it is: it does not change.
    fn mask(&mut self, stencil: Stencil, index: Place, slot: i64, cold: Label) {
        if self.shared.harden {
            let fill = Fill { numbers: [slot, 0, 0, slot], cold: To::Label(cold), ..Fill::default() };
            self.emit(stencil, &[index, index], fill);
        }
    }
    /// The same for a view, whose length is in the slot after its data.
    fn mask_in_view(&mut self, data: u16, index: Place, slot: i64) {
        if self.shared.harden {
            let (len, nl) = self.read(data + 1);
            let fill = Fill { numbers: [slot, nl, 0, slot], ..Fill::default() };
            self.emit(Stencil::Mask, &[index, index, len], fill);
        }
    }
    /// The object of a handle in a slot and what is made of it.
    pub(super) fn of_object(&mut self, stencil: Stencil) {
        let (label, back) = self.slow();
        self.object(self.field(2), label);
        let (d, nd) = self.write(self.field(1));
        self.emit(stencil, &[d], Fill { numbers: [0, 0, 0, nd], ..Fill::default() });
        self.written(self.field(1));
        self.meet(back);
    }
    pub(super) fn str_index(&mut self) {
        let (b, nb) = self.read(self.field(3));
        let (label, back) = self.slow();
        let cold = To::Label(label);
        self.of_slot(Stencil::StrText, self.field(2), label);
        self.mask(Stencil::StrMask, b, nb, label);
        let numbers = [0, nb, 0, offset(self.field(1))];
        self.emit(Stencil::StrIndex, &[Place::S, b], Fill { numbers, cold, ..Fill::default() });
        self.meet(back);
    }
    pub(super) fn str_slice(&mut self) {
        let (b, nb) = self.read(self.field(3));
        let (c, nc) = self.read(self.ins().code.ext[0].field(0));
        // The word of an int may be that of a float, too.
        if b.is_float() || c.is_float() {
            return self.step();
        }
        let (label, back) = self.slow();
        self.of_slot(Stencil::StrText, self.field(2), label);
        let numbers = [0, nb, nc, offset(self.field(1))];
        let fill = Fill { numbers, cold: To::Label(label), ..Fill::default() };
        self.emit(Stencil::StrSlice, &[Place::S, b, c], fill);
        self.meet(back);
    }
    /// `str_find(text, part, from) -> result`
    pub(super) fn str_find(&mut self) {
        let ([text, part, from], result) = self.arguments();
        let (c, nc) = self.read(from);
        if c.is_float() || self.write(result).0.is_float() {
            return self.step();
        }
        let (label, back) = self.slow();
        self.of_slot(Stencil::StrWords, text, label);
        let (d, nd) = self.write(result);
        let numbers = [0, offset(part), nc, nd];
        let fill = Fill { numbers, cold: To::Label(label), ..Fill::default() };
        self.emit(Stencil::StrFind, &[d, Place::S, c], fill);
        self.written(result);
        self.meet(back);
    }
    /// `str_push(text, part) -> result`
    pub(super) fn str_push(&mut self) {
        let ([text, part], result) = self.arguments();
        let (label, back) = self.slow();
        self.of_slot(Stencil::StrRoom, text, label);
        let numbers = [0, offset(part), 0, 0];
        self.emit(Stencil::StrPush, &[Place::S], Fill { numbers, cold: To::Label(label), ..Fill::default() });
        if result != text {
            self.copy(result, text);
        }
        self.meet(back);
    }
    /// `any_arith(a, b, operator) -> result`
    pub(super) fn any_arith(&mut self) {
        let ([a, b, _], result) = self.arguments();
        let stencil = match self.known_number() {
            Some(0) => Stencil::AnyAdd,
            Some(1) => Stencil::AnySub,
            Some(2) => Stencil::AnyMul,
            Some(3) => Stencil::AnyDiv,
            Some(4) => Stencil::AnyRem,
            // Unbounded ints.
            _ => return self.step(),
        };
        let (label, back) = self.slow();
        let numbers = [offset(a), offset(b), 0, offset(result)];
        let fill = Fill { numbers, cold: To::Label(label), ..Fill::default() };
        self.emit(stencil, &[Place::S, Place::S, Place::S], fill);
        self.meet(back);
    }
    /// A relation of two values, as an int.
    pub(super) fn any_relation(&mut self, stencil: Stencil) {
        let ([a, b], result) = self.arguments();
        if self.write(result).0.is_float() {
            return self.step();
        }
        let (label, back) = self.slow();
        let (d, nd) = self.write(result);
        let fill = Fill { numbers: [offset(a), offset(b), 0, nd], cold: To::Label(label), ..Fill::default() };
        self.emit(stencil, &[d, Place::S, Place::S], fill);
        self.written(result);
        self.meet(back);
    }
    pub(super) fn list_share(&mut self) {
        let (label, back) = self.slow();
        self.of_slot(Stencil::ListShare, self.field(1), label);
        self.meet(back);
    }
    /// The arguments and the result of a call of a runtime function that has as many.
    fn arguments<const COUNT: usize>(&self) -> ([u16; COUNT], u16) {
        let code = self.ins().code;
        let mut slots = code.ext_slots();
        let arguments = std::array::from_fn(|_| slots.next().expect("an argument per parameter"));
        (arguments, code.result_slot().expect("a call has one"))
    }
    /// The value of a key in a map, or that of another slot where it is absent.
    pub(super) fn map_get_or(&mut self, key: ElemKind, value: ElemKind) {
        let other = self.ins().code.ext[0].field(0);
        if let Some(held) = self.before(other) {
            self.flush(1 << held.register);
        }
        let (a, na) = self.read(self.field(3));
        if a.is_float() {
            return self.step();
        }
        let (label, back) = self.slow();
        self.object(self.field(2), label);
        let kinds = i64::from(key as u32 | (value as u32) << MAP_VALUE_SHIFT);
        let fill = Fill { numbers: [na, 0, kinds, 0], cold: To::Label(label), ..Fill::default() };
        if key == ElemKind::Cell {
            self.emit(Stencil::MapKey, &[Place::S], fill);
            self.emit(Stencil::MapValueOr0, &[], Fill::default());
        } else {
            self.emit(Stencil::MapInt, &[a], fill);
            self.emit(Stencil::MapDirect, &[], Fill::default());
            self.emit(Stencil::MapIntOr0, &[], Fill::default());
        }
        self.of_slot(Stencil::MapAbsent, other, label);
        let (d, nd) = self.write(self.field(1));
        let stencil = if d.is_float() { Stencil::FLoad } else { Stencil::Load };
        self.emit(stencil, &[d], Fill { numbers: [0, 0, 0, nd], ..Fill::default() });
        self.written(self.field(1));
        self.meet(back);
    }
    /// Replaces the value of a key in a map.
    pub(super) fn map_set(&mut self, value: ElemKind) {
        let (a, na) = self.read(self.field(3));
        let (label, back) = self.slow();
        let cold = To::Label(label);
        self.object(self.field(1), label);
        let kinds = i64::from(ElemKind::Cell as u32 | (value as u32) << MAP_VALUE_SHIFT);
        let numbers = [offset(self.field(2)), 0, kinds, 0];
        self.emit(Stencil::MapKey, &[Place::S], Fill { numbers, cold, ..Fill::default() });
        self.emit(Stencil::MapValue, &[], Fill { cold, ..Fill::default() });
        let stencil = if a.is_float() { Stencil::FStore } else { Stencil::Store };
        self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, 0], ..Fill::default() });
        self.meet(back);
    }
    /// A stencil of one slot.
    fn of_slot(&mut self, stencil: Stencil, slot: u16, cold: Label) {
        let fill = Fill { numbers: [offset(slot), 0, 0, 0], cold: To::Label(cold), ..Fill::default() };
        self.emit(stencil, &[Place::S], fill);
    }
}
