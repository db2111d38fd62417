/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "extensions/support/text.h"
#include "object.h"

#define COUNT_MAX 100000

/* Splits "struct domain.arch.hvm" into the type and the path after it, or NULL. */
static struct err *split_member(struct session *s, char *name, struct type *type,
				const char **member)
{
	char *dot = object_member_dot(name);

	*member = dot ? dot + 1 : NULL;
	if (dot)
		*dot = 0;
	return types_find(s->xen->types, name, type);
}

/* "struct domain" and "union u" are one name of two words. */
static unsigned int name_words(const struct args *a)
{
	static const char *const tags[] = { "struct", "union", "enum" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tags); i++)
		if (a->nr_words > 1 && !strcmp(a->word[0], tags[i]))
			return 2;
	return 1;
}

static struct err *show_objects(struct session *s, const struct type *type,
				uint64_t va, uint64_t count, const char *members,
				const struct print_options *options, FILE *fp)
{
	uint64_t size, i;

	ERR_TRY(type_size(type, &size));
	for (i = 0; i < count; i++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(object_print(s, type, va + i * size, members, *options, fp));
	}
	return NULL;
}

/* A member in place of the number is a common mistake. */
static struct err *parse_count(const char *type, const char *members,
			       const char *text, uint64_t *ret)
{
	struct err *e = parse_decimal(text, ret);

	if (!e || members || !(isalpha((unsigned char)*text) || *text == '_'))
		return e;
	err_free(e);
	return command_usage("\"%s\" is not a number of objects; a member is written as %s.%s",
			     text, type, text);
}

/* words: "[ADDRESS [COUNT]]", NULL after the last. */
static struct err *show_struct(struct session *s, struct out *o,
			       const struct args *a, char *name,
			       const char *const *words, FILE *fp)
{
	struct print_options options = { .hex = args_has(a, "x") };
	uint64_t va = 0, count = 1;
	const char *members;
	struct type type;

	ERR_TRY(split_member(s, name, &type, &members));
	if (words[0])
		ERR_TRY(object_address(s, o, &type, words[0], &va));
	if (words[0] && words[1])
		ERR_TRY(parse_count(name, members, words[1], &count));
	if (!count || count > COUNT_MAX)
		return command_usage("COUNT is from 1 to %d", COUNT_MAX);
	options.at_address = words[0];
	if (words[0] && !args_has(a, "o"))
		return show_objects(s, &type, va, count, members, &options, fp);
	options.member = members;
	return type_print_definition(&type, va, &options, fp);
}

static struct err *run_struct(struct session *s, struct out *o,
			      const struct args *a)
{
	unsigned int n = name_words(a);
	struct text text;
	struct err *e;
	char *name;

	if (a->nr_words > n + 2)
		return command_usage("unexpected argument \"%s\"", a->word[n + 2]);
	if (asprintf(&name, "%s%s%s", a->word[0], n == 2 ? " " : "",
		     n == 2 ? a->word[1] : "") < 0)
		return err_nomem();
	e = text_begin(&text);
	if (!e) {
		e = show_struct(s, o, a, name, a->word + n, text.fp);
		text_show(&text, o, "struct");
	}
	free(name);
	return e;
}

static const struct option_spec options[] = {
	{ "o", .help = "offsets of the members in bytes; with ADDRESS their addresses" },
	{ "x", .group = 1, .help = "integers in hexadecimal" },
	{ "d", .group = 1, .help = "integers in decimal, the default" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Shows a structure, union, enum or typedef of the hypervisor: its layout, or",
	"  the object at ADDRESS, or COUNT of them one after another. .MEMBER restricts",
	"  it to these members (vcpu.arch.user_regs, domain.domain_id,vcpu[0]). The",
	"  types are those of the xen-syms in use, never Linux's of the same name.",
	"  ADDRESS is hexadecimal or SYMBOL[+OFFSET]; d1 for a struct domain; d1v0 for",
	"  a struct vcpu. A variable that is a pointer to the type is followed.",
	NULL
};

static const char *const example[] = {
	"    crash> xen struct domain.domain_id,tot_pages d0",
	"      domain_id = 0",
	"      tot_pages = 65536",
	"    crash> xen struct vcpu_runstate_info",
	"    struct vcpu_runstate_info {",
	"       [0] int state;",
	"       [8] uint64_t state_entry_time;",
	"      [16] uint64_t time[4];",
	"    }",
	"    SIZE: 48",
	NULL
};

const struct command command_struct = {
	.live = true,
	.needs = NEEDS_TYPES,
	.run = run_struct,
	.args = { .options = options,
		  .words = { "NAME[.MEMBER] [ADDRESS [COUNT]]", .min = 1, .max = 4 } },
	.description = description,
	.example = example,
};
