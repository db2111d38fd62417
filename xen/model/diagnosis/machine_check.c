/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "xen/base/array.h"
#include "xen/model/words.h"

struct bit_name {
	uint64_t bit;
	const char *set, *clear;	/* NULL: not printed */
};

static const struct bit_name status_bits[] = {
	{ 1ULL << 63, NULL, "not valid" },
	{ 1ULL << 61, "uncorrected", "corrected" },
	{ 1ULL << 57, "processor context corrupt", NULL },
	{ 1ULL << 62, "more errors lost", NULL },
	{ 1ULL << 60, NULL, "reporting not enabled" },
};

static const struct bit_name global_bits[] = {
	{ 1 << 0, "can restart", "cannot restart" },
	{ 1 << 1, "address is that of the error", NULL },
	{ 1 << 2, "in progress", NULL },
	{ 1 << 3, "local to this pcpu", NULL },
};

static void add_bits(char *buf, size_t size, uint64_t value,
		     const struct bit_name *names, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		const char *word = value & names[i].bit ? names[i].set : names[i].clear;

		if (word)
			words_add(buf, size, word);
	}
}

static const char *const levels[] = { "L0", "L1", "L2", "generic" };
static const char *const kinds[] = { "instruction", "data", "generic", "unknown" };
static const char *const requests[16] = {
	"generic error", "generic read", "generic write", "data read", "data write",
	"instruction fetch", "prefetch", "eviction", "snoop",
};
static const char *const participations[] = {
	"originated by this pcpu", "responded by this pcpu", "observed by this pcpu", "generic",
};
static const char *const targets[] = { "memory", "reserved", "I/O", "other" };
static const char *const memory[8] = {
	"memory controller, generic", "memory read", "memory write",
	"memory address or command", "memory scrubbing",
};

static const char *name_of(const char *const *names, unsigned int n)
{
	return names[n] ? names[n] : "reserved";
}

static void cache_generic(uint16_t c, char *buf, size_t size)
{
	snprintf(buf, size, "%s cache", levels[c & 3]);
}

static void tlb(uint16_t c, char *buf, size_t size)
{
	snprintf(buf, size, "%s %s TLB", levels[c & 3], kinds[c >> 2 & 3]);
}

static void cache(uint16_t c, char *buf, size_t size)
{
	snprintf(buf, size, "%s, %s %s cache", name_of(requests, c >> 4 & 15),
		 levels[c & 3], kinds[c >> 2 & 3]);
}

static void memory_channel(uint16_t c, char *buf, size_t size)
{
	const char *what = name_of(memory, c >> 4 & 7);

	if ((c & 15) == 15)
		snprintf(buf, size, "%s", what);
	else
		snprintf(buf, size, "%s, channel %u", what, c & 15U);
}

static void bus(uint16_t c, char *buf, size_t size)
{
	snprintf(buf, size, "bus or interconnect, %s, %s, %s, %s%s",
		 name_of(requests, c >> 4 & 15), targets[c >> 2 & 3], levels[c & 3],
		 participations[c >> 9 & 3], c & 1 << 8 ? ", timed out" : "");
}

/* The first match counts. Bit 12 (corrections are filtered) is ignored. */
static const struct code {
	uint16_t mask, value;
	const char *text;	/* NULL: use format */
	void (*format)(uint16_t code, char *buf, size_t size);
} codes[] = {
	{ 0xffff, 0x0000, "no error", NULL },
	{ 0xffff, 0x0001, "unclassified", NULL },
	{ 0xffff, 0x0002, "microcode ROM parity error", NULL },
	{ 0xffff, 0x0003, "external error (from another pcpu)", NULL },
	{ 0xffff, 0x0004, "functional redundancy check", NULL },
	{ 0xffff, 0x0005, "internal parity error", NULL },
	{ 0xffff, 0x0006, "SMM handler code outside SMRAM", NULL },
	{ 0xffff, 0x0400, "internal timer", NULL },
	{ 0xffff, 0x0e0b, "I/O error", NULL },
	{ 0xeffc, 0x000c, NULL, cache_generic },
	{ 0xeff0, 0x0010, NULL, tlb },
	{ 0xef80, 0x0080, NULL, memory_channel },
	{ 0xef80, 0x0280, NULL, memory_channel },
	{ 0xef00, 0x0100, NULL, cache },
	{ 0xfc00, 0x0400, "internal, unclassified", NULL },
	{ 0xe800, 0x0800, NULL, bus },
	{ 0x0000, 0x0000, "not an architectural code", NULL },
};

const char *mce_code_text(uint16_t code, char *buf, size_t size)
{
	const struct code *c = codes;

	while ((code & c->mask) != c->value)
		c++;
	if (c->format)
		c->format(code, buf, size);
	else
		snprintf(buf, size, "%s", c->text);
	return buf;
}

const char *mce_status_text(uint64_t status, char *buf, size_t size)
{
	char flags[160] = "", code[96];

	add_bits(flags, sizeof(flags), status, status_bits, ARRAY_SIZE(status_bits));
	snprintf(buf, size, "%s: %s", flags, mce_code_text(status, code, sizeof(code)));
	return buf;
}

const char *mce_global_text(uint64_t status, char *buf, size_t size)
{
	buf[0] = '\0';
	add_bits(buf, size, status, global_bits, ARRAY_SIZE(global_bits));
	return buf;
}
