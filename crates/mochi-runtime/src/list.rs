//! Lists: a slot with pointer, length and capacity, and a buffer of cells, ints, doubles or bools.
//!
//! Code that only knows `list<any>` may meet a list of any type, so every operation says in which form it wants or
//! brings an element; [`Heap::convert`] goes between the forms. What is brought as a cell may be anything, so
//! [`Heap::fit`] sees to it that the list may hold it: storing an element of another type traps.

use mochi_abi::layout::{FLAG_SHARED, META_SHIFT};
use mochi_abi::{Arena, Cell, ElemKind, TypeId};

use crate::heap::Heap;
use crate::heap::block::ClassId;
use crate::heap::slot::ListSlot;
use crate::string::{clamp, position};
use crate::trap::{Outcome, Trap};

/// Capacity that the first element makes.
const FIRST_CAPACITY: usize = 4;
/// Lists up to this length double when they grow; longer ones grow by half.
const DOUBLE_UP_TO: usize = 1 << 16;

impl ListSlot {
    /// Its elements as bytes.
    #[inline]
    fn bytes(&self, stride: usize) -> &[u8] {
        // SAFETY: the first `len` elements are initialised; a list of length 0 has a dangling pointer that is not null.
        unsafe { std::slice::from_raw_parts(self.data, self.len as usize * stride) }
    }
    /// Adds an element to a list of this kind. Panics when there is no room.
    #[inline]
    pub(crate) fn add(&mut self, word: u64, kind: ElemKind) {
        assert!(self.len < self.capacity, "internal error: no room in a list");
        // SAFETY: the position is below the capacity.
        unsafe { self.store(self.len as usize, word, kind) };
        self.len += 1;
    }
    /// An element as a word.
    ///
    /// # Safety
    /// `at` is below the length, and the list is of this kind.
    #[inline]
    unsafe fn load(&self, at: usize, kind: ElemKind) -> u64 {
        // SAFETY: by the caller's promise.
        unsafe {
            match kind {
                ElemKind::Bool => u64::from(self.data.add(at).read()),
                ElemKind::Cell | ElemKind::I64 | ElemKind::F64 => self.data.cast::<u64>().add(at).read(),
            }
        }
    }
    /// Writes an element.
    ///
    /// # Safety
    /// `at` is below the capacity, and the list is of this kind.
    #[inline]
    unsafe fn store(&mut self, at: usize, word: u64, kind: ElemKind) {
        // SAFETY: by the caller's promise.
        unsafe {
            match kind {
                ElemKind::Bool => self.data.add(at).write(word as u8),
                ElemKind::Cell | ElemKind::I64 | ElemKind::F64 => self.data.cast::<u64>().add(at).write(word),
            }
        }
    }
}

impl Heap {
    /// Whether a cell is a list.
    #[inline]
    pub fn is_list(&self, cell: Cell) -> bool {
        cell.arena().is_some_and(Arena::is_list)
    }

    /// How a list stores its elements. Panics when the cell is no list.
    #[inline]
    pub fn list_kind(&self, list: Cell) -> ElemKind {
        match list.arena().and_then(ElemKind::of_list) {
            Some(kind) => kind,
            None => crate::heap::bad_handle(list, Arena::ListCell),
        }
    }

    #[inline]
    pub(crate) fn list(&self, list: Cell) -> &ListSlot {
        let slot = self.slot_of(list, self.list_kind(list).list_arena());
        // SAFETY: `slot_of` returned a live list, borrowed as long as the heap.
        unsafe { &*slot.cast() }
    }

    #[inline]
    pub(crate) fn list_mut(&mut self, list: Cell) -> &mut ListSlot {
        let slot = self.slot_of(list, self.list_kind(list).list_arena());
        // SAFETY: as above, and `&mut self` excludes other references.
        unsafe { &mut *slot.cast() }
    }

    /// The type of the elements that a list was made for.
    #[inline]
    pub fn list_type(&self, list: Cell) -> TypeId {
        TypeId(self.list(list).head.payload())
    }

    /// A new empty list of everything that is stored like this, with room for `capacity` elements. Traps: no memory.
    #[inline]
    pub fn list_new(&mut self, kind: ElemKind, capacity: usize) -> Outcome<Cell> {
        self.list_of(TypeId::of_kind(kind), capacity)
    }

    /// A new empty list for elements of a type with room for `capacity` of them. Traps: no memory.
    #[inline]
    pub fn list_of(&mut self, ty: TypeId, capacity: usize) -> Outcome<Cell> {
        let kind = ty.kind();
        let stride = kind.list_stride();
        // Rounded up so that buffers of bools have whole granules.
        let capacity = if stride == 1 { capacity.next_multiple_of(8) } else { capacity };
        let data = if capacity == 0 {
            std::ptr::without_provenance_mut(8)
        } else {
            let bytes = capacity.checked_mul(stride).ok_or_else(|| Trap::memory(self.account.limit))?;
            self.new_buffer(bytes)?.as_ptr()
        };
        let arena = kind.list_arena();
        let cell = self.alloc(ClassId::of(arena, 4), arena, ty.0 << META_SHIFT)?;
        // SAFETY: the new slot has four granules.
        let slot = unsafe { &mut *self.at(cell.index()).cast::<ListSlot>() };
        slot.data = data;
        slot.len = 0;
        slot.capacity = capacity as u64;
        Ok(cell)
    }

    /// A new list of these words, which are of its kind. Traps: no memory.
    pub fn list_from(&mut self, kind: ElemKind, words: &[u64]) -> Outcome<Cell> {
        self.list_of_words(TypeId::of_kind(kind), words.iter().copied())
    }

    /// A new list for elements of a type, which these words are. Traps: no memory.
    pub fn list_of_words(&mut self, ty: TypeId, words: impl ExactSizeIterator<Item = u64>) -> Outcome<Cell> {
        let cell = self.list_of(ty, words.len())?;
        let slot = self.list_mut(cell);
        for word in words {
            slot.add(word, ty.kind());
        }
        Ok(cell)
    }

    /// A new list of zeros: 0, 0.0, false; cells are none. Traps: no memory.
    pub fn list_zeros(&mut self, kind: ElemKind, len: usize) -> Outcome<Cell> {
        let cell = self.list_new(kind, len)?;
        let slot = self.list_mut(cell);
        // SAFETY: the capacity is `len` at least.
        unsafe {
            match kind {
                ElemKind::Cell => (0..len).for_each(|at| slot.store(at, Cell::NONE.0, kind)),
                ElemKind::I64 | ElemKind::F64 | ElemKind::Bool => {
                    slot.data.write_bytes(0, len * kind.list_stride());
                }
            }
        }
        slot.len = len as u64;
        Ok(cell)
    }

    /// Number of elements.
    #[inline]
    pub fn list_len(&self, list: Cell) -> usize {
        self.list(list).len as usize
    }

    /// Data pointer and length of a list: a view, valid until the list grows or is freed.
    #[inline]
    pub fn list_view(&self, list: Cell) -> (*mut u8, usize) {
        let slot = self.list(list);
        (slot.data, slot.len as usize)
    }

    /// The element at a position below the length, as the list stores it.
    #[inline]
    pub fn list_word(&self, list: Cell, at: usize) -> u64 {
        let slot = self.list(list);
        assert!((at as u64) < slot.len, "internal error: list position {at} of {}", slot.len);
        // SAFETY: checked above.
        unsafe { slot.load(at, self.list_kind(list)) }
    }

    /// The element at a position below the length, as a cell. Traps: no memory.
    #[inline]
    pub fn list_item(&mut self, list: Cell, at: usize) -> Outcome<Cell> {
        let word = self.list_word(list, at);
        self.box_word(word, self.list_kind(list))
    }

    /// `xs[i]` in the form `want`. Traps: out of range, an element of another kind.
    #[inline]
    pub fn list_get(&mut self, list: Cell, index: i64, want: ElemKind) -> Outcome<u64> {
        let slot = self.list(list);
        let Some(at) = position(index, slot.len as usize) else {
            return Err(Trap::list_index(index, slot.len as usize));
        };
        let kind = self.list_kind(list);
        // SAFETY: `position` is below the length.
        let word = unsafe { slot.load(at, kind) };
        if kind == want { Ok(word) } else { self.convert(word, kind, want) }
    }

    /// `xs[i] = v`, where `word` has the form `have`; at the length it appends. Traps: out of range, an element that
    /// the list cannot hold, no memory.
    #[inline]
    pub fn list_set(&mut self, list: Cell, index: i64, word: u64, have: ElemKind) -> Outcome<()> {
        let kind = self.list_kind(list);
        let len = self.list_len(list);
        match position(index, len) {
            Some(at) => {
                let word = self.list_form(list, word, have)?;
                // SAFETY: `position` is below the length.
                unsafe { self.list_mut(list).store(at, word, kind) };
                Ok(())
            }
            None if index == len as i64 => self.list_push(list, word, have),
            None => Err(Trap::list_index(index, len)),
        }
    }

    /// A word in the form in which a list holds its elements. Traps: the list cannot hold it.
    #[inline]
    fn list_form(&mut self, list: Cell, word: u64, have: ElemKind) -> Outcome<u64> {
        match have {
            ElemKind::Cell => self.fit(Cell(word), self.list_type(list)),
            _ => self.convert(word, have, self.list_kind(list)),
        }
    }

    /// Appends to this very list. Traps: an element that the list cannot hold, no memory.
    #[inline]
    pub fn list_push(&mut self, list: Cell, word: u64, have: ElemKind) -> Outcome<()> {
        let word = self.list_form(list, word, have)?;
        self.list_push_own(list, word)
    }

    /// Appends a word that is an element of the list. Traps: no memory.
    #[inline]
    pub(crate) fn list_push_own(&mut self, list: Cell, word: u64) -> Outcome<()> {
        let kind = self.list_kind(list);
        let slot = self.list(list);
        if slot.len == slot.capacity {
            self.list_reserve(list, 1)?;
        }
        self.list_mut(list).add(word, kind);
        Ok(())
    }

    /// `append(xs, v)` where `xs` is dead afterwards: the list itself with one more element, or a copy when others may
    /// hold it.
    #[inline]
    pub fn list_push_or_copy(&mut self, list: Cell, word: u64, have: ElemKind) -> Outcome<Cell> {
        if self.list(list).head.meta & FLAG_SHARED != 0 || !self.list_takes(list, word, have) {
            return self.list_append(list, word, have);
        }
        self.list_push(list, word, have)?;
        Ok(list)
    }

    /// Marks a list as held by more than one place. Cells that are no lists are ignored.
    #[inline]
    pub fn list_share(&mut self, cell: Cell) {
        if self.is_list(cell) {
            self.list_mut(cell).head.meta |= FLAG_SHARED;
        }
    }

    /// Whether an element is of the type of the list's. One that comes as a cell may not be where the static type says
    /// `any` and the list was made as one of ints.
    #[inline]
    fn list_takes(&self, list: Cell, word: u64, have: ElemKind) -> bool {
        have != ElemKind::Cell || self.word_of(Cell(word), self.list_type(list)).is_some()
    }

    /// `append(xs, v)`: a new list, with room for more; one of `any` when the element is of another type than those of
    /// the list. Traps: no memory.
    pub fn list_append(&mut self, list: Cell, word: u64, have: ElemKind) -> Outcome<Cell> {
        let len = self.list_len(list);
        let new = if self.list_takes(list, word, have) {
            self.list_part(list, 0, len, grown(len, 1))?
        } else {
            self.list_as_any(list)?
        };
        self.list_push(new, word, have)?;
        Ok(new)
    }

    /// Makes room for so many elements more in a list that nobody shares. Not for more than a quarter of what memory may be
    /// used still, since they may never come.
    pub fn list_prepare(&mut self, list: Cell, more: i64) {
        let stride = self.list_kind(list).list_stride();
        let slot = self.list(list);
        let (data, len, old) = (slot.data, slot.len as usize, slot.capacity as usize);
        let room = self.account.limit.saturating_sub(self.account.in_use()) / 4 / stride;
        let more = usize::try_from(more).unwrap_or(0);
        if more > room || old - len >= more || slot.head.meta & FLAG_SHARED != 0 {
            return;
        }
        // Loops inside of loops ask again and again: then the room grows as with appends.
        let capacity = if len == 0 { more } else { grown(len, more) }.next_multiple_of(8);
        let bytes = capacity * stride;
        let grown = if old == 0 {
            self.new_buffer(bytes)
        } else {
            // SAFETY: the list owns its buffer of `old` elements; views end where a list grows.
            unsafe { self.grow_buffer(data, old * stride, bytes) }
        };
        if let Ok(data) = grown {
            let slot = self.list_mut(list);
            slot.data = data.as_ptr();
            slot.capacity = capacity as u64;
        }
    }

    /// Appends the last element again, so many times at most, as often as there is room already, unless somebody shares the
    /// list. How often.
    pub fn list_repeat(&mut self, list: Cell, more: i64) -> usize {
        let kind = self.list_kind(list);
        let slot = self.list_mut(list);
        let (len, room) = (slot.len as usize, (slot.capacity - slot.len) as usize);
        if len == 0 || slot.head.meta & FLAG_SHARED != 0 {
            return 0;
        }
        let more = usize::try_from(more).unwrap_or(0).min(room);
        // SAFETY: the list owns its buffer, of which the elements before `len` are initialised and `room` more are its own.
        unsafe {
            match kind.list_stride() {
                1 => slot.data.add(len).write_bytes(slot.data.add(len - 1).read(), more),
                _ => {
                    let end = slot.data.cast::<u64>().add(len);
                    std::slice::from_raw_parts_mut(end.cast::<std::mem::MaybeUninit<u64>>(), more)
                        .fill(std::mem::MaybeUninit::new(end.sub(1).read()));
                }
            }
        }
        slot.len += more as u64;
        more
    }

    /// Makes room for more elements. Traps: no memory.
    pub fn list_reserve(&mut self, list: Cell, more: usize) -> Outcome<()> {
        let stride = self.list_kind(list).list_stride();
        let slot = self.list(list);
        let (data, len, old) = (slot.data, slot.len as usize, slot.capacity as usize);
        if old - len >= more {
            return Ok(());
        }
        let capacity = grown(len, more).next_multiple_of(if stride == 1 { 8 } else { 1 });
        let bytes = capacity.checked_mul(stride).ok_or_else(|| Trap::memory(self.account.limit))?;
        let data = if old == 0 {
            self.new_buffer(bytes)?
        } else {
            // SAFETY: the list owns its buffer of `old` elements; views end where a list grows.
            unsafe { self.grow_buffer(data, old * stride, bytes)? }
        };
        let slot = self.list_mut(list);
        slot.data = data.as_ptr();
        slot.capacity = capacity as u64;
        Ok(())
    }

    /// `xs[a:b]` with the clamping of the language: a new list. Traps: no memory.
    pub fn list_slice(&mut self, list: Cell, from: i64, to: i64) -> Outcome<Cell> {
        let (from, to) = clamp(from, to, self.list_len(list));
        self.list_part(list, from, to, to - from)
    }

    /// A new list of the elements `from..to` with at least this capacity.
    fn list_part(&mut self, list: Cell, from: usize, to: usize, capacity: usize) -> Outcome<Cell> {
        let new = self.list_of(self.list_type(list), capacity.max(to - from))?;
        self.extend(new, list, from, to);
        Ok(new)
    }

    /// Copies elements of another list of the same kind behind those of a list that has room for them.
    fn extend(&mut self, list: Cell, other: Cell, from: usize, to: usize) {
        let stride = self.list_kind(list).list_stride();
        let part: *const [u8] = &self.list(other).bytes(stride)[from * stride..to * stride];
        let slot = self.list_mut(list);
        assert!(slot.capacity - slot.len >= (to - from) as u64);
        // SAFETY: the part is of another list, whose buffer is another one; there is room, as just checked.
        unsafe {
            let end = slot.data.add(slot.len as usize * stride);
            end.copy_from_nonoverlapping(part.cast(), (to - from) * stride);
        }
        let start = slot.len as usize;
        slot.len += (to - from) as u64;
        if self.list_kind(list) == ElemKind::Cell {
            self.share_items(list, start);
        }
    }

    /// Marks the lists among the elements from a position on as shared: they are parts of another container too. See
    /// docs/decisions/lists-in-place.md.
    pub(crate) fn share_items(&mut self, list: Cell, from: usize) {
        for at in from..self.list_len(list) {
            self.list_share(Cell(self.list_word(list, at)));
        }
    }

    /// `a + b`: a new list; of `any` when the types differ. Traps: no memory.
    pub fn list_concat(&mut self, a: Cell, b: Cell) -> Outcome<Cell> {
        let (left, right) = (self.list_len(a), self.list_len(b));
        if self.list_type(a) == self.list_type(b) {
            let new = self.list_part(a, 0, left, left + right)?;
            self.extend(new, b, 0, right);
            return Ok(new);
        }
        let new = self.list_of(TypeId::ANY, left + right)?;
        for (list, len) in [(a, left), (b, right)] {
            for at in 0..len {
                let item = self.list_item(list, at)?;
                self.list_push(new, item.0, ElemKind::Cell)?;
            }
        }
        self.share_items(new, 0);
        Ok(new)
    }

    /// A new list of `any` with the same elements. Traps: no memory.
    fn list_as_any(&mut self, list: Cell) -> Outcome<Cell> {
        let len = self.list_len(list);
        let new = self.list_of(TypeId::ANY, len)?;
        for at in 0..len {
            let item = self.list_item(list, at)?;
            self.list_push(new, item.0, ElemKind::Cell)?;
        }
        self.share_items(new, 0);
        Ok(new)
    }
}

/// Capacity for `len + more` elements that leaves room to grow.
fn grown(len: usize, more: usize) -> usize {
    let spare = if len <= DOUBLE_UP_TO { len } else { len / 2 };
    (len + spare).max(len.saturating_add(more)).max(FIRST_CAPACITY)
}

#[cfg(test)]
mod tests;
