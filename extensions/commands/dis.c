/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "extensions/support/command.h"
#include "extensions/support/text.h"

#define COUNT_DEFAULT	16
#define COUNT_MAX	100000

/* Disassembles COUNT instructions from ADDRESS, else the function that begins there. */
static struct err *find_code(struct session *s, const struct args *a,
			     struct code *ret)
{
	const struct symbol *sym;
	uint64_t offset, length;

	*ret = (struct code){ .count = COUNT_DEFAULT };
	ERR_TRY(parse_address(s, a->word[0], &ret->va));
	if (a->nr_words > 1) {
		ERR_TRY(parse_decimal(a->word[1], &ret->count));
		if (!ret->count || ret->count > COUNT_MAX)
			return command_usage("COUNT is from 1 to %d", COUNT_MAX);
		return NULL;
	}
	sym = symbols_by_addr(s->xen->symbols, ret->va, &offset);
	length = sym && !offset ? xen_symbol_size(s->xen, sym) : 0;
	if (length) {
		ret->end = ret->va + length;
		ret->count = 0;
	}
	return NULL;
}

/*
 * Disassembles a function by gdb's disassemble, which ends at an address, not
 * at a count.
 */
static struct err *run_gdb(struct session *s, const struct code *c, FILE *fp)
{
	char command[128];

	if (c->count)
		snprintf(command, sizeof(command), "x/%" PRIu64 "i 0x%" PRIx64,
			 c->count, c->va);
	else
		snprintf(command, sizeof(command),
			 "disassemble 0x%" PRIx64 ",0x%" PRIx64, c->va, c->end);
	return s->front->gdb(command, fp);
}

static struct err *run_dis(struct session *s, struct out *o,
			   const struct args *a)
{
	struct code code;
	struct text text;
	struct err *e;

	if (!s->front->gdb && !s->front->disassemble)
		return err_new(ERR_UNSUPPORTED, "%s was built without a disassembler (capstone); use \"xen dis\" in crash",
			       s->front->name);
	ERR_TRY(find_code(s, a, &code));
	ERR_TRY(text_begin(&text));
	if (s->front->gdb)
		e = run_gdb(s, &code, text.fp);
	else
		e = s->front->disassemble(s, &code, text.fp);
	text_show(&text, o, "dis");
	return e;
}

static const char *const description[] = {
	"  Disassembles code of the hypervisor as it is in memory: COUNT instructions",
	"  from ADDRESS on, or a whole function if ADDRESS is its begin. ADDRESS is",
	"  hexadecimal or SYMBOL[+OFFSET].",
	NULL
};

static const char *const example[] = {
	"    $ xenview vmcore dis _stext 1",
	"       0xffff82d040200000 <_stext>:\tjmp    0xffff82d0403e6ce4 <head.o#__start>",
	NULL
};

const struct command command_dis = {
	.needs = NEEDS_SYMBOLS,
	.run = run_dis,
	.args = { .words = { "ADDRESS|SYMBOL [COUNT]", .min = 1, .max = 2 } },
	.description = description,
	.example = example,
};
