/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "texts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define CHUNK_SIZE	(64UL << 10)

struct texts_chunk {
	struct texts_chunk *next;
	size_t used;
	char text[CHUNK_SIZE];
};

static bool is_name(const char *text)
{
	return strnlen(text, TEXTS_NAME_MAX) < TEXTS_NAME_MAX;
}

struct err *texts_add(struct texts *t, const char *text, const char **ret)
{
	struct texts_chunk *c = t->chunks;
	size_t len;

	*ret = NULL;
	if (!is_name(text))
		return NULL;
	len = strlen(text) + 1;
	if (len > TEXTS_MAX - t->size)
		return err_new(ERR_CORRUPT, "the names of symbols exceed %lu MiB",
			       TEXTS_MAX >> 20);
	if (!c || CHUNK_SIZE - c->used < len) {
		c = malloc(sizeof(*c));
		if (!c)
			return err_nomem();
		c->used = 0;
		c->next = t->chunks;
		t->chunks = c;
	}
	*ret = memcpy(c->text + c->used, text, len);
	c->used += len;
	t->size += len;
	return NULL;
}

struct err *texts_share(struct texts *t, const char *text, const char **ret)
{
	const struct hash_slot *slot;
	uint32_t value;

	*ret = NULL;
	if (!is_name(text))
		return NULL;
	value = hash_text(text, 0);
	for (slot = hash_first(&t->hash, value); slot; slot = hash_next(&t->hash, slot)) {
		if (strcmp(t->shared[slot->number], text))
			continue;
		*ret = t->shared[slot->number];
		return NULL;
	}
	ERR_TRY(texts_add(t, text, ret));
	if (!ARRAY_GROW(t->shared, t->nr_shared) ||
	    !hash_add(&t->hash, value, t->nr_shared))
		return err_nomem();
	t->shared[t->nr_shared++] = *ret;
	return NULL;
}

void texts_clear(struct texts *t)
{
	while (t->chunks) {
		struct texts_chunk *next = t->chunks->next;

		free(t->chunks);
		t->chunks = next;
	}
	free(t->shared);
	hash_clear(&t->hash);
	*t = (struct texts){ .size = 0 };
}
