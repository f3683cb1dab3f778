//! A module in binary form of which only what is asked for is decoded.

use std::sync::OnceLock;

use mochi_base::IdVec;

use super::bytes::Reader;
use super::decode::{self, Counts, FuncReader};
use super::{DIGEST, DecodeError, Decoded, HEADER, MAGIC, Section};
use crate::func::Func;
use crate::module::{FuncId, Global, GlobalId, Module, StrId};
use crate::op::Imm;
use crate::ty::{StructDef, StructId, Ty, Types, UnionDef, UnionId};

/// An opened module. Opening looks at the header alone; the ids of what is decoded are those of the library's tables.
#[derive(Debug)]
pub struct Library<'a> {
    bytes: &'a [u8],
    /// The function that the module starts with.
    entry: Option<FuncId>,
    /// Offset of the list of ends and number of the strings.
    strings: (usize, usize),
    /// Offset of the list of offsets and number of the functions.
    funcs: (usize, usize),
    tables: OnceLock<Decoded<Tables>>,
}

/// What is not decoded one by one.
#[derive(Debug)]
struct Tables {
    types: Types,
    globals: IdVec<GlobalId, Global>,
}

impl<'a> Library<'a> {
    /// Opens a module that [`encode`](super::encode) wrote.
    pub fn open(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(DecodeError::NotIr);
        }
        let mut r = Reader { bytes, at: MAGIC.len() };
        if u64::from(r.word()?) | u64::from(r.word()?) << 32 != DIGEST {
            return Err(DecodeError::OtherBuild);
        }
        if r.word()? as usize != bytes.len() || bytes.len() < HEADER {
            return r.damaged();
        }
        let entry = r.word()?;
        let mut library = Self {
            bytes,
            entry: entry.checked_sub(1).map(FuncId),
            strings: (0, 0),
            funcs: (0, 0),
            tables: OnceLock::new(),
        };
        library.strings = library.list(Section::Strings, 1)?;
        library.funcs = library.list(Section::Funcs, 2)?;
        if entry as usize > library.funcs.1 {
            return r.damaged();
        }
        Ok(library)
    }

    /// The function with this name.
    pub fn find(&self, name: &str) -> Result<Option<FuncId>, DecodeError> {
        let (offset, count) = self.funcs;
        let (mut lo, mut hi) = (0, count);
        while lo < hi {
            let mid = lo.midpoint(hi);
            let id = FuncId(self.word(offset + 4 * (count + mid))?);
            match self.name(id)?.cmp(name) {
                std::cmp::Ordering::Equal => return Ok(Some(id)),
                std::cmp::Ordering::Less => lo = mid + 1,
                std::cmp::Ordering::Greater => hi = mid,
            }
        }
        Ok(None)
    }
    /// Number of functions.
    pub fn func_count(&self) -> usize {
        self.funcs.1
    }
    /// The name of a function.
    pub fn name(&self, id: FuncId) -> Result<&'a str, DecodeError> {
        self.str(self.open_func(id, self.counts_of_strings())?.names.0)
    }
    /// A function as a declaration.
    pub fn head(&self, id: FuncId) -> Result<Func, DecodeError> {
        Ok(self.read_head(id)?.0)
    }
    /// A function. Its string constants are strings of the library.
    pub fn func(&self, id: FuncId) -> Result<Func, DecodeError> {
        let (mut func, mut reader) = self.read_head(id)?;
        reader.body(&mut func, |id| self.str(id))?;
        Ok(func)
    }
    /// A string.
    pub fn str(&self, id: StrId) -> Result<&'a str, DecodeError> {
        let (offset, count) = self.strings;
        let id = id.0 as usize;
        if id >= count {
            return Err(DecodeError::Damaged(offset));
        }
        let start = if id == 0 { 0 } else { self.word(offset + 4 * (id - 1))? };
        let end = self.word(offset + 4 * id)?;
        let base = offset + 4 * count;
        let text = self.bytes.get(base + start as usize..base + end as usize);
        text.and_then(|t| std::str::from_utf8(t).ok()).ok_or(DecodeError::Damaged(base))
    }
    /// The types, structs and unions.
    pub fn types(&self) -> Result<&Types, DecodeError> {
        Ok(&self.tables()?.types)
    }
    /// A global.
    pub fn global(&self, id: GlobalId) -> Result<&Global, DecodeError> {
        self.tables()?.globals.get(id).ok_or(DecodeError::Damaged(0))
    }

    /// Everything.
    pub(super) fn module(&self) -> Decoded<Module> {
        let mut module = Module::new();
        let tables = self.tables()?;
        module.types = tables.types.clone();
        module.globals = tables.globals.clone();
        for id in (0..self.funcs.1).map(|n| FuncId(n as u32)) {
            let mut func = self.func(id)?;
            for data in func.insts.values_mut() {
                if let Imm::Str(id) | Imm::Trap(_, id) = &mut data.imm {
                    *id = module.intern_str(self.str(*id)?);
                }
            }
            if module.func_named(&func.name).is_some() {
                return Err(DecodeError::Damaged(self.funcs.0));
            }
            module.add_func(func);
        }
        module.entry = self.entry;
        Ok(module)
    }

    fn word(&self, at: usize) -> Decoded<u32> {
        Reader { bytes: self.bytes, at }.word()
    }
    /// Where a section starts.
    fn section(&self, section: Section) -> Decoded<Reader<'a>> {
        let at = self.word(24 + 4 * section as usize)? as usize;
        Ok(Reader { bytes: self.bytes, at: at.min(self.bytes.len()) })
    }
    /// Offset and length of the lists of words that a section starts with.
    fn list(&self, section: Section, lists: usize) -> Decoded<(usize, usize)> {
        let mut r = self.section(section)?;
        let count = r.word()? as usize;
        if count > (self.bytes.len() - r.at) / (4 * lists) { r.damaged() } else { Ok((r.at, count)) }
    }

    fn counts_of_strings(&self) -> Counts {
        Counts { strings: self.strings.1, ..Counts::default() }
    }
    fn counts(&self) -> Decoded<Counts> {
        let tables = self.tables()?;
        Ok(Counts {
            strings: self.strings.1,
            types: tables.types.len(),
            structs: tables.types.structs.len(),
            unions: tables.types.unions.len(),
            globals: tables.globals.len(),
            funcs: self.funcs.1,
        })
    }

    fn open_func(&self, id: FuncId, counts: Counts) -> Decoded<FuncReader<'a>> {
        let (offset, count) = self.funcs;
        if id.0 as usize >= count {
            return Err(DecodeError::Damaged(offset));
        }
        let at = self.word(offset + 4 * id.0 as usize)? as usize;
        FuncReader::open(Reader { bytes: self.bytes, at: at.min(self.bytes.len()) }, counts)
    }
    fn read_head(&self, id: FuncId) -> Decoded<(Func, FuncReader<'a>)> {
        let mut reader = self.open_func(id, self.counts()?)?;
        let (name, shown) = reader.names;
        let func = reader.head(self.str(name)?.to_string(), self.str(shown)?.to_string())?;
        Ok((func, reader))
    }

    fn tables(&self) -> Decoded<&Tables> {
        self.tables.get_or_init(|| self.read_tables()).as_ref().map_err(|&error| error)
    }
    fn read_tables(&self) -> Decoded<Tables> {
        let mut counts = self.counts_of_strings();
        counts.structs = self.section(Section::Structs)?.count()?;
        counts.unions = self.section(Section::Unions)?.count()?;
        let mut types = decode::types(&mut self.section(Section::Types)?, counts)?;
        counts.types = types.len();
        types.structs = self.structs(counts)?;
        types.unions = self.unions(counts)?;
        let globals = self.globals(counts)?;
        Ok(Tables { types, globals })
    }
    fn structs(&self, counts: Counts) -> Decoded<IdVec<StructId, StructDef>> {
        let mut r = self.section(Section::Structs)?;
        let mut structs = Vec::new();
        for _ in 0..r.count()? {
            let name = self.read_str(&mut r)?;
            let mut fields = Vec::new();
            for _ in 0..r.count()? {
                fields.push((self.read_str(&mut r)?, Ty(r.below(counts.types)?)));
            }
            let variant_of = match r.below(counts.unions + 1)? {
                0 => None,
                n => Some((UnionId(n - 1), r.u32()?)),
            };
            structs.push(StructDef { name, fields, variant_of });
        }
        Ok(structs.into())
    }
    fn unions(&self, counts: Counts) -> Decoded<IdVec<UnionId, UnionDef>> {
        let mut r = self.section(Section::Unions)?;
        let mut unions = Vec::new();
        for _ in 0..r.count()? {
            let name = self.read_str(&mut r)?;
            let mut variants = Vec::new();
            for _ in 0..r.count()? {
                variants.push(StructId(r.below(counts.structs)?));
            }
            unions.push(UnionDef { name, variants });
        }
        Ok(unions.into())
    }
    fn globals(&self, counts: Counts) -> Decoded<IdVec<GlobalId, Global>> {
        let mut r = self.section(Section::Globals)?;
        let mut globals = Vec::new();
        for _ in 0..r.count()? {
            let name = self.read_str(&mut r)?;
            globals.push(Global { name, ty: Ty(r.below(counts.types)?) });
        }
        Ok(globals.into())
    }
    fn read_str(&self, r: &mut Reader<'_>) -> Decoded<String> {
        let id = StrId(r.below(self.strings.1)?);
        Ok(self.str(id)?.to_string())
    }
}
