/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "match.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* Length of the signature in a xen.efi, its build-id (note.h). */
#define PE_ID_LEN	16

/* Smallest number of bytes of text that is a proof. */
#define TEXT_ENOUGH	(64UL << 10)

/* State of one comparison. */
struct matching {
	struct image *img;
	image_read_fn read;
	void *ctx;
	uint64_t virt_start;
	struct image_verdict *verdict;
	char unread[200];	/* error of the last failed read, or "" */
	unsigned int nr_unread;
	char strings[200];	/* strings that agree, or "" */
	char text[200];		/* why the text is not conclusive, or "" */
};

static void decide(struct matching *m, enum match_kind kind,
		   enum match_proof proof, const char *fmt, ...)
	ERR_PRINTF(4, 5);

static void decide(struct matching *m, enum match_kind kind,
		   enum match_proof proof, const char *fmt, ...)
{
	va_list ap;

	m->verdict->kind = kind;
	m->verdict->proof = proof;
	va_start(ap, fmt);
	vsnprintf(m->verdict->text, sizeof(m->verdict->text), fmt, ap);
	va_end(ap);
}

/*
 * Reads memory and records missing pages. An address that is not mapped does
 * not count as missing: there, memory differs from the file.
 */
static struct err *read_memory(void *ctx, uint64_t va, void *buf, size_t len)
{
	struct matching *m = ctx;
	struct err *e = m->read(m->ctx, va, buf, len);

	if (e && !err_is_final(e) && err_reason(e) != ERR_BAD_POINTER) {
		m->nr_unread++;
		snprintf(m->unread, sizeof(m->unread), "%s", err_text(e));
	}
	return e;
}

static struct err *read_file(void *ctx, uint64_t va, void *buf, size_t len)
{
	return image_read(ctx, va, buf, len);
}

/*
 * Explains different build-ids of one source: linkers write an id of 16 bytes
 * into a PE and of 20 into an ELF file (Xen 4.9+, arch/x86/Makefile).
 */
static const char *link_text(unsigned int in_memory, unsigned int in_file)
{
	if (in_memory == PE_ID_LEN && in_file != PE_ID_LEN)
		return "; what runs was started as xen.efi, another link: its xen.efi.elf or xen.efi.map fits";
	if (in_memory != PE_ID_LEN && in_file == PE_ID_LEN)
		return "; what runs was not started as xen.efi: xen-syms fits";
	return "";
}

static void decide_by_ids(struct matching *m, const uint8_t *id,
			    unsigned int len, uint64_t va)
{
	const struct image *img = m->img;
	char in_memory[2 * BUILD_ID_MAX + 1], in_file[2 * BUILD_ID_MAX + 1];

	build_id_text(id, len, in_memory, sizeof(in_memory));
	build_id_text(img->build_id, img->build_id_len, in_file, sizeof(in_file));
	if (!strcmp(in_memory, in_file) && !img->build_id_va)
		decide(m, MATCH_PROVED, PROOF_BUILD_ID,
		       "build-id %s is in memory", in_memory);
	else if (strcmp(in_memory, in_file))
		decide(m, MATCH_OTHER, PROOF_BUILD_ID,
		       "build-id in memory is %s, in %s is %s%s", in_memory,
		       img->path, in_file, link_text(len, img->build_id_len));
	else
		decide(m, MATCH_OTHER, PROOF_BUILD_ID,
		       "same build-id, but another layout: it is at %" PRIx64 " in memory, at %" PRIx64 " in %s (xen.efi and xen-syms differ)",
		       va, img->build_id_va, img->path);
}

/* Decides when both build-ids are known. */
static struct err *match_build_id(struct matching *m, bool *done)
{
	const struct image *img = m->img;
	uint8_t id[BUILD_ID_MAX];
	char text[2 * BUILD_ID_MAX + 1];
	unsigned int len;
	struct err *e;
	uint64_t va;

	if (!img->build_id_len)
		return NULL;
	if (img->build_id_va) {
		e = read_memory(m, img->build_id_va, id, img->build_id_len);
		if (err_is_final(e))
			return e;
		if (!e && !memcmp(id, img->build_id, img->build_id_len)) {
			decide(m, MATCH_PROVED, PROOF_BUILD_ID,
			       "build-id %s is in memory at the same address",
			       build_id_text(id, img->build_id_len, text,
					     sizeof(text)));
			*done = true;
			return NULL;
		}
		err_free(e);
	}
	e = image_memory_build_id_by(read_memory, m, m->virt_start ?
				     m->virt_start : img->virt_start, id,
				     sizeof(id), &len, &va);
	if (!e) {
		decide_by_ids(m, id, len, va);
		*done = true;
		return NULL;
	}
	if (err_is_final(e))
		return e;
	err_free(e);
	return NULL;
}

/*
 * Strings that differ between builds. Equal strings are not a proof: builds of
 * one source with different .config have equal strings if the compile date is
 * empty or that of a package's changelog.
 */
static const struct {
	const char *name;
	size_t at;
} compared_strings[] = {
#define AT(m) offsetof(struct image_identity, m)
	{ "version", AT(version) },
	{ "changeset", AT(changeset) },
	{ "compiler", AT(compiler) },
	{ "compile date", AT(compile_date) },
#undef AT
};

static void compare_identities(struct matching *m,
			       const struct image_identity *memory,
			       const struct image_identity *file, bool *done)
{
	/* the version consists of parts, each of which may be missing */
	if (m->nr_unread && file->extra && !memory->extra)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(compared_strings); i++) {
		size_t at = compared_strings[i].at;
		const char *x = *(char *const *)((const char *)memory + at);
		const char *y = *(char *const *)((const char *)file + at);

		if (!y)
			continue;
		if (!x) {
			/* missing page, or different code */
			if (m->nr_unread)
				return;
			decide(m, MATCH_OTHER, PROOF_STRINGS,
			       "memory has no %s where %s has \"%s\"",
			       compared_strings[i].name, m->img->path, y);
			*done = true;
			return;
		}
		if (strcmp(x, y)) {
			decide(m, MATCH_OTHER, PROOF_STRINGS,
			       "%s in memory is \"%s\", in %s is \"%s\"",
			       compared_strings[i].name, x, m->img->path, y);
			*done = true;
			return;
		}
	}
	if (file->version && file->compile_date)
		snprintf(m->strings, sizeof(m->strings),
			 "version %s and compile date \"%s\" are the same",
			 file->version, file->compile_date);
}

static struct err *match_strings(struct matching *m, bool *done)
{
	struct image_identity memory, file;
	struct err *e;

	if (!m->img->symbols || !m->img->has_bytes)
		return NULL;
	m->nr_unread = 0;
	ERR_TRY(image_identity_read(m->img->symbols, read_memory, m, &memory));
	e = image_identity_read(m->img->symbols, read_file, m->img, &file);
	if (e) {
		image_identity_clear(&memory);
		return e;
	}
	compare_identities(m, &memory, &file, done);
	image_identity_clear(&memory);
	image_identity_clear(&file);
	return NULL;
}

static void judge_text(struct matching *m, const struct text_compare *c,
		       bool *done)
{
	if (c->unexplained && c->knows_sites) {
		decide(m, MATCH_OTHER, PROOF_TEXT,
		       "the text differs first at %" PRIx64 ": %" PRIu64 " of %" PRIu64 " bytes differ where Xen patches nothing",
		       c->first, c->unexplained, c->compared);
		*done = true;
	} else if (!c->unexplained && c->compared >= TEXT_ENOUGH) {
		decide(m, MATCH_PROVED, PROOF_TEXT,
		       "%" PRIu64 " bytes of text are the same, %" PRIu64 " of them in patched places%s%s",
		       c->compared, c->explained, *m->strings ? "; " : "",
		       m->strings);
		*done = true;
	} else if (c->unexplained > c->compared / 16) {
		/* alternatives alone never change as much */
		decide(m, MATCH_OTHER, PROOF_TEXT,
		       "%" PRIu64 " of %" PRIu64 " bytes of text differ, the first at %" PRIx64,
		       c->unexplained, c->compared, c->first);
		*done = true;
	} else if (c->unexplained) {
		snprintf(m->text, sizeof(m->text),
			 "%" PRIu64 " of %" PRIu64 " bytes of text differ, the first at %" PRIx64 ", and the file has no list of the places that Xen patches",
			 c->unexplained, c->compared, c->first);
	} else {
		snprintf(m->text, sizeof(m->text),
			 "only %" PRIu64 " bytes of text could be compared",
			 c->compared);
	}
}

static struct err *match_text(struct matching *m, bool *done)
{
	struct text_compare c;
	struct err *e;

	if (!m->img->has_bytes)
		return NULL;
	e = image_compare_text(m->img, read_memory, m, NULL, 0, &c);
	if (err_is_final(e))
		return e;
	if (!e)
		judge_text(m, &c, done);
	else
		snprintf(m->text, sizeof(m->text), "%s", err_text(e));
	err_free(e);
	return NULL;
}

/*
 * Compares a map with the table in memory, which may have fewer symbols (text
 * only) and other aliases: the names in both must agree.
 */
static void compare_symbols(struct matching *m, const struct symbols *memory,
			    bool *done)
{
	const struct symbol *sym;
	size_t same = 0;
	char full[256];

	for (size_t i = 0; (sym = symbols_nth(m->img->symbols, i)); i++) {
		const struct symbol *other = NULL;
		bool known = false, found = false;

		symbol_full_name(sym, full, sizeof(full));
		while ((other = symbols_next_match(memory, full, other))) {
			known = true;
			found |= other->addr == sym->addr;
		}
		same += found;
		if (!known || found)
			continue;
		other = symbols_next_match(memory, full, NULL);
		decide(m, MATCH_OTHER, PROOF_SYMBOLS,
		       "%s is at %" PRIx64 " in memory, at %" PRIx64 " in %s",
		       full, other->addr, sym->addr, m->img->path);
		*done = true;
		return;
	}
	if (same < symbols_count(memory) / 2)
		return;
	decide(m, MATCH_PROVED, PROOF_SYMBOLS,
	       "%zu symbols are the same in the table in memory", same);
	*done = true;
}

static struct err *match_symbols(struct matching *m, bool *done)
{
	struct symbols *memory;
	struct err *e;

	if (!m->virt_start || !m->img->symbols || m->img->has_bytes ||
	    m->img->build_id_len)
		return NULL;
	e = image_memory_symbols_by(read_memory, m, m->virt_start, &memory);
	if (err_is_final(e))
		return e;
	if (e) {
		snprintf(m->unread, sizeof(m->unread), "%s", err_text(e));
		err_free(e);
		return NULL;
	}
	compare_symbols(m, memory, done);
	symbols_destroy(memory);
	return NULL;
}

/* Checks in order of preference: the first decisive one counts. */
static struct err *(*const steps[])(struct matching *m, bool *done) = {
	match_build_id, match_strings, match_symbols, match_text,
};

/* A damaged file may be the build in memory, but lacks its DWARF or symbols. */
static void add_problem(struct image_verdict *v, const char *problem)
{
	size_t len = strlen(v->text);

	snprintf(v->text + len, sizeof(v->text) - len, "; but %s", problem);
}

struct err *image_match_by(struct image *img, image_read_fn read, void *ctx,
			   uint64_t virt_start, struct image_verdict *ret)
{
	struct image_verdict verdict = { .kind = MATCH_UNKNOWN };
	struct matching m = {
		.img = img, .read = read, .ctx = ctx,
		.virt_start = virt_start, .verdict = &verdict,
	};
	bool done = false;

	if (!image_is_xen(img))
		return err_new(ERR_UNSUPPORTED, "%s: %s, not a hypervisor",
			       img->path, image_class_name(img->class));
	ERR_TRY(image_complete(img));
	for (size_t i = 0; !done && i < ARRAY_SIZE(steps); i++)
		ERR_TRY(steps[i](&m, &done));
	if (!done)
		decide(&m, MATCH_UNKNOWN, PROOF_NONE,
		       "could not be checked: %s%s%s",
		       m.strings, *m.strings ? ", but " : "",
		       *m.unread ? m.unread :
		       img->problem ? img->problem :
		       *m.text ? m.text :
		       "neither build-id nor text to compare");
	else if (img->problem)
		add_problem(&verdict, img->problem);
	*ret = verdict;
	return NULL;
}
