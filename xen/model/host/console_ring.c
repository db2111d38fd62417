/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring is whole pages of the heap (console_init_postirq() of
 * drivers/char/console.c, 4.4 to master), in which each line begins with "(XEN) ".
 */
#include "console_ring.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/bytes.h"

#define PREFIX		"(XEN) "
#define PREFIX_LEN	6

/* Size of the smallest ring (_CONRING_SIZE), bytes */
#define RING_MIN	(16U << 10)
/*
 * Maximum distance of the variables conring and conring_size, which are in one
 * file, bytes
 */
#define NEIGHBOUR	64
/* Maximum number of bytes after the end of a ring that may look like text. */
#define CHANCE		16

static bool is_text(unsigned char c)
{
	return (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t' ||
	       c == '\b' || c == 0x1b;
}

static bool read_at(struct xen *x, uint64_t va, void *buf, size_t len)
{
	struct err *e = space_read(x->space, va, buf, len);

	err_free(e);
	return !e;
}

/* True if the page at va begins with text that contains a line printed by Xen. */
static bool is_ring(struct xen *x, uint64_t va)
{
	char page[XPAGE_SIZE];
	size_t len = 0;

	if (!va || va % XPAGE_SIZE ||
	    space_region(x->space, va)->id != REGION_DIRECTMAP ||
	    !read_at(x, va, page, sizeof(page)))
		return false;
	while (len < sizeof(page) && is_text(page[len]))
		len++;
	return memmem(page, len, "\n" PREFIX, 1 + PREFIX_LEN) != NULL;
}

/* Finds a power of two near the pointer at offset at: conring_size; or 0. */
static uint64_t neighbour_size(const uint8_t *page, size_t at)
{
	size_t from = at > NEIGHBOUR ? at - NEIGHBOUR : 0, i;
	uint64_t found = 0;

	for (i = from; i < at + NEIGHBOUR && i + 4 <= XPAGE_SIZE; i += 4) {
		uint32_t v = get_le32(page + i);

		if (i >= at && i < at + 8)
			continue;
		if (v < RING_MIN || v > RING_MAX || (v & (v - 1)))
			continue;
		if (found && found != v)
			return 0;
		found = v;
	}
	return found;
}

static struct err *find_pointer(struct xen *x, struct ring *r)
{
	uint64_t base = space_params(x->space)->virt_start, va;
	uint8_t page[XPAGE_SIZE];
	size_t at;

	*r = (struct ring){ .va = 0 };
	for (va = base + XEN_IMAGE_START; va < base + XEN_IMAGE_END; va += XPAGE_SIZE) {
		ERR_TRY(interrupt_check());
		if (!read_at(x, va, page, sizeof(page)))
			continue;
		for (at = 0; at < sizeof(page); at += 8) {
			uint64_t target = get_le64(page + at);
			uint64_t size;

			if (!is_ring(x, target))
				continue;
			size = neighbour_size(page, at);
			if (r->va && r->va != target)
				return err_new(ERR_CORRUPT, "console ring: Xen's messages are at %" PRIx64 " and at %" PRIx64,
					       r->va, target);
			r->va = target;
			if (size)
				r->size = size;
		}
	}
	return r->va ? NULL : err_new(ERR_NOT_FOUND, "console ring: no messages of Xen in its heap");
}

/* Copies text from the ring's start until the first byte that is not text. */
static struct err *copy_text(struct xen *x, struct ring *r, char **text, size_t *len)
{
	size_t max = r->size ? r->size : RING_MAX, at = 0, room = 0;
	char page[XPAGE_SIZE], *copy = NULL;

	while (at < max && read_at(x, r->va + at, page, sizeof(page))) {
		size_t n = 0;
		struct err *e = interrupt_check();

		if (!e && at + sizeof(page) > room) {
			char *more = realloc(copy, room = 2 * room + sizeof(page));

			if (more)
				copy = more;
			else
				e = err_nomem();
		}
		if (e) {
			free(copy);
			return e;
		}
		while (n < sizeof(page) && is_text(page[n]))
			n++;
		memcpy(copy + at, page, n);
		at += n;
		if (n < sizeof(page))
			break;
	}
	*text = copy;
	*len = at;
	return NULL;
}

/*
 * Finds the beginning of a full ring: the newest text ends with a whole line,
 * and the rest of an old line follows, the only one without Xen's prefix. 0 if
 * several lines lack it.
 */
static size_t find_start(const char *text, size_t size)
{
	size_t at, found = 0;

	for (at = 1; at + PREFIX_LEN <= size; at++) {
		if (text[at - 1] != '\n' || !memcmp(text + at, PREFIX, PREFIX_LEN))
			continue;
		if (found)
			return 0;
		found = at;
	}
	return found;
}

struct err *ring_by_text(struct xen *x, struct ring *ret)
{
	struct ring r;
	char *text = NULL;
	size_t len = 0;
	uint64_t power = RING_MIN;

	ERR_TRY(find_pointer(x, &r));
	ERR_TRY(copy_text(x, &r, &text, &len));
	while (2 * power <= len)
		power *= 2;
	if (!r.size && len >= power && len - power < CHANCE)
		r.size = power;
	if (r.size && len >= r.size) {
		r.start = find_start(text, r.size);
		r.end = r.start + r.size;
	} else {
		r.end = len;
		if (!r.size)
			r.size = RING_MAX;	/* only text before the end is read */
	}
	free(text);
	*ret = r;
	return NULL;
}
