/* The heap: slots of fixed size in blocks of 64 KiB of one reserved address range, as in the runtime of the
 * interpreter. A block has slots of one class; free slots are chained through their meta words; after a collection
 * blocks are swept when their class needs slots.
 *
 * Roots are found by looking at every word of the native stack and of the saved registers: a word counts when it is the
 * handle of a live slot. Handles do not move, so nothing has to be told to the mutator. */
#include "internal.h"

#if !defined(__wasm__) && !defined(MOCHI_NO_LIBC) && !defined(MOCHI_EMBEDDED)
#include <setjmp.h>
#endif

#define BLOCK_BYTES MO_SIZED(64u << 10, MO_LITTLE_BLOCK)
#define BLOCK_GRANULES (BLOCK_BYTES / 8)
/* As many as indices can name, or what leaves room for the rest of memory. */
#if defined(MOCHI_EMBEDDED)
#define HEAP_BYTES ((size_t)mo_os_memory())
#elif SIZE_MAX > UINT32_MAX
#define HEAP_BYTES ((size_t)32 << 30)
#else
#define HEAP_BYTES ((size_t)1 << 30)
#endif
#define FIRST_BLOCKS MO_SIZED(64u, 8u)
#define CARVE_BYTES 4096u
#define GENERATIONS 4096u
#define GENERATION_STEP 2531u
#define FREE_ARENA 0u
#define QUARANTINE_ARENA 15u
/* A heap does not collect before it allocated this much. */
#define LEAST MO_SIZED((size_t)2 << 20, (size_t)4 << 10)
#define LEAST_AT_LIMIT MO_SIZED((size_t)256 << 10, (size_t)512)
#define EAGER_BYTES ((size_t)1 << 20)
/* So much of what is left may be used before a collection: where both ends of one memory grow towards each other, what is
 * free lies in pieces. */
#define ROOM_SHARE MO_SIZED(1u, 2u)
#define MARK ((uint64_t)MO_FLAG_MARK << 32)

typedef struct block {
    uint32_t granules, carved, epoch, generation;
    /* First and number of the free slots that were found when it was swept ahead of need. */
    uint32_t chain, chain_len;
    uint16_t cls;
    bool vacant;
} block;
#ifdef MOCHI_EMBEDDED
typedef uint16_t block_count;
#else
typedef uint32_t block_count;
#endif
typedef struct klass {
    uint32_t *blocks;
    block_count len, room, cursor, fresh;
} klass;

mo_state mo;
mo_shape_info *mo_shape_infos;
mo_cell *mo_made_closures;

static block first_blocks[FIRST_BLOCKS], *blocks = first_blocks;
static uint32_t blocks_len, blocks_room = FIRST_BLOCKS, vacant_len;
static klass classes[MO_CLASSES];
static uint32_t epoch;
static size_t heap_bytes, live_bytes, flat_bytes, buffer_bytes, limit_bytes;
static bool stress;
static uint32_t *pending;
static size_t pending_len, pending_room;
static size_t found_slots, found_scanned, found_flat;
static char *stack_top;

static uint32_t free_header(uint32_t generation) {
    return (uint32_t)(MO_TAG_HANDLE << 16) | FREE_ARENA << 12 | generation;
}
static uint32_t quarantine(void) {
    return (uint32_t)(MO_TAG_HANDLE << 16) | QUARANTINE_ARENA << 12;
}

/* ---- Sizes ---- */

static uint32_t size_granules(uint32_t size) {
    uint32_t step;
    if (size <= MO_EXACT) return size;
    step = (size - MO_EXACT - 1) / MO_STEPS;
    return (MO_EXACT << step) + ((size - MO_EXACT - 1) % MO_STEPS + 1) * ((MO_EXACT / MO_STEPS) << step);
}
uint32_t mo_class_of(uint32_t arena, uint32_t granules) {
    uint32_t size = granules;
    if (granules > MO_EXACT) {
        size = MO_EXACT + 1;
        while (size < MO_SIZES && size_granules(size) < granules) size++;
        /* There are no such slots, which is noticed when one is wanted. */
        if (size == MO_SIZES) size = 0;
    }
    return arena * MO_SIZES + size;
}

/* ---- Memory beside the slots ---- */

void mo_trap_memory(uint32_t site) {
    static bool ending;
    mo_buf text = {0};
    if (ending) {
        /* Not even for that. */
        static const char last[] = "error: out of memory\n";
        mo_os_write(2, last, sizeof last - 1);
        mo_os_exit(1);
    }
    ending = true;
    mo_os_last_memory();
    mo_buf_text(&text, "out of memory: limit ");
    mo_buf_i64(&text, (int64_t)(limit_bytes >> MO_SIZED(20, 10)));
    mo_buf_text(&text, MO_SIZED(" MiB", " KiB"));
    mo_trap_buf(site, &text);
}
void *mo_xmalloc(size_t bytes) {
    void *memory = malloc(bytes ? bytes : 1);
    if (!memory) mo_trap_memory(0);
    return memory;
}
void *mo_xrealloc(void *old, size_t bytes) {
    void *memory = realloc(old, bytes ? bytes : 1);
    if (!memory) mo_trap_memory(0);
    return memory;
}
void mo_check(uint64_t bytes, uint32_t site) {
    size_t room = limit_bytes > live_bytes ? limit_bytes - live_bytes : 0;
    if (bytes > room || bytes > SIZE_MAX / 4) mo_trap_memory(site);
}
void mo_rt_heap_allow(double bytes, uint32_t site) {
    if (bytes > (double)limit_bytes) mo_trap_memory(site);
}
void mo_charge(size_t bytes) {
    buffer_bytes += bytes;
    mo.allocated += bytes;
}
void *mo_buffer(uint64_t bytes, uint32_t site) {
    void *buffer;
    mo_check(bytes, site);
    buffer = malloc((size_t)bytes);
    if (!buffer) mo_trap_memory(site);
    mo_charge((size_t)bytes);
    return buffer;
}
void *mo_buffer_grow(void *old, size_t old_bytes, uint64_t bytes, uint32_t site) {
    void *buffer;
    mo_check(bytes, site);
    buffer = realloc(old, (size_t)bytes);
    if (!buffer) mo_trap_memory(site);
    mo_charge((size_t)bytes - old_bytes);
    return buffer;
}
void mo_buffer_free(void *buffer, size_t bytes) {
    buffer_bytes -= bytes;
    free(buffer);
}
size_t mo_in_use(void) {
    return live_bytes + mo.allocated;
}
size_t mo_limit(void) {
    return limit_bytes;
}
uint32_t mo_collection(void) {
    return epoch;
}
static void set_threshold(void) {
    size_t room = limit_bytes > live_bytes ? limit_bytes - live_bytes : 0;
    size_t due = live_bytes - flat_bytes + flat_bytes / 4;
    if (room < LEAST_AT_LIMIT) room = LEAST_AT_LIMIT;
    if (due < LEAST) due = LEAST;
    room /= ROOM_SHARE;
    mo.threshold = stress ? 0 : due < room ? due : room;
}

void mo_heap_init(size_t limit, bool stressed) {
    heap_bytes = HEAP_BYTES;
    while (!(mo.base = mo_os_reserve(heap_bytes)) && heap_bytes > BLOCK_BYTES) heap_bytes /= 2;
    limit_bytes = limit;
    if (!mo.base || !mo_os_back(mo.base, BLOCK_BYTES)) mo_trap_memory(0);
    stress = stressed;
    /* Block 0 stays unused, and with it index 0. */
    blocks[0].granules = 1;
    blocks_len = 1;
    set_threshold();
}

/* ---- Sweeping ---- */

static void release_str(mo_long_str *text) {
    mo_str_buffer *buffer = text->buffer;
    if (--buffer->refs == 0) mo_buffer_free(buffer, sizeof *buffer + buffer->used);
}
/* Frees what a dead object owns. */
static void finalize(uint32_t arena, void *slot) {
    mo_head *head = slot;
    switch (arena) {
    case MO_STR:
        if (head->meta & MO_FLAG_BUFFER) release_str(slot);
        break;
    case MO_LIST_CELL:
    case MO_LIST_I64:
    case MO_LIST_F64:
    case MO_LIST_BOOL: {
        mo_list_slot *list = slot;
        if (list->capacity) mo_buffer_free(list->data, list->capacity * (arena == MO_LIST_BOOL ? 1 : 8));
        break;
    }
    case MO_MAP: mo_map_release(slot); break;
    case MO_BIGINT:
        if (!(head->meta & MO_FLAG_I64)) {
            mo_big *big = *(mo_big **)(void *)(head + 1);
            buffer_bytes -= mo_big_bytes(big);
            mo_big_free(big);
        }
        break;
    case MO_BIGRAT: {
        mo_ratio *ratio = *(mo_ratio **)(void *)(head + 1);
        buffer_bytes -= mo_ratio_bytes(ratio);
        mo_ratio_free(ratio);
        break;
    }
    default: break;
    }
}
/* Frees the dead slots of a block and chains all free ones; their number. */
static uint32_t sweep_block(uint32_t number, uint32_t *first) {
    block *b = &blocks[number];
    uint32_t size = b->granules, at = number * BLOCK_GRANULES, end = at + b->carved, count = 0, arena = b->cls / MO_SIZES;
    uint64_t *last = NULL;
    bool owns = arena != MO_STRUCT && arena != MO_CLOSURE && arena != MO_REF;
    b->epoch = epoch;
    b->chain_len = 0;
    *first = 0;
    for (; at < end; at += size) {
        uint64_t *slot = (uint64_t *)(void *)mo_at_index(at), word = *slot;
        uint32_t header = (uint32_t)word, bits = header >> 12 & 15, free_word;
        if (bits == FREE_ARENA) {
            free_word = header;
        } else if (word & MARK) {
            *slot = word & ~MARK;
            continue;
        } else if (bits == QUARANTINE_ARENA) {
            free_word = free_header(0);
        } else {
            uint32_t generation = (header & (GENERATIONS - 1)) + 1;
            if (owns) finalize(bits, slot);
            if (generation == GENERATIONS) {
                *slot = quarantine();
                continue;
            }
            free_word = free_header(generation);
        }
        *slot = free_word;
        if (last)
            *last |= (uint64_t)at << 32;
        else
            *first = at;
        last = slot;
        count++;
    }
    return count;
}
static void add_block(klass *k, uint32_t number) {
    if (k->len == k->room) {
        k->room = (block_count)(k->room ? k->room * 2 : MO_SIZED(8, 2));
        k->blocks = mo_xrealloc(k->blocks, k->room * sizeof *k->blocks);
    }
    k->blocks[k->len++] = number;
}
static uint32_t carve(uint32_t number, uint32_t *first) {
    block *b = &blocks[number];
    uint32_t size = b->granules, room = (BLOCK_GRANULES - b->carved) / size, count = CARVE_BYTES / 8 / size, i, at;
    if (count == 0) count = 1;
    if (count > room) count = room;
    at = number * BLOCK_GRANULES + b->carved;
    *first = at;
    b->carved += count * size;
    if (count == room) classes[b->cls].fresh = 0;
    for (i = 0; i < count; i++, at += size)
        *(uint64_t *)(void *)mo_at_index(at) =
            (uint64_t)free_header(b->generation) | (uint64_t)(i + 1 < count ? at + size : 0) << 32;
    return count;
}
#ifdef MOCHI_EMBEDDED
/* Gives a block without live slots to slots of another size. Their generations go on behind those of all slots that were
 * there, so that no old handle fits a new slot; false where they are used up. */
static bool recut(uint32_t number, uint32_t granules) {
    block *b = &blocks[number];
    uint32_t at = number * BLOCK_GRANULES, end = at + b->carved, most = b->generation;
    for (; at < end; at += b->granules) {
        uint32_t generation = *(uint32_t *)(void *)mo_at_index(at) & (GENERATIONS - 1);
        if (generation > most) most = generation;
    }
    if (most + 1 >= GENERATIONS) return false;
    b->granules = granules;
    b->generation = most + 1;
    b->carved = b->chain_len = 0;
    return true;
}
#endif
static void take_block(uint32_t cls) {
    klass *k = &classes[cls];
    uint32_t number, granules = size_granules(cls % MO_SIZES);
    for (number = 1; vacant_len && number < blocks_len; number++) {
        block *b = &blocks[number];
        if (b->vacant && b->granules == granules) {
            b->vacant = false;
            vacant_len--;
            b->cls = (uint16_t)cls;
            if (b->carved < BLOCK_GRANULES / granules * granules) k->fresh = (block_count)number;
            /* To be swept, which chains its free slots. */
            b->epoch = epoch - 1;
            add_block(k, number);
            return;
        }
    }
#ifdef MOCHI_EMBEDDED
    for (number = 1; vacant_len && number < blocks_len; number++)
        if (blocks[number].vacant && recut(number, granules)) {
            blocks[number].vacant = false;
            vacant_len--;
            blocks[number].cls = (uint16_t)cls;
            blocks[number].epoch = epoch;
            add_block(k, number);
            k->fresh = (block_count)number;
            return;
        }
#endif
    if ((size_t)(blocks_len + 1) * BLOCK_BYTES > heap_bytes) mo_trap_memory(0);
    if (!mo_os_back(mo.base + (size_t)blocks_len * BLOCK_BYTES, BLOCK_BYTES)) mo_trap_memory(0);
    if (blocks_len == blocks_room) {
        blocks_room *= 2;
        blocks = mo_xrealloc(blocks == first_blocks ? NULL : blocks, blocks_room * sizeof *blocks);
        if (blocks_room == 2 * FIRST_BLOCKS) mo_copy(blocks, first_blocks, sizeof first_blocks);
    }
    number = blocks_len++;
    memset(&blocks[number], 0, sizeof *blocks);
    blocks[number].granules = granules;
    blocks[number].epoch = epoch;
    blocks[number].cls = (uint16_t)cls;
    blocks[number].generation = number * GENERATION_STEP % GENERATIONS;
    add_block(k, number);
    k->fresh = (block_count)number;
}
MO_COLD uint32_t mo_refill(uint32_t cls) {
    klass *k = &classes[cls];
    if (cls % MO_SIZES == 0) mo_trap_memory(0);
    for (;;) {
        uint32_t first = 0, count = 0;
        if (k->cursor < k->len) {
            uint32_t number = k->blocks[k->cursor++];
            if (blocks[number].epoch == epoch) {
                first = blocks[number].chain;
                count = blocks[number].chain_len;
                blocks[number].chain_len = 0;
            } else {
                count = sweep_block(number, &first);
            }
        } else if (k->fresh) {
            count = carve(k->fresh, &first);
        } else {
            take_block(cls);
            continue;
        }
        if (count) {
            mo.free[cls] = first;
            mo.allocated += (size_t)count * size_granules(cls % MO_SIZES) * 8;
            return first;
        }
    }
}
/* Sweeps what the last collection left; blocks without live slots become vacant. */
static void finish_sweep(void) {
    uint32_t cls, at, number, first, count;
    for (cls = 0; cls < MO_CLASSES; cls++) {
        klass *k = &classes[cls];
        at = k->cursor;
        while (at < k->len) {
            number = k->blocks[at];
            if (blocks[number].epoch == epoch) {
                at++;
                continue;
            }
            count = sweep_block(number, &first);
            blocks[number].chain = first;
            blocks[number].chain_len = count;
            if (count && count * blocks[number].granules == blocks[number].carved) {
                blocks[number].vacant = true;
                vacant_len++;
                if (k->fresh == number) k->fresh = 0;
                k->blocks[at] = k->blocks[--k->len];
            } else {
                at++;
            }
        }
    }
}

/* ---- Marking ---- */

#if defined(__GNUC__) && !defined(__TINYC__)
#define MO_PREFETCH(address) __builtin_prefetch(address)
#else
#define MO_PREFETCH(address) ((void)(address))
#endif
#define PREFETCHED 12u

static void push(uint32_t index) {
    if (pending_len == pending_room) {
        pending_room = pending_room ? pending_room * 2 : MO_SIZED(1024, 32);
        pending = mo_xrealloc(pending, pending_room * sizeof *pending);
    }
    pending[pending_len++] = index;
}
/* A cell that is one: not a word that only may be one. */
static void mark(mo_cell cell) {
    uint64_t *slot, word;
    if (!mo_is_handle(cell)) return;
    slot = (uint64_t *)(void *)mo_at_index((uint32_t)cell);
    word = *slot;
    if ((uint32_t)word != (uint32_t)(cell >> 32)) {
        if ((uint32_t)word == quarantine()) *slot = word | MARK;
        return;
    }
    if (word & MARK) return;
    *slot = word | MARK;
    push((uint32_t)cell);
}
/* Any word: it must be the handle of a slot. */
static void mark_word(uint64_t word) {
    uint32_t index = (uint32_t)word, number = index / BLOCK_GRANULES, within = index % BLOCK_GRANULES;
    if ((word >> 48) != MO_TAG_HANDLE || number >= blocks_len || within >= blocks[number].carved) return;
    if (within % blocks[number].granules) return;
    mark(word);
}
#if defined(__GNUC__) && !defined(__TINYC__)
__attribute__((noinline, no_sanitize("address")))
#endif
static void mark_stack(char *from) {
    char *at = (char *)((uintptr_t)from & ~(uintptr_t)7);
    for (; at + 8 <= stack_top; at += 8) {
        uint64_t word;
        /* Not memcpy, which a sanitizer checks. */
        word = *(volatile uint64_t *)(void *)at;
        mark_word(word);
    }
}
static void mark_words(const uint64_t *words, const mo_field *fields, uint32_t len) {
    uint32_t i;
    for (i = 0; i < len; i++)
        if (mo_type_kind(fields[i].type) == MO_CELL) mark(words[i]);
}
static void drain(void) {
    while (pending_len) {
        uint32_t index = pending[--pending_len];
        void *slot = mo_at_index(index);
        mo_head *head = slot;
        uint64_t *words = ((mo_words_slot *)slot)->words, i;
        found_slots += (size_t)blocks[index / BLOCK_GRANULES].granules * 8;
        switch (head->header >> 12 & 15) {
        case MO_STR:
            if (head->meta & MO_FLAG_BUFFER) {
                mo_str_buffer *buffer = ((mo_long_str *)slot)->buffer;
                if (buffer->counted != epoch + 1) {
                    buffer->counted = epoch + 1;
                    found_flat += sizeof *buffer + buffer->used;
                }
            }
            break;
        case MO_LIST_CELL: {
            mo_list_slot *list = slot;
            const mo_cell *cells = list->data;
            found_scanned += list->capacity * 8;
            for (i = 0; i < list->len; i++) {
                /* Headers lie anywhere: they are asked for some time before they are looked at. */
                if (i + PREFETCHED < list->len) MO_PREFETCH(mo_at_index((uint32_t)cells[i + PREFETCHED]));
                mark(cells[i]);
            }
            break;
        }
        case MO_LIST_I64:
        case MO_LIST_F64: found_flat += ((mo_list_slot *)slot)->capacity * 8; break;
        case MO_LIST_BOOL: found_flat += ((mo_list_slot *)slot)->capacity; break;
        case MO_MAP: {
            mo_map_slot *map = slot;
            bool keys = mo_map_keys_kind(map) != MO_I64, values = mo_map_values_kind(map) == MO_CELL;
            found_scanned += mo_map_bytes(map);
            /* The object may die, and its handle be given to another. */
            map->last = MO_NO_KEY;
            if (map->index) found_flat += sizeof(uint32_t) << map->index_bits;
            for (i = 0; i < map->len; i++) {
                if (keys) mark(map->entries[i].key);
                if (values) mark(map->entries[i].value);
            }
            break;
        }
        case MO_STRUCT: {
            const mo_shape *shape = &mo_shapes[head->meta >> MO_META_SHIFT];
            mark_words(words, shape->fields, shape->len);
            break;
        }
        case MO_CLOSURE: {
            const mo_fn *fn = &mo_fns[head->meta >> MO_META_SHIFT];
            for (i = 0; i < fn->captures; i++)
                if (fn->cells[i]) mark(words[i]);
            break;
        }
        case MO_REF:
            if (head->meta & MO_FLAG_CELL) mark(words[0]);
            break;
        case MO_BIGINT:
            if (!(head->meta & MO_FLAG_I64)) found_flat += mo_big_bytes(*(mo_big **)(void *)(head + 1));
            break;
        case MO_BIGRAT: found_flat += mo_ratio_bytes(*(mo_ratio **)(void *)(head + 1)); break;
        default: break;
        }
    }
}

MO_COLD static void collect_from(void) {
    uint32_t i, j;
    char *volatile here = (char *)&i;
    size_t dead;
    finish_sweep();
    found_slots = found_scanned = found_flat = 0;
    for (i = 0; i < mo_texts_len; i++) mark(mo_strs[i]);
    for (i = 0; i < mo_globals_len; i++)
        if (mo_global_kinds[i] == MO_CELL) mark(mo_globals[i]);
    for (i = 0; i < mo_fns_len; i++) mark(mo_made_closures[i]);
    for (i = 0; i < mo_shapes_len; i++) {
        mark(mo_shape_infos[i].name);
        for (j = 0; j < mo_shapes[i].len; j++) mark(mo_shape_infos[i].names[j]);
    }
    mark_stack(here);
    drain();
    epoch++;
    for (i = 0; i < MO_CLASSES; i++) {
        mo.free[i] = 0;
        classes[i].cursor = 0;
    }
    live_bytes = found_slots + found_scanned + found_flat;
    flat_bytes = found_flat;
    mo.allocated = 0;
    set_threshold();
    dead = buffer_bytes > found_scanned + found_flat ? buffer_bytes - found_scanned - found_flat : 0;
    if (MO_SIZED(false, true) || (dead > EAGER_BYTES && dead > live_bytes / 4) || live_bytes + dead > limit_bytes) {
        finish_sweep();
    }
    if (live_bytes > limit_bytes) mo_trap_memory(0);
}
/* Calls from generated code land here: what registers hold is saved first, so that it lies on the stack (there are none on
 * WebAssembly, where roots are on the stack in any case). A C library may scramble what setjmp saves, so compilers that can save registers themselves do. */
MO_COLD void mo_collect(void) {
#if defined(MO_CELLS_IN_PARTS)
    collect_from();
#elif (defined(__GNUC__) || defined(__clang__)) && !defined(__TINYC__)
    __builtin_unwind_init();
    collect_from();
    /* Not in tail position: this frame holds the registers. */
    __asm__ volatile("");
#elif defined(MOCHI_NO_LIBC)
    /* tcc keeps nothing in registers over a call. */
    collect_from();
#else
    jmp_buf registers;
    (void)setjmp(registers);
    collect_from();
#endif
}
void mo_set_stack_top(char *top);
void mo_set_stack_top(char *top) {
    stack_top = top;
}

void mo_bad_handle(mo_cell cell) {
    mo_buf text = {0};
    mo_buf_text(&text, "internal error: a handle whose object is gone: ");
    mo_buf_i64(&text, (int64_t)cell);
    mo_trap_buf(0, &text);
}
