/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table: an array in address order, and an index of the names. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "texts.h"

#define LISTED_MAX	6
#define FILE_NAME_MAX	512
/* Limit of the symbols of one name that are found by it: each search compares them all. */
#define SAME_NAME_MAX	1024

struct entry {
	struct symbol sym;	/* first member: a symbol is converted to its entry */
	uint32_t order;		/* position in the source */
	uint32_t slot;		/* of the index of names, if there is one; UINT32_MAX: not in it */
	uint8_t rank;
};

struct section {
	uint64_t start, end;
};

/* Made by the first search for a name: the tables of guests are mostly used by address. */
struct name_index {
	struct hash hash;	/* of the positions in entry */
	bool made;
};

struct symbols {
	struct entry *entry;
	size_t nr;
	struct name_index *names;
	uint32_t *place;	/* indexes of the preferred entry of each address */
	size_t nr_places;
	struct section *section;	/* disjoint and ascending after symbols_finish() */
	size_t nr_sections;
	uint64_t *stop;		/* addresses of end symbols, ascending */
	size_t nr_stops;
	struct texts texts;	/* names, and names of files */
	struct symbols *later;	/* see symbols_extend(); or NULL */
};

/*
 * Symbols at the ends of sections (arch/x86/xen.lds.S of 4.4 to master; Linux,
 * arch/x86/kernel/vmlinux.lds.S). New releases of both have one after _end, Linux
 * since 5.3. The last symbol before one does not extend past it.
 */
static const char *const end_symbols[] = {
	"_etext", "_einittext", "_erodata", "__bss_end", "_end",
	"__2M_rwdata_end", "__init_scratch_end",
};

#define NR_END_SYMBOLS ARRAY_SIZE(end_symbols)

struct err *symbols_create(struct symbols **ret)
{
	struct symbols *s = calloc(1, sizeof(*s));

	if (s)
		s->names = calloc(1, sizeof(*s->names));
	if (!s || !s->names) {
		free(s);
		return err_nomem();
	}
	*ret = s;
	return NULL;
}

void symbols_destroy(struct symbols *s)
{
	if (!s)
		return;
	texts_clear(&s->texts);
	free(s->entry);
	hash_clear(&s->names->hash);
	free(s->names);
	free(s->section);
	free(s->stop);
	free(s->place);
	symbols_destroy(s->later);
	free(s);
}

void symbols_extend(struct symbols *s, struct symbols *later)
{
	symbols_destroy(s->later);
	s->later = later;
}

struct err *symbols_add(struct symbols *s, const struct symbol *sym,
			enum symbol_rank rank, struct symbol **ret)
{
	struct entry *e;

	if (s->nr >= SYMBOLS_MAX)
		return err_new(ERR_CORRUPT, "more than %u symbols", SYMBOLS_MAX);
	if (!ARRAY_GROW(s->entry, s->nr))
		return err_nomem();
	e = &s->entry[s->nr];
	e->sym = *sym;
	e->order = s->nr;
	e->rank = rank;
	e->sym.file = NULL;
	if (sym->file && *sym->file)
		ERR_TRY(texts_share(&s->texts, sym->file, &e->sym.file));
	ERR_TRY(texts_add(&s->texts, sym->name, &e->sym.name));
	if (ret)
		*ret = e->sym.name ? &e->sym : NULL;
	s->nr += e->sym.name != NULL;
	return NULL;
}

/*
 * Finds the separator between file and name in "file.c#name"; NULL if it is not
 * such a name, for example with a separator at its start or end.
 */
static const char *file_mark(const char *full_name)
{
	const char *mark = strchr(full_name, '#');

	if (!mark || mark == full_name || !mark[1] ||
	    mark - full_name >= FILE_NAME_MAX)
		return NULL;
	return mark;
}

struct err *symbols_add_full(struct symbols *s, uint64_t addr, char type,
			     const char *full_name, struct symbol **ret)
{
	struct symbol sym = { .addr = addr, .type = type, .name = full_name };
	const char *mark = file_mark(full_name);
	char file[FILE_NAME_MAX];

	if (mark) {
		memcpy(file, full_name, mark - full_name);
		file[mark - full_name] = '\0';
		sym.file = file;
		sym.name = mark + 1;
	}
	return symbols_add(s, &sym, RANK_PLAIN, ret);
}

struct err *symbols_add_section(struct symbols *s, uint64_t start,
				uint64_t end)
{
	if (!ARRAY_GROW(s->section, s->nr_sections))
		return err_nomem();
	s->section[s->nr_sections].start = start;
	s->section[s->nr_sections].end = end;
	s->nr_sections++;
	return NULL;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->sym.addr != y->sym.addr)
		return x->sym.addr < y->sym.addr ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Only the first symbols of a name are added: each search compares all of them. */
static bool add_name(const struct symbols *s, size_t i)
{
	struct hash *hash = &s->names->hash;
	struct entry *e = &s->entry[i];
	uint32_t value = hash_text(e->sym.name, 0);

	e->slot = UINT32_MAX;
	if (hash_count(hash, value) >= SAME_NAME_MAX)
		return true;
	e->slot = hash->nr;
	return hash_add(hash, value, i);
}

/* Returns the index of names; NULL on lack of memory. */
static const struct hash *names_of(const struct symbols *s)
{
	if (s->names->made)
		return &s->names->hash;
	for (size_t i = 0; i < s->nr; i++) {
		if (!add_name(s, i)) {
			hash_clear(&s->names->hash);
			return NULL;
		}
	}
	s->names->made = true;
	return &s->names->hash;
}

/* Values that are not addresses. */
static bool is_absolute(const struct entry *e)
{
	return (e->sym.type | 0x20) == 'a';
}

/* Of several symbols at an address the first is preferred. */
static struct err *index_places(struct symbols *s)
{
	s->place = calloc(s->nr, sizeof(*s->place));
	if (!s->place)
		return err_nomem();
	for (size_t i = 0; i < s->nr; i++)
		if (!is_absolute(&s->entry[i]) &&
		    (!s->nr_places || s->entry[s->place[s->nr_places - 1]].sym.addr !=
				      s->entry[i].sym.addr))
			s->place[s->nr_places++] = i;
	return NULL;
}

static int compare_sections(const void *a, const void *b)
{
	const struct section *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Addresses in several sections belong to the one that begins first. */
static void sort_sections(struct symbols *s)
{
	size_t left = 0;

	array_sort(s->section, s->nr_sections, sizeof(*s->section), compare_sections);
	for (size_t i = 0; i < s->nr_sections; i++) {
		struct section new = s->section[i];

		if (left && new.start < s->section[left - 1].end)
			new.start = s->section[left - 1].end;
		if (new.start < new.end)
			s->section[left++] = new;
	}
	s->nr_sections = left;
}

/* The first symbol of each end; entries are in the order of their addresses. */
static struct err *index_stops(struct symbols *s)
{
	bool seen[NR_END_SYMBOLS] = { false };

	s->stop = calloc(NR_END_SYMBOLS, sizeof(*s->stop));
	if (!s->stop)
		return err_nomem();
	for (size_t i = 0; i < s->nr; i++) {
		const char *name = s->entry[i].sym.name;

		for (size_t n = 0; *name == '_' && n < NR_END_SYMBOLS; n++) {
			if (seen[n] || strcmp(name, end_symbols[n]))
				continue;
			seen[n] = true;
			s->stop[s->nr_stops++] = s->entry[i].sym.addr;
		}
	}
	return NULL;
}

struct err *symbols_finish(struct symbols *s)
{
	if (!s->nr)
		return err_new(ERR_NO_SYMBOL, "no symbols in it");
	array_sort(s->entry, s->nr, sizeof(*s->entry), compare_entries);
	ERR_TRY(index_places(s));
	sort_sections(s);
	if (!s->nr_sections)
		ERR_TRY(index_stops(s));
	return NULL;
}

static bool is_global(const struct symbol *sym)
{
	return sym->type < 'a';
}

/*
 * True if a symbol belongs to a file, by the end of its path. A static whose
 * file is unknown may belong to it: strip --strip-debug drops the names of
 * files.
 */
static bool file_fits(const struct symbol *sym, const char *wanted,
		      size_t wanted_len)
{
	const char *file = sym->file;
	size_t len;

	if (!wanted_len)
		return true;
	if (!file)
		return !is_global(sym);
	len = strlen(file);
	if (len < wanted_len ||
	    memcmp(file + len - wanted_len, wanted, wanted_len))
		return false;
	return len == wanted_len || file[len - wanted_len - 1] == '/';
}

static bool owns(const struct symbols *s, const struct symbol *sym)
{
	const struct entry *e = (const struct entry *)sym;

	return e >= s->entry && e < s->entry + s->nr;
}

/* The position of the first symbol of a name after prev, or NULL at first, that may match; s->nr: none. */
static size_t next_of_name(const struct symbols *s, const char *name, const struct entry *prev)
{
	const struct hash *hash = names_of(s);
	const struct hash_slot *slot;

	if (!hash)
		return prev ? prev - s->entry + 1 : 0;
	/* Equal names were indexed in address order, and are found in it. */
	if (!prev)
		slot = hash_first(hash, hash_text(name, 0));
	else if (prev->slot == UINT32_MAX)
		slot = NULL;
	else
		slot = hash_next(hash, hash_nth(hash, prev->slot));
	return slot ? slot->number : s->nr;
}

/* Searches only this table, not the one added by symbols_extend(). */
static const struct symbol *next_match(const struct symbols *s, const char *name,
				       const struct symbol *prev)
{
	const struct entry *entry = (const struct entry *)prev;
	const char *mark = file_mark(name);
	const char *file = mark ? name : "";
	size_t file_len = mark ? (size_t)(mark - name) : 0, i;

	if (mark)
		name = mark + 1;
	while ((i = next_of_name(s, name, entry)) < s->nr) {
		entry = &s->entry[i];
		if (!strcmp(entry->sym.name, name) && file_fits(&entry->sym, file, file_len))
			return &entry->sym;
	}
	return NULL;
}

const struct symbol *symbols_next_match(const struct symbols *s,
					const char *name,
					const struct symbol *prev)
{
	const struct symbol *sym = NULL;

	if (!prev || owns(s, prev))
		sym = next_match(s, name, prev);
	if (sym || !s->later)
		return sym;
	return next_match(s->later, name, prev && owns(s, prev) ? NULL : prev);
}

/* Preference of a symbol for a name; two with the highest preference are ambiguous. */
static int match_quality(const struct symbol *sym, const char *name)
{
	char full[2 * FILE_NAME_MAX];

	if (file_mark(name))
		return !strcmp(symbol_full_name(sym, full, sizeof(full)), name);
	return is_global(sym);
}

static struct err *ambiguous(const struct symbols *s, const char *name,
			     int quality)
{
	const struct symbol *sym = NULL;
	char list[LISTED_MAX * 160], full[120];
	size_t len = 0, n = 0;

	list[0] = '\0';
	while ((sym = next_match(s, name, sym))) {
		if (match_quality(sym, name) != quality || n++ >= LISTED_MAX)
			continue;
		len += snprintf(list + len, sizeof(list) - len, "%s%s at %lx",
				len ? ", " : "",
				symbol_full_name(sym, full, sizeof(full)),
				(unsigned long)sym->addr);
	}
	return err_new(ERR_NO_SYMBOL, "%s is ambiguous: %s%s", name, list,
		       n > LISTED_MAX ? ", ..." : "");
}

/* Hint at a variant of a function made by the compiler ("name.isra.0"). */
static struct err *not_there(const struct symbols *s, const char *name)
{
	const char *plain = file_mark(name);
	char list[320] = "", full[120];
	size_t len, at = 0, n = 0;

	plain = plain ? plain + 1 : name;
	len = strlen(plain);
	for (size_t i = 0; len && i < s->nr && n < 3; i++) {
		const struct symbol *sym = &s->entry[i].sym;

		if (strncmp(sym->name, plain, len) ||
		    (sym->name[len] && sym->name[len] != '.'))
			continue;
		symbol_full_name(sym, full, 80);
		at += snprintf(list + at, sizeof(list) - at, "%s %s",
			       n++ ? "," : "; there is", full);
	}
	return err_new(ERR_NO_SYMBOL, "no symbol \"%s\"%s", name, list);
}

struct err *symbols_by_name(const struct symbols *s, const char *name,
			    const struct symbol **ret)
{
	const struct symbol *sym = NULL, *best = NULL;
	int quality = -1;
	bool alone = true;

	while ((sym = next_match(s, name, sym))) {
		int q = match_quality(sym, name);

		if (q > quality) {
			best = sym;
			quality = q;
			alone = true;
		} else if (q == quality && sym->addr != best->addr) {
			alone = false;
		}
	}
	if (!best && s->later && next_match(s->later, name, NULL))
		return symbols_by_name(s->later, name, ret);
	if (!best)
		return not_there(s, name);
	if (!alone)
		return ambiguous(s, name, quality);
	*ret = best;
	return NULL;
}

static uint64_t place_addr(const struct symbols *s, size_t place)
{
	return s->entry[s->place[place]].sym.addr;
}

/* Number of places at or below va. */
static size_t upper_bound(const struct symbols *s, uint64_t va)
{
	size_t low = 0, high = s->nr_places;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (place_addr(s, mid) <= va)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Returns the section that contains va, or NULL. */
static const struct section *find_section(const struct symbols *s, uint64_t va)
{
	size_t low = 0, high = s->nr_sections;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->section[mid].end <= va)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->nr_sections && s->section[low].start <= va ? &s->section[low] : NULL;
}

/* True if a section ends between a symbol and an address above it. */
static bool is_separated(const struct symbols *s, uint64_t addr, uint64_t va)
{
	const struct section *section = find_section(s, va);

	if (section)
		return addr < section->start;
	if (s->nr_sections)
		return true;
	for (size_t i = 0; i < s->nr_stops; i++)
		if (s->stop[i] >= addr && s->stop[i] <= va)
			return true;
	return false;
}

const struct symbol *symbols_by_addr(const struct symbols *s, uint64_t va,
				     uint64_t *offset)
{
	size_t n = upper_bound(s, va);
	const struct symbol *found;

	if (s->later && find_section(s->later, va))
		return symbols_by_addr(s->later, va, offset);
	if (!n)
		return NULL;
	found = &s->entry[s->place[n - 1]].sym;
	if (found->addr != va && is_separated(s, found->addr, va))
		return NULL;
	if (offset)
		*offset = va - found->addr;
	return found;
}

/* Returns the lowest address above addr at which a section ends; 0 for none. */
static uint64_t section_end(const struct symbols *s, uint64_t addr)
{
	const struct section *section = find_section(s, addr);

	if (section)
		return section->end;
	for (size_t i = 0; i < s->nr_stops; i++)
		if (s->stop[i] > addr)
			return s->stop[i];
	return 0;
}

uint64_t symbols_room(const struct symbols *s, const struct symbol *sym)
{
	uint64_t end;
	size_t next;

	if (!owns(s, sym))
		return s->later ? symbols_room(s->later, sym) : 0;
	end = section_end(s, sym->addr);
	if (!end && s->nr_sections)
		return 0;
	next = upper_bound(s, sym->addr);
	if (next < s->nr_places && (!end || place_addr(s, next) < end))
		end = place_addr(s, next);
	return end ? end - sym->addr : 0;
}

const struct symbol *symbols_nth(const struct symbols *s, size_t n)
{
	if (n >= s->nr && s->later)
		return symbols_nth(s->later, n - s->nr);
	return n < s->nr ? &s->entry[n].sym : NULL;
}

size_t symbols_count(const struct symbols *s)
{
	return s->nr + (s->later ? s->later->nr : 0);
}

const char *symbol_full_name(const struct symbol *sym, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", sym->file ? sym->file : "",
		 sym->file ? "#" : "", sym->name);
	return buf;
}

const char *symbols_describe(const struct symbols *s, uint64_t va, char *buf,
			     size_t size)
{
	uint64_t offset;
	const struct symbol *sym = symbols_by_addr(s, va, &offset);
	size_t len;

	if (!size)
		return buf;
	buf[0] = '\0';
	if (!sym)
		return buf;
	symbol_full_name(sym, buf, size);
	len = strlen(buf);
	if (offset)
		snprintf(buf + len, size - len, "+0x%lx", (unsigned long)offset);
	return buf;
}
