/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/types/expr.h"

#include <string.h>

#include "extensions/support/command.h"
#include "extensions/support/text.h"

#define EXPRESSION_SIZE 1024

/* Joins the words with one blank between them. */
static struct err *join_words(const struct args *a, char buf[EXPRESSION_SIZE])
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < a->nr_words; i++) {
		int n = snprintf(buf + len, EXPRESSION_SIZE - len, "%s%s",
				 i ? " " : "", a->word[i]);

		if (n < 0 || (size_t)n >= EXPRESSION_SIZE - len)
			return command_usage("the expression is longer than %d characters",
					     EXPRESSION_SIZE - 1);
		len += n;
	}
	return NULL;
}

static struct err *run_p(struct session *s, struct out *o,
			 const struct args *a)
{
	struct print_options options = { .hex = args_has(a, "x") };
	struct expr_env env = { s->xen->types, s->xen->space, s->xen->symbols };
	char expression[EXPRESSION_SIZE];
	struct text text;
	struct err *e;

	ERR_TRY(join_words(a, expression));
	ERR_TRY(text_begin(&text));
	fprintf(text.fp, "%s = ", expression);
	e = expr_print(&env, expression, &options, text.fp);
	if (e)
		text_drop(&text);
	else
		text_show(&text, o, "p");
	return e;
}

static const struct option_spec options[] = {
	{ "x", .group = 1, .help = "integers in hexadecimal" },
	{ "d", .group = 1, .help = "integers in decimal, the default" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Prints the value of a C expression over the hypervisor's variables and",
	"  types:",
	"    names          domain_list, console.c#conring, constants of enums",
	"    per-cpu        curr_vcpu@1, per_cpu(curr_vcpu, 1)",
	"    operators      * & - ~ ! (type) sizeof, [n] . ->, + - / << >> & ^ |",
	"  Numbers are decimal, hexadecimal with 0x; sixteen hexadecimal digits are an",
	"  address. All text from the first word that is not an option is the",
	"  expression.",
	NULL
};

static const char *const example[] = {
	"    crash> xen p hardware_domain->tot_pages",
	"    hardware_domain->tot_pages = 65536",
	"    crash> xen p per_cpu(curr_vcpu, 1)",
	"    per_cpu(curr_vcpu, 1) = (struct vcpu *) 0xffff830026414000",
	"    crash> xen p -x ((struct domain *)ffff830027d61000)->options",
	NULL
};

const struct command command_p = {
	.needs = NEEDS_TYPES,
	.run = run_p,
	.args = { .options = options,
		  .words = { "EXPRESSION", .min = 1, .verbatim = true } },
	.description = description,
	.example = example,
};
