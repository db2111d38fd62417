/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console ring and debug keys by hypercalls. */
#include "live_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Size in bytes of one read of the console ring, and of the largest ring. */
#define LOG_CHUNK	(64U << 10)
#define LOG_MAX		(64U << 20)

/* The output of a debug key ends if nothing is printed for KEY_QUIET steps. */
#define KEY_STEP_NS	(50L * 1000 * 1000)
#define KEY_QUIET	6	/* steps */
#define KEY_PATIENCE	60	/* steps, until the first line */
#define KEY_MOST	2000	/* steps */

struct err *live_console_read_new(struct xen *x, uint32_t *index, char **text,
				  size_t *len)
{
	struct live *l = live_of(x);
	size_t size = 0, got = LOG_CHUNK, total = 0;
	uint32_t at = *index;
	char *all = NULL;
	FILE *f = open_memstream(&all, &size);
	char *chunk = malloc(LOG_CHUNK);
	int rc = 0;

	while (f && chunk && got && total < LOG_MAX) {
		rc = l->ops->log(l->priv, chunk, LOG_CHUNK, &at, &got);
		if (rc)
			break;
		fwrite(chunk, 1, got, f);
		total += got;
	}
	if (!f || !chunk || fclose(f)) {
		free(chunk);
		free(all);
		return err_nomem();
	}
	free(chunk);
	if (rc) {
		free(all);
		return live_failed(rc, "reading the hypervisor's console");
	}
	*index = at;
	*text = all;
	*len = size;
	return NULL;
}

struct err *live_console_read(struct xen *x, char **text, size_t *len)
{
	uint32_t index = 0;

	return live_console_read_new(x, &index, text, len);
}

/* Appends new text of the console; *more: whether there was some. */
static struct err *gather(struct xen *x, uint32_t *index, FILE *f, bool *more)
{
	char *text;
	size_t len;

	ERR_TRY(interrupt_check());
	ERR_TRY(live_console_read_new(x, index, &text, &len));
	fwrite(text, 1, len, f);
	free(text);
	*more = len;
	return NULL;
}

/* Waits for the output: handlers run later, in a tasklet. */
static struct err *gather_all(struct xen *x, uint32_t *index, FILE *f)
{
	static const struct timespec step = { .tv_nsec = KEY_STEP_NS };
	unsigned int i, quiet = 0;
	bool more, any = false;

	for (i = 0; i < KEY_MOST; i++) {
		ERR_TRY(gather(x, index, f, &more));
		any = any || more;
		quiet = more ? 0 : quiet + 1;
		if (quiet >= (any ? KEY_QUIET : KEY_PATIENCE))
			break;
		nanosleep(&step, NULL);
	}
	return NULL;
}

/* Removes the lines before "'KEY' pressed", which most handlers print first. */
static void cut_above(char *text, char key)
{
	char mark[] = { '\'', key, '\'', ' ', 'p', 'r', 'e', 's', 's', 'e', 'd', '\0' };
	char *at = strstr(text, mark);

	while (at && at > text && at[-1] != '\n')
		at--;
	if (at)
		memmove(text, at, strlen(at) + 1);
}

struct err *live_press_key(struct xen *x, char key, char **text)
{
	struct live *l = live_of(x);
	uint32_t index = 0;
	size_t size = 0, len;
	char *all = NULL;
	struct err *e;
	FILE *f;
	int rc;

	/* skips the text that the ring already contains */
	ERR_TRY(live_console_read_new(x, &index, &all, &len));
	free(all);
	all = NULL;
	rc = l->ops->key(l->priv, key);
	if (rc)
		return live_failed(rc, "pressing a debug key");
	f = open_memstream(&all, &size);
	if (!f)
		return err_nomem();
	e = gather_all(x, &index, f);
	if (fclose(f) && !e)
		e = err_nomem();
	if (e) {
		free(all);
		return e;
	}
	cut_above(all, key);
	*text = all;
	return NULL;
}
