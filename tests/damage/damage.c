/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Damaged memory for xenview-damaged, which is xenview linked with this file by
 * "ld --wrap". XENVIEW_DAMAGE=SEED[:RATE] changes one of RATE words (default
 * 100) that commands read, the same for the same SEED. The image is found and
 * proved before, on sound memory.
 */
#include <stdlib.h>

#include "extensions/support/command.h"
#include "xen/memory/memory.h"

/* The symbols of the linker's --wrap. */
struct err *__real_session_open(struct session *s, struct memory *memory,
				struct notes *notes);
struct err *__wrap_session_open(struct session *s, struct memory *memory,
				struct notes *notes);
bool __real_command_run(struct session *s, int argc, char **argv, FILE *fp);
bool __wrap_command_run(struct session *s, int argc, char **argv, FILE *fp);

static struct {
	struct memory *real;	/* NULL: the caller's again */
	uint64_t seed;		/* 0: no damage */
	uint64_t rate;
} damage;

static uint64_t mix(uint64_t v)
{
	v ^= v >> 33;
	v *= 0xff51afd7ed558ccdULL;
	v ^= v >> 33;
	v *= 0xc4ceb9fe1a85ec53ULL;
	return v ^ v >> 33;
}

/* Typical contents of broken structures: zeros, ones, near misses, noise. */
static uint64_t damaged(uint64_t word, uint64_t random)
{
	switch (random % 6) {
	case 0:
		return 0;
	case 1:
		return ~0ULL;
	case 2:
		return word ^ 1ULL << (random >> 8 & 63);
	case 3:
		return word + (random >> 8 & 0xffff);
	case 4:
		return word & 0xffffffff;
	default:
		return mix(random);
	}
}

static struct err *damaged_page(void *priv, uint64_t maddr, void *page)
{
	uint64_t *word = page;
	size_t i;

	(void)priv;
	ERR_TRY(memory_read(damage.real, maddr, page, XPAGE_SIZE));
	for (i = 0; damage.seed && i < XPAGE_SIZE / sizeof(*word); i++) {
		uint64_t random = mix(damage.seed ^ mix(maddr + i * sizeof(*word)));

		if (random % damage.rate == 0)
			word[i] = damaged(word[i], random / damage.rate);
	}
	return NULL;
}

static void damaged_destroy(void *priv)
{
	(void)priv;
	memory_destroy(damage.real);
}

static const struct memory_ops damaged_ops = {
	.name = "damaged", .read_page = damaged_page, .destroy = damaged_destroy,
};

struct err *__wrap_session_open(struct session *s, struct memory *memory,
				struct notes *notes)
{
	struct memory *wrapper;
	struct err *e;

	ERR_TRY(memory_create(&damaged_ops, NULL, &wrapper));
	damage.real = memory;
	e = __real_session_open(s, wrapper, notes);
	if (e) {
		/* memory stays the caller's on failure */
		damage.real = NULL;
		memory_destroy(wrapper);
	}
	return e;
}

static void damage_begin(struct session *s)
{
	const char *text = getenv("XENVIEW_DAMAGE");
	char *rest;

	if (!text || damage.seed || !s->xen)
		return;
	damage.seed = strtoull(text, &rest, 10);
	damage.rate = *rest == ':' ? strtoull(rest + 1, NULL, 10) : 100;
	if (!damage.rate)
		damage.rate = 1;
	memory_flush(s->xen->memory);
}

bool __wrap_command_run(struct session *s, int argc, char **argv, FILE *fp)
{
	damage_begin(s);
	return __real_command_run(s, argc, argv, fp);
}
