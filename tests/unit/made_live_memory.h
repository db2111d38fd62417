/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A running Xen with 6 MiB of memory: simulated hypercalls and methods to read it. */
#ifndef TESTS_MADE_LIVE_MEMORY_H
#define TESTS_MADE_LIVE_MEMORY_H

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xen/hypercall/live.h"
#include "xen/hypercall/live_memory.h"

#define VIRT	0xffff82d040000000UL
#define PHYS	0x200000UL
#define RAM	(6UL << 20)
#define P	1UL
#define PSE	0x80UL
#define NOTE_AT	0x100000UL
#define BASE_AT	0x4000UL
#define WORD_AT	0x8000UL

/* idle_pg_table, xen_phys_start and symbols that only a build with gdbsx has */
#define SYMBOLS \
	"ffff82d040001000 D idle_pg_table\n" \
	"ffff82d040004000 D xen_phys_start\n"
#define GDBSX	"ffff82d040200000 T "

static unsigned char ram[RAM];

static struct {
	unsigned int opened, closed, reads, pages;
	uint64_t phys_start;	/* as hypercalls return it */
	uint64_t broken;	/* frame; 0: none */
	int open_error, read_error, sound_error, close_error;
} fake;

static struct live_memory_facts facts;
static struct xen *x;

static void ok(struct err *e)
{
	if (e)
		fail_msg("%s", err_text(e));
}

static void bad(struct err *e, enum err_reason reason, const char *text)
{
	assert_non_null(e);
	if (!strstr(err_text(e), text))
		fail_msg("\"%s\" is not in \"%s\"", text, err_text(e));
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

static int fake_identity(void *priv, struct live_identity *ret)
{
	(void)priv;
	*ret = (struct live_identity){ .major = 4, .minor = 20,
				       .build_id_len = 20,
				       .phys_start = fake.phys_start };
	memset(ret->build_id, 0xab, 20);
	return 0;
}

static int fake_host(void *priv, struct live_host *ret)
{
	(void)priv;
	*ret = (struct live_host){ .cpus = 2 };
	return 0;
}

static void fake_hypercalls_close(void *priv)
{
	(void)priv;
}

/* A line "address type name" each. */
static const char *symbol_lines;

static int fake_symbol(void *priv, uint32_t *n, struct live_symbol *ret)
{
	const char *line = symbol_lines;
	uint32_t i;

	(void)priv;
	for (i = 0; i < *n && *line; i++)
		line += strcspn(line, "\n") + 1;
	if (sscanf(line, "%" SCNx64 " %c %255s", &ret->address, &ret->type,
		   ret->name) != 3)
		return -ENOENT;
	++*n;
	return 0;
}

static const struct live_ops hypercalls = {
	.version = LIVE_OPS_VERSION, .size = sizeof(hypercalls),
	.close = fake_hypercalls_close, .identity = fake_identity,
	.host = fake_host, .symbol = fake_symbol,
};

static int fake_open(enum live_method method, const struct live_memory_facts *f,
		     void **priv, const char **what)
{
	(void)f;
	fake.opened++;
	*what = "the third step";
	*priv = (void *)(uintptr_t)(method + 1);
	return fake.open_error;
}

static int fake_read(void *priv, uint64_t address, void *buf, size_t len)
{
	const uint64_t directmap = 0xffff830000000000;

	fake.reads++;
	fake.pages += len / XPAGE_SIZE;
	if ((uintptr_t)priv == LIVE_METHOD_IDLE + 1)
		address -= directmap;
	assert_true(len && len <= LIVE_READ_MAX && !(len % XPAGE_SIZE));
	/* only RAM may be requested: 1 to 2 MiB is a device */
	assert_true(address + len <= 1 << 20 ||
		    (address >= PHYS && address + len <= RAM));
	if (fake.read_error)
		return fake.read_error;
	memcpy(buf, ram + address, len);
	return 0;
}

static int fake_close(void *priv)
{
	(void)priv;
	fake.closed++;
	return fake.close_error;
}

/* A frame with a memory error, and an error of the request. */
static int fake_sound(void *priv, uint64_t frame, unsigned int *n)
{
	(void)priv;
	if (fake.sound_error)
		return fake.sound_error;
	if (fake.broken >= frame && fake.broken < frame + *n)
		*n = fake.broken - frame;
	return 0;
}

static const struct live_memory_ops ops = {
	.version = LIVE_MEMORY_OPS_VERSION, .size = sizeof(ops),
	.open = fake_open, .read = fake_read, .sound = fake_sound,
	.close = fake_close,
};

static void put(uint64_t at, uint64_t v)
{
	memcpy(ram + at, &v, sizeof(v));
}

/* Image and directmap as pages of 2 MiB, a build-id, and the image's own address. */
static void make_ram(void)
{
	static const unsigned char note[16] = {
		4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0,
	};
	unsigned int i;

	memset(ram, 0, sizeof(ram));
	put(PHYS + 0x1000 + (VIRT >> 39 & 511) * 8, (PHYS + 0x2000) | P);
	put(PHYS + 0x2000 + (VIRT >> 30 & 511) * 8, (PHYS + 0x3000) | P);
	put(PHYS + 0x3000, PHYS | P | PSE);
	put(PHYS + 0x1000 + (0xffff830000000000 >> 39 & 511) * 8, (PHYS + 0x5000) | P);
	put(PHYS + 0x5000, (PHYS + 0x6000) | P);
	for (i = 0; i < RAM >> 21; i++)
		put(PHYS + 0x6000 + 8 * i, (uint64_t)i << 21 | P | PSE);
	put(PHYS + BASE_AT, PHYS);
	memcpy(ram + PHYS + NOTE_AT, note, sizeof(note));
	memset(ram + PHYS + NOTE_AT + sizeof(note), 0xab, 20);
}

/* A running Xen whose symbol table has these lines. */
static struct xen *open_live(const char *symbols)
{
	struct xen *ret;

	symbol_lines = symbols;
	ok(live_open(&hypercalls, NULL, &ret));
	return ret;
}

static int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.phys_start = PHYS;
	facts = (struct live_memory_facts){
		.major = 4, .minor = 20, .is_pv = true, .has_hvm = true,
		.nr_ram = 2, .ram = { { 0, 0x100 }, { 0x200, RAM >> 12 } },
	};
	make_ram();
	x = open_live(SYMBOLS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xen_close(x);
	return 0;
}

#endif
