/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor in memory, without a file. Its image starts 1 MiB (4.4 to 4.8)
 * or 2 MiB above XEN_VIRT_START. Only text and read-only data, at its start, are
 * searched: the init part above is freed after boot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/symbols/embedded.h"
#include "match.h"
#include "note.h"

#define NEW_FIRST_BYTE	(2UL << 20)
/* A hole larger than those from alignment to 2 MiB is the end. */
#define HOLE_MAX	(4UL << 20)
/* A note may cross pages: number of bytes of the previous page to keep. */
#define CARRY		128

struct err *image_read_space(void *space, uint64_t va, void *buf, size_t len)
{
	return space_read(space, va, buf, len);
}

/* Meaning of a page that cannot be read. */
struct holes {
	size_t lost;		/* bytes that are missing */
	size_t run;		/* bytes since the last readable page */
	char why[160];
};

/* Returns e if it ends the search, otherwise records the hole. */
static struct err *note_hole(struct holes *h, struct err *e)
{
	enum err_reason reason = err_reason(e);

	if (reason == ERR_INTERRUPTED || reason == ERR_NO_MEMORY)
		return e;
	h->run += XPAGE_SIZE;
	/* not mapped: gap between sections, or the end */
	if (reason != ERR_BAD_POINTER) {
		h->lost += XPAGE_SIZE;
		if (!*h->why)
			snprintf(h->why, sizeof(h->why), "%s", err_text(e));
	}
	err_free(e);
	return NULL;
}

static bool find_id(const uint8_t *buf, size_t len, struct build_id_at *id)
{
	return note_search_build_id(buf, len, 0, id) ||
	       note_search_rsds(buf, len, 0, id);
}

static struct err *no_id(const struct holes *h)
{
	if (h->lost)
		return err_new(ERR_NOT_IN_DUMP,
			       "no build-id in memory, but %zu KiB of the hypervisor are missing: %s",
			       h->lost >> 10, h->why);
	return err_new(ERR_NOT_FOUND,
		       "no build-id in memory (Xen before 4.7, or linked without)");
}

/* Searches [from, to) relative to XEN_VIRT_START; *len remains 0 if nothing is found. */
static struct err *search_id(image_read_fn read, void *ctx, uint64_t from,
			     uint64_t to, struct holes *holes, uint8_t *id,
			     size_t size, unsigned int *len, uint64_t *va)
{
	uint8_t buf[CARRY + XPAGE_SIZE] = { 0 };
	struct build_id_at at;

	holes->run = 0;
	for (uint64_t page = from; page < to; page += XPAGE_SIZE) {
		struct err *e = read(ctx, page, buf + CARRY, XPAGE_SIZE);

		if (e) {
			ERR_TRY(note_hole(holes, e));
			if (holes->run > HOLE_MAX)
				break;
			memset(buf, 0, CARRY);
			continue;
		}
		holes->run = 0;
		if (find_id(buf, sizeof(buf), &at)) {
			if (at.len > size)
				return err_new(ERR_UNSUPPORTED,
					       "invalid size of the build-id in memory: %u bytes",
					       at.len);
			memcpy(id, buf + at.offset, at.len);
			*len = at.len;
			*va = page + at.offset - CARRY;
			break;
		}
		memcpy(buf, buf + XPAGE_SIZE, CARRY);
		ERR_TRY(interrupt_check());
	}
	return NULL;
}

/*
 * From 4.9 on the second MiB is not part of the image: it remains mapped, but
 * belongs to the heap, and may contain dom0's kernel with another build-id.
 */
struct err *image_memory_build_id_by(image_read_fn read, void *ctx,
				     uint64_t virt_start, uint8_t *id,
				     size_t size, unsigned int *len,
				     uint64_t *va)
{
	struct holes holes = { 0 };

	*len = 0;
	ERR_TRY(search_id(read, ctx, virt_start + NEW_FIRST_BYTE,
			  virt_start + XEN_IMAGE_END, &holes, id, size, len, va));
	if (!*len)
		ERR_TRY(search_id(read, ctx, virt_start + XEN_IMAGE_START,
				  virt_start + NEW_FIRST_BYTE, &holes, id, size,
				  len, va));
	return *len ? NULL : no_id(&holes);
}

struct err *image_memory_build_id(struct space *space, uint8_t *id,
				  size_t size, unsigned int *len)
{
	uint64_t va;

	return image_memory_build_id_by(image_read_space, space,
					space_params(space)->virt_start, id,
					size, len, &va);
}

/* Copies the image; pages that cannot be read become zeros. */
static struct err *copy_image(image_read_fn read, void *ctx,
			      uint64_t virt_start, uint8_t *buf, size_t *len,
			      struct holes *holes)
{
	size_t end = 0;

	for (size_t i = XEN_IMAGE_START; i < XEN_IMAGE_END; i += XPAGE_SIZE) {
		uint8_t *page = buf + (i - XEN_IMAGE_START);
		struct err *e = read(ctx, virt_start + i, page, XPAGE_SIZE);

		ERR_TRY(interrupt_check());
		if (!e) {
			holes->run = 0;
			end = i - XEN_IMAGE_START + XPAGE_SIZE;
			continue;
		}
		ERR_TRY(note_hole(holes, e));
		memset(page, 0, XPAGE_SIZE);
		if (holes->run > HOLE_MAX)
			break;
	}
	*len = end;
	return NULL;
}

/* Runs look() on a copy of the image. */
static struct err *with_image(image_read_fn read, void *ctx,
			      uint64_t virt_start,
			      struct err *(*look)(const uint8_t *bytes,
						  size_t len,
						  uint64_t virt_start,
						  void *ret),
			      void *ret)
{
	uint8_t *buf = malloc(XEN_IMAGE_END - XEN_IMAGE_START);
	struct holes holes = { 0 };
	struct err *e;
	size_t len;

	if (!buf)
		return err_nomem();
	e = copy_image(read, ctx, virt_start, buf, &len, &holes);
	if (!e)
		e = look(buf, len, virt_start, ret);
	free(buf);
	if (e && holes.lost && err_reason(e) == ERR_NOT_FOUND)
		e = err_prefix(e, "%zu KiB of the hypervisor are missing (%s)",
			       holes.lost >> 10, holes.why);
	return err_prefix(e, "the hypervisor in memory");
}

static struct err *look_symbols(const uint8_t *bytes, size_t len,
				uint64_t virt_start, void *ret)
{
	return symbols_from_embedded(bytes, len, virt_start, ret);
}

static struct err *look_config(const uint8_t *bytes, size_t len,
			       uint64_t virt_start, void *ret)
{
	(void)virt_start;
	return embedded_config(bytes, len, ret);
}

struct err *image_memory_symbols_by(image_read_fn read, void *ctx,
				    uint64_t virt_start, struct symbols **ret)
{
	return with_image(read, ctx, virt_start, look_symbols, ret);
}

struct err *image_memory_symbols(struct space *space, struct symbols **ret)
{
	return image_memory_symbols_by(image_read_space, space,
				       space_params(space)->virt_start, ret);
}

struct err *image_memory_config(struct space *space, char **text)
{
	return with_image(image_read_space, space,
			  space_params(space)->virt_start, look_config, text);
}
