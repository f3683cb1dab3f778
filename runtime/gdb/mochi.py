"""Pretty printers of gdb for programs that `mochi build --mode=dev` made.

Programs that GCC and Clang built for Linux carry this text, which gdb runs when it is told to trust them:

    gdb -iex 'add-auto-load-safe-path .' ./program

Cells (`mo_cell`) are shown as Mochi writes them: strings, lists, maps, structs, functions, numbers of any size. Only memory
is read and nothing of the program is called, so this works wherever it stopped and in core dumps. Layout: docs/abi.md.
"""

import struct

import gdb

# Elements that are shown of a list or map, characters of a string, and containers within containers.
MOST = 200
DEEP = 8

INT, SPECIAL, STR, HANDLE = 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC
SPECIALS = {0: "none", 2: "false", 3: "true"}
FLAG_CELL, FLAG_I64, META_SHIFT = 8, 32, 8
# How containers store words, by `enum mo_kind`.
CELLS, INTS, FLOATS, BOOLS = range(4)


def memory(address, count):
    return bytes(gdb.selected_inferior().read_memory(address, count)) if count else b""


def word(address):
    return int.from_bytes(memory(address, 8), "little")


def variable(name):
    return gdb.parse_and_eval(name)


def as_float(bits):
    return repr(struct.unpack("<d", struct.pack("<Q", bits))[0])


def as_int(bits):
    return str(bits - (1 << 64) if bits >> 63 else bits)


def quoted(text):
    shown = text.decode("utf-8", "replace")
    more = "..." if len(shown) > MOST else ""
    escaped = shown[:MOST].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + escaped.replace("\t", "\\t").replace("\r", "\\r") + '"' + more


def stored(kind, bits, deep):
    """A word of a container."""
    if kind == CELLS:
        return cell(bits, deep)
    if kind == INTS:
        return as_int(bits)
    return as_float(bits) if kind == FLOATS else ("true" if bits & 0xFF else "false")


def joined(items, count):
    return ", ".join(items) + (", ..." if count > MOST else "")


def cell(bits, deep=0):
    """A cell as text."""
    tag, payload = bits >> 48, bits & 0xFFFFFFFFFFFF
    if tag < INT:
        return as_float(bits)
    if tag == INT:
        return str(payload - (1 << 48) if payload >> 47 else payload)
    if tag == SPECIAL:
        return SPECIALS.get(payload, hex(bits))
    if tag == STR:
        return quoted(payload.to_bytes(6, "little")[: payload >> 40 & 15])
    if tag != HANDLE:
        return hex(bits)
    slot = int(variable("mo.base")) + (bits & 0xFFFFFFFF) * 8
    header, meta = word(slot) & 0xFFFFFFFF, word(slot) >> 32
    if header != bits >> 32:
        return "(freed)"
    arena = bits >> 44 & 15
    show = SHOW.get(arena)
    if show is None or deep > DEEP:
        return "..."
    return show(slot, meta, deep)


def long_str(slot, meta, deep):
    sizes = word(slot + 16)
    return quoted(memory(word(slot + 8), min(sizes & 0xFFFFFFFF, 4 * MOST)))


def list_of(kind):
    def show(slot, meta, deep):
        data, count = word(slot + 8), word(slot + 16)
        shown = min(count, MOST)
        if kind == BOOLS:
            return "[" + joined([stored(kind, b, deep) for b in memory(data, shown)], count) + "]"
        return "[" + joined([stored(kind, word(data + 8 * i), deep + 1) for i in range(shown)], count) + "]"

    return show


def map_(slot, meta, deep):
    entries, count = word(slot + 8), word(slot + 16)
    keys, values = meta >> META_SHIFT & 1, meta >> (META_SHIFT + 1) & 3
    items = []
    for at in range(min(count, MOST)):
        key, value = word(entries + 16 * at), word(entries + 16 * at + 8)
        items.append(stored(keys, key, deep + 1) + ": " + stored(values, value, deep + 1))
    # Their order in memory is no order of the language.
    return "{" + joined(sorted(items), count) + "}"


def struct_(slot, meta, deep):
    number = meta >> META_SHIFT
    if number >= int(variable("mo_shapes_len")):
        return "..."
    shape = variable("mo_shapes")[number]
    fields = []
    for at in range(int(shape["len"])):
        field = shape["fields"][at]
        kind = field_kind(int(field["type"]))
        fields.append(field["name"].string() + ": " + stored(kind, word(slot + 8 + 8 * at), deep + 1))
    return shape["name"].string() + " {" + ", ".join(fields) + "}"


def field_kind(type_number):
    """Types that say no more than how they are stored have the numbers of `enum mo_kind`."""
    return type_number if type_number <= BOOLS else CELLS


def function(slot, meta, deep):
    number = meta >> META_SHIFT
    if number >= int(variable("mo_fns_len")):
        return "(function with some of its arguments)"
    return "(function " + variable("mo_fns")[number]["name"].string() + ")"


def variable_of_closures(slot, meta, deep):
    return stored(CELLS if meta & FLAG_CELL else INTS, word(slot + 8), deep + 1)


def magnitude(address):
    """A number of the runtime: length, sign, digits of 32 bits, lowest first."""
    head = word(address)
    count, sign = head & 0xFFFFFFFF, head >> 32
    value = int.from_bytes(memory(address + 8, 4 * count), "little")
    return -value if sign >> 31 else value


def big_int(slot, meta, deep):
    return as_int(word(slot + 8)) if meta & FLAG_I64 else str(magnitude(word(slot + 8)))


def big_rat(slot, meta, deep):
    ratio = word(slot + 8)
    num, den = magnitude(word(ratio)), magnitude(word(ratio + 8))
    return "%d/%d" % (num, den)


# By `enum mo_arena`.
SHOW = {
    1: long_str,
    2: list_of(CELLS),
    3: list_of(INTS),
    4: list_of(FLOATS),
    5: list_of(BOOLS),
    6: map_,
    7: struct_,
    8: function,
    9: variable_of_closures,
    10: big_int,
    11: big_rat,
}


class CellPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        try:
            return cell(int(self.value.cast(gdb.lookup_type("uint64_t"))))
        except gdb.MemoryError as error:
            return "(not to be read: %s)" % error


def printer(value):
    kind = value.type.unqualified()
    return CellPrinter(value) if kind.name == "mo_cell" else None


printer.__name__ = "mochi"
gdb.pretty_printers.append(printer)
