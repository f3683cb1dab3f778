//! Maps: entries in a dense vector, found through an index.
//!
//! - Keys are raw ints or cells, values words of any kind; the slot's payload says which. As with lists, operations say
//!   in which form they bring a key or want a value.
//! - The index is a hash table, or an array by key when a map's int keys are dense enough (`index`). Small maps have
//!   none.
//! - Nothing observes the order of entries but sorted enumeration, which sorts them in place (`sorted`).

use mochi_abi::layout::{MAP_TYPE_SHIFT, MAP_VALUE_SHIFT, META_SHIFT};
use mochi_abi::{Arena, Cell, ElemKind, MapType, TypeId};

use crate::equal::Item;
use crate::heap::Heap;
use crate::heap::block::ClassId;
use crate::heap::slot::{Entry, MapSlot};
use crate::trap::Outcome;
use crate::value::kind_name;

mod index;
mod insert;
mod sorted;

/// A key in the form that a map stores.
#[derive(Clone, Copy)]
enum Key {
    /// For maps of ints.
    Int(i64),
    /// For other maps.
    Cell(Cell),
}

/// The key of a map of cells that was found last: the next to come often is its new value.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    map: Cell,
    /// The key that was looked for.
    key: Cell,
    /// The equal one in the map, and its position.
    entry: Cell,
    at: usize,
}

impl Found {
    /// None.
    pub(crate) const NOTHING: Found = Found { map: Cell::NONE, key: Cell::NONE, entry: Cell::NONE, at: 0 };
}

impl Heap {
    /// A new map of everything that is stored like this, with room for `capacity` entries. Traps: no memory.
    pub fn map_new(&mut self, keys: ElemKind, values: ElemKind, capacity: usize) -> Outcome<Cell> {
        self.map_of(MapType::of_kinds(keys, values), capacity)
    }

    /// A new map for keys and values of these types with room for `capacity` entries. Keys are stored raw when they are
    /// ints, else as cells. Traps: no memory.
    pub fn map_of(&mut self, ty: MapType, capacity: usize) -> Outcome<Cell> {
        let (keys, values) = self.types.map(ty);
        let keys = if keys == TypeId::INT { ElemKind::I64 } else { ElemKind::Cell };
        let kinds = keys as u32 | (values.kind() as u32) << MAP_VALUE_SHIFT;
        let meta = (kinds | ty.0 << MAP_TYPE_SHIFT) << META_SHIFT;
        const GRANULES: u32 = (size_of::<MapSlot>() / mochi_abi::layout::GRANULE) as u32;
        let cell = self.alloc(ClassId::of(Arena::Map, GRANULES), Arena::Map, meta)?;
        let map = self.at(cell.index()).cast::<MapSlot>();
        // SAFETY: the new slot has room for the fields.
        unsafe {
            (*map).entries = std::ptr::null_mut();
            (*map).len = 0;
            (*map).index = std::ptr::null_mut();
            (*map).capacity = 0;
            (*map).index_bits = 0;
            (*map).sorted = 0;
            (*map).base = 0;
        }
        if capacity > 0 {
            self.map_reserve(cell, capacity)?;
        }
        Ok(cell)
    }

    /// Whether a cell is a map.
    #[inline]
    pub fn is_map(&self, cell: Cell) -> bool {
        cell.arena() == Some(Arena::Map)
    }

    #[inline]
    pub(crate) fn map(&self, map: Cell) -> &MapSlot {
        // SAFETY: `slot_of` returned a live map, borrowed as long as the heap.
        unsafe { &*self.slot_of(map, Arena::Map).cast() }
    }

    #[inline]
    pub(crate) fn map_mut(&mut self, map: Cell) -> &mut MapSlot {
        // SAFETY: as above, and `&mut self` excludes other references.
        unsafe { &mut *self.slot_of(map, Arena::Map).cast() }
    }

    /// Number of entries.
    #[inline]
    pub fn map_len(&self, map: Cell) -> usize {
        self.map(map).len as usize
    }

    /// What a map was made for.
    #[inline]
    pub fn map_type(&self, map: Cell) -> MapType {
        MapType(self.map(map).head.payload() >> MAP_TYPE_SHIFT)
    }

    /// How a map stores its keys.
    #[inline]
    pub fn map_key_kind(&self, map: Cell) -> ElemKind {
        self.map(map).keys()
    }

    /// How a map stores its values.
    #[inline]
    pub fn map_value_kind(&self, map: Cell) -> ElemKind {
        self.map(map).values()
    }

    /// The value of a key, as the map stores values, in a map of ints.
    #[inline]
    pub fn map_get_int(&self, map: Cell, key: i64) -> Option<u64> {
        let slot = self.map(map);
        debug_assert_eq!(slot.keys(), ElemKind::I64);
        let at = slot.find_int(key)?;
        Some(slot.entry(at).value)
    }

    /// The value of a key, as the map stores values, in a map of cells.
    #[inline]
    pub fn map_get_cell(&self, map: Cell, key: Cell) -> Option<u64> {
        let slot = self.map(map);
        debug_assert_eq!(slot.keys(), ElemKind::Cell);
        let at = self.find_cell(slot, key)?;
        Some(slot.entry(at).value)
    }

    /// `m[k]` where the key has the form `have` and the value is to have the form `want`; `None` when the key is not
    /// there. Traps: a value that has no such form, no memory.
    #[inline]
    pub fn map_get(&mut self, map: Cell, key: u64, have: ElemKind, want: ElemKind) -> Outcome<Option<u64>> {
        let Some(at) = self.map_position(map, key, have) else { return Ok(None) };
        let slot = self.map(map);
        let (Entry { key: entry, value: word }, kind) = (slot.entry(at), slot.values());
        if have == ElemKind::Cell && slot.keys() == ElemKind::Cell {
            self.found = Found { map, key: Cell(key), entry: Cell(entry), at };
        }
        if kind == want { Ok(Some(word)) } else { self.convert(word, kind, want).map(Some) }
    }

    /// Whether a key, which has the form `have`, is there.
    #[inline]
    pub fn map_has(&self, map: Cell, key: u64, have: ElemKind) -> bool {
        self.map_position(map, key, have).is_some()
    }

    /// Position of a key that has the form `have`.
    #[inline]
    fn map_position(&self, map: Cell, key: u64, have: ElemKind) -> Option<usize> {
        let slot = self.map(map);
        if have != slot.keys() {
            return self.find_item(slot, Item::new(key, have));
        }
        match have {
            ElemKind::I64 => slot.find_int(key as i64),
            ElemKind::Cell | ElemKind::F64 | ElemKind::Bool => self.find_cell(slot, Cell(key)),
        }
    }

    /// `m[k] = v` by code that does not know the types of the map: cells may be anything. Traps: a key or value that the
    /// map cannot hold, no memory.
    pub fn map_set_any(
        &mut self,
        map: Cell,
        key: u64,
        have: ElemKind,
        value: u64,
        value_have: ElemKind,
    ) -> Outcome<()> {
        let (keys, values) = self.types.map(self.map_type(map));
        let (value, value_have) = match value_have {
            ElemKind::Cell => (self.fit(Cell(value), values)?, values.kind()),
            _ => (value, value_have),
        };
        // Of ints, whole floats are keys too: that is found out where they are stored.
        let key = match have {
            ElemKind::Cell if keys != TypeId::INT => {
                let word = self.fit(Cell(key), keys)?;
                self.box_word(word, keys.kind())?.0
            }
            _ => key,
        };
        self.map_set(map, key, have, value, value_have)
    }

    /// `m[k] = v` where key and value have the forms given, and cells are of the map's types. Traps: a key or value that
    /// the map cannot hold, no memory.
    #[inline]
    pub fn map_set(
        &mut self,
        map: Cell,
        key: u64,
        have: ElemKind,
        value: u64,
        value_have: ElemKind,
    ) -> Outcome<()> {
        let kind = self.map_value_kind(map);
        let value = if kind == value_have { value } else { self.convert(value, value_have, kind)? };
        let key_kind = self.map_key_kind(map);
        let key = if have == key_kind {
            if have == ElemKind::I64 { Key::Int(key as i64) } else { Key::Cell(Cell(key)) }
        } else {
            match self.key(map, key, have)? {
                Some(key) => key,
                None => {
                    let key = self.box_word(key, have)?;
                    return Err(self.bad_cast(key, kind_name(key_kind)));
                }
            }
        };
        match key {
            Key::Int(key) => self.map_set_int(map, key, value),
            Key::Cell(key) => self.map_set_cell(map, key, value),
        }
    }

    /// A key in the form that a map stores; `None` when the map cannot hold it. Traps: no memory.
    fn key(&mut self, map: Cell, word: u64, have: ElemKind) -> Outcome<Option<Key>> {
        let cell = self.box_word(word, have)?;
        Ok(match self.map_key_kind(map) {
            ElemKind::I64 => self.key_int(cell).map(Key::Int),
            _ => Some(Key::Cell(cell)),
        })
    }

    /// The int that a cell equals, if any: of an int itself, of a whole double the int of that value.
    pub(crate) fn key_int(&self, cell: Cell) -> Option<i64> {
        if cell.is_f64() {
            let value = cell.as_f64();
            let int = value as i64;
            return (crate::number::int_float(int, value) == Some(std::cmp::Ordering::Equal)).then_some(int);
        }
        self.unbox_int(cell)
    }

    /// The entry at a position below the length, in the order of `map_sort`: key and value as the map stores them.
    #[inline]
    pub fn map_entry(&self, map: Cell, at: usize) -> (u64, u64) {
        let slot = self.map(map);
        assert!((at as u64) < slot.len, "internal error: map position {at} of {}", slot.len);
        let Entry { key, value } = slot.entry(at);
        (key, value)
    }

    /// A new list of the keys in ascending order, for elements of a type that is the keys' or `any`. Traps: no memory.
    pub fn map_keys(&mut self, map: Cell, ty: TypeId) -> Outcome<Cell> {
        self.map_sort(map);
        let (kind, want, len) = (self.map_key_kind(map), ty.kind(), self.map_len(map));
        let list = self.list_of(ty, len)?;
        for at in 0..len {
            let word = self.map(map).entry(at).key;
            let word = if kind == want { word } else { self.convert(word, kind, want)? };
            self.list_mut(list).add(word, want);
        }
        if want == ElemKind::Cell {
            self.share_items(list, 0);
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests;
