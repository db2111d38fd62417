/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile_config.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"

/*
 * Turns "CONFIG_PV=y\nCONFIG_NR_CPUS=256\n..." into "PV=y NR_CPUS=256 ...", in
 * place. Strings are left out, since no structure depends on them, and options
 * that describe the compiler.
 */
static void shorten(char *text)
{
	char *to = text, *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		size_t len;

		if (strncmp(line, "CONFIG_", 7) || strchr(line, '"') ||
		    strchr(line, ' ') || !strncmp(line + 7, "CC_", 3) ||
		    !strncmp(line + 7, "GCC_", 4))
			continue;
		if (to != text)
			*to++ = ' ';
		len = strlen(line + 7);
		memmove(to, line + 7, len);
		to += len;
	}
	*to = '\0';
}

struct err *profile_config(struct space *space, const struct image *img,
			   char **ret)
{
	char *text = NULL;
	struct err *e = space ? image_memory_config(space, &text) : NULL;

	ERR_TRY(err_drop(e));
	if (!text && img)
		err_free(image_config(img, &text));
	if (!text)
		text = strdup("");
	if (!text)
		return err_nomem();
	shorten(text);
	*ret = text;
	return NULL;
}

/* True if the line contains the word of len bytes. */
static bool has_word(const char *line, const char *word, size_t len)
{
	const char *p = line, *end = line + strlen(line);

	while ((p = memmem(p, end - p, word, len))) {
		if ((p == line || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
		p += len;
	}
	return false;
}

char config_debug(enum image_tri debug, const char *config)
{
	if (debug != IMAGE_NOT_KNOWN)
		return debug == IMAGE_YES ? 'y' : 'n';
	if (!*config)
		return 0;
	return has_word(config, "DEBUG=y", 7) ? 'y' : 'n';
}

/* The words of a text, which is cut in place. */
struct words {
	char **word;
	size_t nr;
	struct hash hash;
};

static bool add_words(struct words *w, char *text)
{
	char *word;

	while ((word = strsep(&text, " "))) {
		if (!*word)
			continue;
		if (!ARRAY_GROW(w->word, w->nr) || !hash_add(&w->hash, hash_text(word, 0), w->nr))
			return false;
		w->word[w->nr++] = word;
	}
	return true;
}

static bool knows(const struct words *w, const char *word)
{
	const struct hash_slot *slot = hash_first(&w->hash, hash_text(word, 0));

	while (slot && strcmp(w->word[slot->number], word))
		slot = hash_next(&w->hash, slot);
	return slot;
}

unsigned int config_missing(const char *config, const char *other)
{
	char *known = strdup(other), *copy = strdup(config), *rest = copy, *word;
	struct words w = { .nr = 0 };
	unsigned int n = 0;

	if (known && copy && add_words(&w, known)) {
		while ((word = strsep(&rest, " ")))
			n += *word && !knows(&w, word);
	} else {
		n = CONFIG_NO_MEMORY;
	}
	free(w.word);
	hash_clear(&w.hash);
	free(known);
	free(copy);
	return n;
}
