/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Damaged memory for xenview-damaged, which is xenview linked with this file by
 * "ld --wrap". XENVIEW_DAMAGE=SEED[:RATE[:KIND]] changes one of RATE words
 * (default 100) that commands read, the same for the same SEED and commands.
 * The image is found and verified first, on undamaged memory. KIND is one of
 * the names below; default: mixed.
 *
 * With XENVIEW_ATTACK=SECONDS a line "==== COMMAND" on standard error and
 * output comes before each command, and one that takes more processor time ends
 * the program with status 99; a last line on standard error counts the damaged
 * words in all pages that were read, and the damaged structures (structures.h).
 * With XENVIEW_INTERRUPT=N each command gets ^C at its N-th read (interrupt.h).
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "extensions/support/command.h"
#include "interrupt.h"
#include "structures.h"
#include "xen/memory/memory.h"

/* The symbols of the linker's --wrap. */
struct err *__real_session_open(struct session *s, struct memory *memory,
				struct notes *notes);
struct err *__wrap_session_open(struct session *s, struct memory *memory,
				struct notes *notes);
bool __real_command_run(struct session *s, int argc, char **argv, FILE *fp);
bool __wrap_command_run(struct session *s, int argc, char **argv, FILE *fp);

static struct {
	struct memory *real;	/* NULL: owned by the caller again */
	uint64_t seed;		/* 0: no damage */
	uint64_t rate;
	uint64_t words;		/* number of words damaged so far */
	uint64_t (*kind)(uint64_t word, uint64_t random, uint64_t maddr);
} damage;

static uint64_t mix(uint64_t v)
{
	v ^= v >> 33;
	v *= 0xff51afd7ed558ccdULL;
	v ^= v >> 33;
	v *= 0xc4ceb9fe1a85ec53ULL;
	return v ^ v >> 33;
}

/* ---- kinds ---- */

/* Typical contents of corrupt structures: zeros, ones, slightly wrong values, noise. */
static uint64_t mixed(uint64_t word, uint64_t random, uint64_t maddr)
{
	(void)maddr;
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

#define DIRECTMAP	0xffff830000000000ULL
#define IS_POINTER(v)	((v) >> 47 == 0x1ffff)

/* Replaces a pointer by one read earlier, which is valid but of another object. */
static uint64_t other_pointer(uint64_t word, uint64_t random, uint64_t maddr)
{
	static uint64_t seen[256];
	uint64_t other = seen[random >> 16 & 0xff];

	(void)maddr;
	if (!IS_POINTER(word))
		return other ? other : word;
	seen[random >> 8 & 0xff] = word;
	return other ? other : word;
}

static uint64_t near_by(uint64_t word, uint64_t random, uint64_t maddr)
{
	(void)maddr;
	return word + 8 * (int64_t)(int8_t)(random >> 8);
}

static uint64_t extreme(uint64_t word, uint64_t random, uint64_t maddr)
{
	static const uint64_t values[] = {
		0, ~0ULL, 1, 1ULL << 63, ~0ULL >> 1, 0xffffffff, 0x80000000,
		0x7fffffff, 0xffff, 0x7fff800000000000,
	};

	(void)word;
	(void)maddr;
	return values[(random >> 8) % (sizeof(values) / sizeof(values[0]))];
}

static uint64_t itself(uint64_t word, uint64_t random, uint64_t maddr)
{
	(void)word;
	return DIRECTMAP + maddr - 8 * (random >> 8 & 3);
}

static uint64_t count(uint64_t word, uint64_t random, uint64_t maddr)
{
	uint64_t n = 1ULL << (random >> 8 & 31);

	(void)maddr;
	return random >> 16 & 1 ? (word & 0xffffffff) | n << 32 :
				  (word & ~0xffffffffULL) | n;
}

static uint64_t bits(uint64_t word, uint64_t random, uint64_t maddr)
{
	(void)maddr;
	return word ^ 1ULL << (random >> 8 & 63) ^ 1ULL << (random >> 16 & 63);
}

static uint64_t noise(uint64_t word, uint64_t random, uint64_t maddr)
{
	(void)word;
	(void)maddr;
	return mix(random);
}

/* Bytes that change a terminal, end a line or reorder it. */
static uint64_t escapes(uint64_t word, uint64_t random, uint64_t maddr)
{
	static const char bytes[4][9] = {
		"\x1b]0;x\x07\r\n", "\xe2\x80\xae\xc2\x9b" "31m",
		"\"\\\xff\x7f\x1b[2J", "\xe2\x81\xa6%s\x08\x0c\xf0",
	};
	uint64_t v;

	(void)word;
	(void)maddr;
	memcpy(&v, bytes[random >> 8 & 3], sizeof(v));
	return v;
}

static const struct {
	const char *name;
	uint64_t (*fn)(uint64_t word, uint64_t random, uint64_t maddr);
} kinds[] = {
	{ "mixed", mixed }, { "pointer", other_pointer }, { "near", near_by },
	{ "extreme", extreme }, { "self", itself }, { "count", count },
	{ "bits", bits }, { "noise", noise }, { "escape", escapes },
};

/* ---- memory ---- */

static struct err *damaged_page(void *priv, uint64_t maddr, void *page)
{
	uint64_t *word = page;
	size_t i;

	(void)priv;
	ERR_TRY(memory_read(damage.real, maddr, page, XPAGE_SIZE));
	for (i = 0; damage.seed && i < XPAGE_SIZE / sizeof(*word); i++) {
		uint64_t at = maddr + i * sizeof(*word), before = word[i];
		uint64_t random = mix(damage.seed ^ mix(at));

		if (random % damage.rate)
			continue;
		word[i] = damage.kind(before, random / damage.rate, at);
		if (word[i] == before)
			continue;
		damage.words++;
		structures_changed(at);
	}
	return NULL;
}

static void damaged_destroy(void *priv)
{
	struct structures n = structures_counted();

	(void)priv;
	memory_destroy(damage.real);
	if (getenv("XENVIEW_ATTACK"))
		fprintf(stderr, "damaged: %" PRIu64 " words, %" PRIu64 " records, %"
			PRIu64 " frame table entries\n", damage.words, n.records,
			n.entries);
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
		/* the caller still owns the memory after a failure */
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
	rest = strrchr(text, ':');
	damage.kind = mixed;
	for (size_t i = 0; rest && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(rest + 1, kinds[i].name))
			damage.kind = kinds[i].fn;
	memory_flush(s->xen->memory);
}

static void out_of_time(int sig)
{
	static const char text[] = "attack: the command used up its processor time\n";

	(void)sig;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(98);
	_exit(99);
}

static void attack_begin(int argc, char **argv, FILE *fp)
{
	const char *seconds = getenv("XENVIEW_ATTACK");
	struct itimerval limit = { .it_value = { .tv_sec = 0 } };

	if (!seconds)
		return;
	for (FILE *to = fp; to; to = to == fp ? stderr : NULL) {
		fprintf(to, "====");
		for (int i = 0; i < argc; i++)
			fprintf(to, " %s", argv[i]);
		fprintf(to, "\n");
		fflush(to);
	}
	signal(SIGPROF, out_of_time);
	limit.it_value.tv_sec = atoi(seconds);
	setitimer(ITIMER_PROF, &limit, NULL);
}

bool __wrap_command_run(struct session *s, int argc, char **argv, FILE *fp)
{
	bool ok;

	damage_begin(s);
	attack_begin(argc, argv, fp);
	interrupt_begin();
	ok = __real_command_run(s, argc, argv, fp);
	interrupt_end();
	return ok;
}
