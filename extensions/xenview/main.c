/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of xen.so on an ELF vmcore, without crash: for tests, ASan and
 * fuzzing.
 *
 *   xenview [-i XEN-SYMS] [-n] [-s PART]... [-r SEED[:RATE]] VMCORE [COMMAND [ARGUMENT]...]
 *   xenview [-i XEN-SYMS] [-n] -l [COMMAND [ARGUMENT]...]
 *   xenview -d COMMAND [ARGUMENT]...
 *   xenview -p XEN-SYMS
 *
 * -i takes this image instead of searching, -n takes none. -s is another file of
 * a split dump. -r damages the memory that commands see: one of RATE words (100)
 * is another, the same for the same SEED. Without a command lines from standard
 * input are run, a command each. -l shows the hypervisor of the running host, by
 * hypercalls. -d runs a command without a dump, such as decode. -p writes the
 * layout profile of an image with DWARF.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/command.h"
#include "xen/memory/corefile.h"
#include "xen/profile/profile_choose.h"

#define ARGUMENTS_MAX 64
#define PARTS_MAX 64

/* The other files of a split dump. */
static const char *parts[PARTS_MAX];
static unsigned int nr_parts;

static const struct front_end front = { .name = "xenview", .help = "help" };

/* A source whose words are not always what the dump holds. */
static struct {
	struct memory *real;
	uint64_t seed;		/* 0: sound */
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

/* What broken structures are full of: zeros, ones, near misses, noise. */
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

/* Only what is read from here on is damaged: the image is found and proved. */
static void damage_begin(struct session *s, const char *seed)
{
	char *rest;

	damage.seed = strtoull(seed, &rest, 10);
	damage.rate = *rest == ':' ? strtoull(rest + 1, NULL, 10) : 100;
	if (!damage.rate)
		damage.rate = 1;
	memory_flush(s->xen->memory);
}

static struct err *open_core(struct session *s, const char *path)
{
	struct memory *memory = NULL;
	struct notes *notes;
	unsigned int i;
	struct err *e;

	ERR_TRY(corefile_notes(path, &notes));
	e = corefile_memory(path, &damage.real);
	for (i = 0; !e && i < nr_parts; i++)
		e = corefile_join(damage.real, parts[i]);
	if (!e)
		e = memory_create(&damaged_ops, NULL, &memory);
	if (!e)
		e = session_open(s, memory, notes);
	if (e) {
		memory_destroy(memory);
		notes_destroy(notes);
	}
	return e;
}

/* Words apart by blanks; quotes are not needed by any test. */
static bool run_line(struct session *s, char *line)
{
	char *argv[ARGUMENTS_MAX + 1], *word, *save = NULL;
	int argc = 0;

	for (word = strtok_r(line, " \n", &save); word && argc < ARGUMENTS_MAX;
	     word = strtok_r(NULL, " \n", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	if (word) {
		fprintf(stderr, "xenview: more than %d words\n", ARGUMENTS_MAX);
		return false;
	}
	return command_run(s, argc, argv, stdout);
}

static bool run_stdin(struct session *s)
{
	char *line = NULL;
	size_t size = 0;
	bool ok = true;

	while (getline(&line, &size, stdin) > 0) {
		ok = run_line(s, line) && ok;
		/* who sends the commands through a pipe may wait for what they say */
		fflush(stdout);
	}
	free(line);
	return ok;
}

static int write_profile(const char *path)
{
	struct image *img;
	struct err *e = image_open(path, &img);

	if (!e) {
		e = profile_write_image(img, stdout);
		image_close(img);
	}
	if (e)
		fprintf(stderr, "xenview: %s\n", err_text(e));
	err_free(e);
	return !!e;
}

int main(int argc, char **argv)
{
	struct session s = { .front = &front };
	const char *image = NULL, *seed = NULL;
	bool search = true, dump = true, live = false, ok;
	struct err *e;
	int c;

	while ((c = getopt(argc, argv, "+di:lnp:r:s:")) != -1) {
		if (c == 'd')
			dump = false;
		else if (c == 'l')
			live = true;
		else if (c == 'p')
			return write_profile(optarg);
		else if (c == 'r')
			seed = optarg;
		else if (c == 'i')
			image = optarg;
		else if (c == 's' && nr_parts < PARTS_MAX)
			parts[nr_parts++] = optarg;
		else if (c != 'n')
			return 2;
		search = search && strchr("lrs", c);
	}
	if (optind == argc && !live) {
		fprintf(stderr, "usage: xenview [-i XEN-SYMS] [-n] [-s PART]... [-r SEED[:RATE]] VMCORE [COMMAND [ARGUMENT]...]\n"
			"       xenview [-i XEN-SYMS] [-n] -l [COMMAND [ARGUMENT]...]\n"
			"       xenview -d COMMAND [ARGUMENT]...\n"
			"       xenview -p XEN-SYMS\n");
		return 2;
	}
	if (!dump) {
		ok = command_run(&s, argc - optind, argv + optind, stdout);
		session_close(&s);
		return !ok;
	}
	s.no_search = !search;
	if (live) {
		e = session_open_live(&s);
		optind--;
	} else {
		s.dump_path = strdup(argv[optind]);
		e = open_core(&s, s.dump_path);
	}
	if (!e && image)
		e = session_load(&s, image, false);
	if (e) {
		fprintf(stderr, "xenview: %s\n", err_text(e));
		err_free(e);
		session_close(&s);
		return 1;
	}
	if (seed)
		damage_begin(&s, seed);
	argc -= optind + 1;
	argv += optind + 1;
	ok = argc ? command_run(&s, argc, argv, stdout) : run_stdin(&s);
	session_close(&s);
	return !ok;
}
