/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "struct.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen/types/expr.h"
#include "extensions/support/text.h"

#define COUNT_MAX 100000

char *struct_member_dot(char *name)
{
	char *file_end = strchr(name, '#');

	return strchr(file_end ? file_end : name, '.');
}

/* "struct domain.arch.hvm" -> the type and the path behind it, or NULL. */
static struct err *split_member(struct session *s, char *name, struct type *type,
				const char **member)
{
	char *dot = struct_member_dot(name);

	*member = dot ? dot + 1 : NULL;
	if (dot)
		*dot = 0;
	return types_find(s->xen->types, name, type);
}

/* Words before the address belong to the name: "struct domain", "union u". */
static int name_words(int argc, char **argv)
{
	static const char *const tags[] = { "struct", "union", "enum" };
	size_t i;

	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (optind + 1 < argc && !strcmp(argv[optind], tags[i]))
			return 2;
	return 1;
}

static struct err *show_member(struct session *s, const struct type *type,
			       uint64_t va, const struct print_options *options,
			       FILE *fp)
{
	struct err *e = type_print(s->xen->types, s->xen->space, s->xen->symbols,
				   type, va, options, fp);

	/* What is there but unreadable costs its own line. */
	if (!e || err_reason(e) == ERR_NO_TYPE || err_reason(e) == ERR_USAGE ||
	    err_reason(e) == ERR_INTERRUPTED || !options->member)
		return e;
	fprintf(fp, "  %s = %s\n", options->member, err_mark(err_reason(e)));
	err_free(e);
	return NULL;
}

struct err *struct_show(struct session *s, const struct type *type, uint64_t va,
			const char *members, struct print_options options,
			FILE *fp)
{
	char *copy, *rest, *member;
	struct err *e = NULL;

	if (!members)
		return show_member(s, type, va, &options, fp);
	rest = copy = strdup(members);
	if (!copy)
		return err_nomem();
	while (!e && (member = strsep(&rest, ","))) {
		options.member = member;
		e = show_member(s, type, va, &options, fp);
	}
	free(copy);
	return e;
}

static struct err *show_objects(struct session *s, const struct type *type,
				uint64_t va, uint64_t count, const char *members,
				const struct print_options *options, FILE *fp)
{
	uint64_t size, i;

	ERR_TRY(type_size(type, &size));
	for (i = 0; i < count; i++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(struct_show(s, type, va + i * size, members, *options, fp));
	}
	return NULL;
}

static struct err *show_struct(struct session *s, char *name, int argc,
			       char **argv, bool offsets,
			       struct print_options *options, FILE *fp)
{
	uint64_t va = 0, count = 1;
	const char *members;
	struct type type;

	ERR_TRY(split_member(s, name, &type, &members));
	if (argc)
		ERR_TRY(parse_address(s, argv[0], &va));
	if (argc > 1)
		ERR_TRY(parse_decimal(argv[1], &count));
	if (!count || count > COUNT_MAX)
		return command_usage("a count is from 1 to %d", COUNT_MAX);
	options->at_address = argc > 0;
	if (argc && !offsets)
		return show_objects(s, &type, va, count, members, options, fp);
	options->member = members;
	return type_print_definition(&type, va, options, fp);
}

static struct err *run_struct(struct session *s, struct out *o, int argc,
			      char **argv)
{
	struct print_options options = { 0 };
	bool offsets = false;
	struct text text;
	struct err *e;
	char *name;
	int c, words;

	while ((c = getopt(argc, argv, "odx")) != -1) {
		if (c == 'o')
			offsets = true;
		else if (c == 'd' || c == 'x')
			options.hex = c == 'x';
		else
			return command_usage("unknown option");
	}
	words = name_words(argc, argv);
	if (argc - optind < words || argc - optind > words + 2)
		return command_usage("which structure?");
	if (asprintf(&name, "%s%s%s", argv[optind], words == 2 ? " " : "",
		     words == 2 ? argv[optind + 1] : "") < 0)
		return err_nomem();
	e = text_begin(&text);
	if (!e) {
		optind += words;
		e = show_struct(s, name, argc - optind, argv + optind, offsets,
				&options, text.fp);
		text_show(&text, o, "struct");
	}
	free(name);
	return e;
}

static struct err *run_p(struct session *s, struct out *o, int argc,
			 char **argv)
{
	struct print_options options = { 0 };
	struct expr_env env = { s->xen->types, s->xen->space, s->xen->symbols };
	char expression[1024] = "";
	struct text text;
	struct err *e;
	int i, first = 1;

	/* No getopt: what follows may well begin with a minus. */
	if (argc > 1 && (!strcmp(argv[1], "-x") || !strcmp(argv[1], "-d"))) {
		options.hex = argv[1][1] == 'x';
		first = 2;
	}
	if (first == argc)
		return command_usage("which expression?");
	for (i = first; i < argc; i++) {
		size_t n = strlen(expression);

		if (n + strlen(argv[i]) + 2 > sizeof(expression))
			return command_usage("the expression is too long");
		sprintf(expression + n, "%s%s", i > first ? " " : "", argv[i]);
	}
	ERR_TRY(text_begin(&text));
	fprintf(text.fp, "%s = ", expression);
	e = expr_print(&env, expression, &options, text.fp);
	if (e)
		text_drop(&text);
	else
		text_show(&text, o, "p");
	return e;
}

static const char *const help_struct[] = {
	"  Shows a structure, union, enum or typedef of the hypervisor: its layout, or the",
	"  object at ADDRESS, or COUNT of them. The types are those of the xen-syms in",
	"  use, never Linux's of the same name.",
	"    .MEMBER   only this member: vcpu.arch.user_regs, domain.domain_id,vcpu[0]",
	"    -o        offsets; with ADDRESS the members' addresses",
	"    -x -d     integers in hexadecimal, in decimal",
	"",
	"EXAMPLE",
	"    crash> xen struct domain.domain_id,tot_pages ffff830027d61000",
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
	.run_words = run_struct,
	.synopsis = "[-j] [-o] [-x|-d] NAME[.MEMBER] [ADDRESS [COUNT]]",
	.help = help_struct,
};

static const char *const help_p[] = {
	"  Prints an expression of the hypervisor's symbols and types:",
	"    xen p hardware_domain->vcpu[0]->runstate",
	"    xen p *(struct domain *)ffff83003ffb5000",
	"    xen p per_cpu(curr_vcpu, 1)",
	"    -x -d     integers in hexadecimal, in decimal",
	"",
	"EXAMPLE",
	"    crash> xen p hardware_domain->tot_pages",
	"    hardware_domain->tot_pages = 65536",
	NULL
};

const struct command command_p = {
	.needs = NEEDS_TYPES,
	.run_words = run_p,
	.synopsis = "[-j] [-x|-d] EXPRESSION",
	.help = help_p,
};
