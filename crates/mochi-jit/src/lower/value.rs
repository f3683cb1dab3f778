//! Arithmetic, comparisons, numbers and copies.

use super::{Cold, Lower, Undo, offset};
use crate::buffer::{Fill, To};
use crate::division::{Factor, factor};
use crate::manifest::{Place, Stencil};

/// The right operand of a sum.
#[derive(Clone, Copy)]
pub(super) enum Right {
    Slot,
    Number(i64),
}

impl Lower<'_, '_> {
    /// `D = A op B`
    pub(super) fn three(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (b, nb) = self.read(self.field(3));
        let (d, nd) = self.write(self.field(1));
        self.emit(stencil, &[d, a, b], Fill { numbers: [na, nb, 0, nd], ..Fill::default() });
        self.written(self.field(1));
    }
    /// `D = A op number`; when the number does not fit, it goes through the temporary.
    pub(super) fn three_imm(&mut self, stencil: Stencil, number: i64) {
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        let fill = Fill { numbers: [na, number, 0, nd], ..Fill::default() };
        if !self.out.emit(stencil, &[d, a, Place::I], &fill) {
            self.constant(Place::T, number);
            self.emit(stencil, &[d, a, Place::T], fill);
        }
        self.written(self.field(1));
    }
    /// The number that is always in the operand of which the analysis wants to know.
    pub(super) fn known_number(&self) -> Option<i64> {
        self.ins().number.map(|number| self.analysis.numbers[number as usize])
    }
    /// A quotient or remainder by a slot that is not 0, and for a quotient not -1.
    pub(super) fn by_known_or(&mut self, stencil: Stencil) {
        match self.known_number() {
            Some(number) if self.by_product(stencil, number) => {}
            // The divisor may be -1, for which the machine's division traps.
            _ if stencil == Stencil::RemSafe => self.three_slow(Stencil::Rem),
            _ => self.three(stencil),
        }
    }
    /// A quotient or remainder by a number.
    pub(super) fn by_number(&mut self, stencil: Stencil, number: i64) {
        if !self.by_product(stencil, number) {
            self.three_imm(stencil, number);
        }
    }
    /// A quotient or remainder by way of a product; whether that is possible.
    fn by_product(&mut self, stencil: Stencil, number: i64) -> bool {
        let is_rem = stencil == Stencil::RemSafe;
        // Remainders have the sign of the dividend.
        let divisor = if is_rem { number.saturating_abs() } else { number };
        let Some(factor) = factor(divisor).filter(|_| i32::try_from(divisor).is_ok()) else { return false };
        let Factor { multiplier, more, shift } = factor;
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        self.constant(Place::T, multiplier);
        let stencil = match (is_rem, more) {
            (false, false) => Stencil::DivKnown,
            (false, true) => Stencil::DivKnownMore,
            (true, false) => Stencil::RemKnown,
            (true, true) => Stencil::RemKnownMore,
        };
        let numbers = [na, divisor, i64::from(shift), nd];
        self.emit(stencil, &[d, a], Fill { numbers, ..Fill::default() });
        self.written(self.field(1));
        true
    }
    /// A sum or difference with a number, whose negation fits the other when it does not fit.
    pub(super) fn sum_imm(&mut self, stencil: Stencil, other: Stencil, number: i64) {
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        let fill = |number: i64| Fill { numbers: [na, number, 0, nd], ..Fill::default() };
        if !self.out.emit(stencil, &[d, a, Place::I], &fill(number)) {
            self.emit(other, &[d, a, Place::I], fill(-number));
        }
        self.written(self.field(1));
    }
    /// `D = A op n`, by a distance of bits.
    pub(super) fn by(&mut self, stencil: Stencil) {
        let n = i64::from(self.field(3) & 63);
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        let numbers = [na, n, 64 - n, nd];
        self.emit(stencil, &[d, a, Place::I], Fill { numbers, ..Fill::default() });
        self.written(self.field(1));
    }
    /// `D = op A`
    pub(super) fn two(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        self.emit(stencil, &[d, a], Fill { numbers: [na, 0, 0, nd], ..Fill::default() });
        self.written(self.field(1));
    }
    /// `D = op A` with a slow path.
    pub(super) fn two_slow(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (label, back) = self.slow();
        let (d, nd) = self.write(self.field(1));
        let cold = To::Label(label);
        self.emit(stencil, &[d, a], Fill { numbers: [na, 0, 0, nd], cold, ..Fill::default() });
        self.written(self.field(1));
        self.meet(back);
    }
    /// `D = A op B` with a slow path.
    pub(super) fn three_slow(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (b, nb) = self.read(self.field(3));
        let (label, back) = self.slow();
        let (d, nd) = self.write(self.field(1));
        let cold = To::Label(label);
        self.emit(stencil, &[d, a, b], Fill { numbers: [na, nb, 0, nd], cold, ..Fill::default() });
        self.written(self.field(1));
        self.meet(back);
    }
    /// A checked sum or difference. The slow path undoes the result when an operand was in its register.
    pub(super) fn checked(&mut self, stencil: Stencil, right: Right) {
        let (a, na) = self.read(self.field(2));
        let (b, nb) = match right {
            Right::Slot => self.read(self.field(3)),
            Right::Number(number) => (Place::I, number),
        };
        let (d, nd) = self.write(self.field(1));
        if d != Place::S && d == a && d == b {
            return self.doubled(stencil, d);
        }
        let (label, back) = self.slow();
        let undo = match stencil {
            _ if d == Place::S => None,
            Stencil::Add if d == a => {
                Some(Undo { stencil: Stencil::SubWrap, places: [d, d, b], numbers: [0, nb, 0, 0] })
            }
            Stencil::Add if d == b => {
                Some(Undo { stencil: Stencil::SubWrap, places: [d, d, a], numbers: [0, na, 0, 0] })
            }
            Stencil::Sub if d == a => {
                Some(Undo { stencil: Stencil::AddWrap, places: [d, d, b], numbers: [0, nb, 0, 0] })
            }
            Stencil::Sub if d == b => {
                Some(Undo { stencil: Stencil::SubWrap, places: [d, a, d], numbers: [na, 0, 0, 0] })
            }
            _ => None,
        };
        let fill =
            |number: i64| Fill { numbers: [na, number, 0, nd], cold: To::Label(label), ..Fill::default() };
        if !self.out.emit(stencil, &[d, a, b], &fill(nb)) {
            // A number that only fits the other way round.
            let other = if stencil == Stencil::Add { Stencil::Sub } else { Stencil::Add };
            self.emit(other, &[d, a, b], fill(-nb));
        }
        if let Some(Cold::Step { undo: place, .. }) = self.cold.last_mut() {
            *place = undo;
        }
        self.written(self.field(1));
        self.meet(back);
    }
    /// `D = D + D` or `D - D`: as a product or zero, since there is no way back.
    pub(super) fn doubled(&mut self, stencil: Stencil, d: Place) {
        if stencil == Stencil::Sub {
            self.constant(d, 0);
            return self.written(self.field(1));
        }
        let (label, back) = self.slow();
        let fill = Fill { numbers: [0, 2, 0, 0], cold: To::Label(label), ..Fill::default() };
        self.emit(Stencil::Mul, &[d, d, Place::I], fill);
        self.written(self.field(1));
        self.meet(back);
    }
    pub(super) fn mul_imm(&mut self) {
        let (a, na) = self.read(self.field(2));
        let (label, back) = self.slow();
        let (d, nd) = self.write(self.field(1));
        let number = self.imm();
        let fill = Fill { numbers: [na, number, 0, nd], cold: To::Label(label), ..Fill::default() };
        if !self.out.emit(Stencil::Mul, &[d, a, Place::I], &fill) {
            self.constant(Place::T, number);
            self.emit(Stencil::Mul, &[d, a, Place::T], fill);
        }
        self.written(self.field(1));
        self.meet(back);
    }
    /// Puts a number somewhere.
    pub(super) fn constant(&mut self, place: Place, number: i64) {
        self.constant_at(place, 0, number);
    }
    pub(super) fn constant_at(&mut self, place: Place, slot: i64, number: i64) {
        let fill = Fill { numbers: [number, 0, 0, slot], ..Fill::default() };
        if place.is_float() {
            self.emit(Stencil::FConst, &[place], fill);
        } else if !self.out.emit(Stencil::Move, &[place, Place::I], &fill) {
            self.emit(Stencil::Const, &[place], fill);
        }
    }
    pub(super) fn constant_to(&mut self, slot: u16, number: i64) {
        let (d, nd) = self.write(slot);
        self.constant_at(d, nd, number);
        self.written(slot);
    }
    /// Copies a slot.
    pub(super) fn copy(&mut self, to: u16, from: u16) {
        let (a, na) = self.read(from);
        let (d, nd) = self.write(to);
        let stencil = if a.is_float() || d.is_float() { Stencil::FMove } else { Stencil::Move };
        self.emit(stencil, &[d, a], Fill { numbers: [na, 0, 0, nd], ..Fill::default() });
        self.written(to);
    }
    pub(super) fn select(&mut self) {
        let code = self.ins().code;
        let other = code.ext[0].field(0);
        let (c, nc) = self.read(self.field(2));
        let (a, na) = self.read(self.field(3));
        let (b, nb) = self.read(other);
        let (d, nd) = self.write(self.field(1));
        let first = Fill { numbers: [na, 0, 0, 0], ..Fill::default() };
        if a.is_float() {
            self.emit(Stencil::FMoveTemp, &[a], first);
        } else {
            self.emit(Stencil::Move, &[Place::T, a], first);
        }
        let float = b.is_float() || d.is_float();
        let stencil = if float { Stencil::FSelect } else { Stencil::Select };
        self.emit(stencil, &[d, c, b], Fill { numbers: [0, nb, nc, nd], ..Fill::default() });
        self.written(self.field(1));
    }
    /// A cell and what replaces it when it is none: `get.or`.
    pub(super) fn get_or_float(&mut self) {
        let (b, nb) = self.read(self.field(3));
        let (d, nd) = self.write(self.field(1));
        let numbers = [offset(self.field(2)), nb, 0, nd];
        self.emit(Stencil::GetOrFloat, &[d, Place::S, b], Fill { numbers, ..Fill::default() });
        self.written(self.field(1));
    }
    pub(super) fn undo(&mut self, undo: Undo) {
        let Undo { stencil, places, numbers } = undo;
        if !self.out.emit(stencil, &places, &Fill { numbers, ..Fill::default() }) {
            // A number that only fits the other way round.
            let other = if stencil == Stencil::AddWrap { Stencil::SubWrap } else { Stencil::AddWrap };
            let numbers = [numbers[0], -numbers[1], 0, 0];
            self.emit(other, &places, Fill { numbers, ..Fill::default() });
        }
    }
}
