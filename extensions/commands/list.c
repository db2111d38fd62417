/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/chain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "extensions/support/text.h"
#include "object.h"

/* Limit of a walk; a list that is not corrupt is shorter. */
#define OBJECTS_MAX	1000000
#define SHOWN_MAX	8

struct request {
	struct type type;		/* type of the objects */
	const char *shown[SHOWN_MAX];	/* members to print for each object, "a.b" */
	unsigned int nr_shown;
	uint64_t offset;	/* offset of the link in an object */
	bool embedded;		/* links point to links (struct list_head) */
	bool head;		/* START is a list head outside of any object */
	uint64_t start, end;	/* va; end 0: none given */
};

/* Parses "domain.next_in_list": type and member. */
static struct err *parse_link(struct session *s, char *name, struct request *r)
{
	char *dot = object_member_dot(name);
	struct member m;

	if (!dot)
		return command_usage("\"%s\" is not STRUCT.MEMBER", name);
	*dot = 0;
	ERR_TRY(types_find(s->xen->types, name, &r->type));
	ERR_TRY(type_member(&r->type, dot + 1, &m));
	r->offset = m.offset;
	r->embedded = type_kind(&m.type) == TYPE_STRUCT;
	if (!r->embedded && type_kind(&m.type) != TYPE_POINTER)
		return command_usage("%s.%s is neither a pointer nor a struct list_head", name,
				     dot + 1);
	return NULL;
}

static struct err *find_link(struct session *s, const char *text,
			     struct request *r)
{
	char *name = strdup(text);
	struct err *e;

	if (!name)
		return err_nomem();
	e = parse_link(s, name, r);
	free(name);
	return e;
}

static struct err *parse(struct session *s, struct out *o,
			 const struct args *a, struct request *r)
{
	unsigned int at = 0;
	const char *member;

	r->head = args_has(a, "H");
	r->end = args_number(a, "e", 0);
	while ((member = args_next(a, "s", &at))) {
		if (r->nr_shown == SHOWN_MAX)
			return command_usage("more than %d members", SHOWN_MAX);
		r->shown[r->nr_shown++] = member;
	}
	ERR_TRY(find_link(s, a->word[0], r));
	if (r->head && !r->embedded)
		return command_usage("\"-H\" requires a link of type struct list_head");
	if (r->head)
		return parse_address(s, a->word[1], &r->start);
	return object_address(s, o, &r->type, a->word[1], &r->start);
}

static struct err *show_object(struct session *s, const struct request *r,
			       uint64_t va, FILE *fp)
{
	unsigned int i;

	fprintf(fp, "%" PRIx64 "\n", va);
	for (i = 0; i < r->nr_shown; i++)
		ERR_TRY(object_print(s, &r->type, va, r->shown[i],
				    (struct print_options){ 0 }, fp));
	return NULL;
}

static struct err *walk(struct session *s, const struct request *r, FILE *fp)
{
	/* Embedded links point to links, not to objects. */
	uint64_t link = r->embedded ? r->offset : 0, va;
	uint64_t first = r->start + (r->head ? 0 : link);
	struct chain chain;

	chain_start(&chain, s->xen, first, r->embedded ? 0 : r->offset,
		    OBJECTS_MAX, "list");
	for (;;) {
		ERR_TRY(chain_next(&chain, &va));
		if (!va)
			return NULL;
		if (!r->head || va != first)
			ERR_TRY(show_object(s, r, va - link, fp));
		/* A circular list ends at its start. */
		if (chain.next == first || (r->end && chain.next == r->end + link))
			return NULL;
	}
}

static struct err *run_list(struct session *s, struct out *o,
			    const struct args *a)
{
	struct request r = { .nr_shown = 0 };
	struct text text;
	struct err *e;

	ERR_TRY(parse(s, o, a, &r));
	ERR_TRY(text_begin(&text));
	e = walk(s, &r, text.fp);
	text_show(&text, o, "list");
	return e;
}

static const struct option_spec options[] = {
	{ "H", .help = "START is the list's head, a struct list_head outside of the objects" },
	{ "e", OPTION_ADDRESS, .value = "ADDRESS", .help = "stop before this object" },
	{ "s", OPTION_TEXT, .value = "MEMBER", .many = true,
	  .help = "print this member of each object" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Follows a linked list from the object START on and prints the addresses of",
	"  its objects. STRUCT.MEMBER is the link: a pointer to the next object, or a",
	"  struct list_head in it. START is an address or SYMBOL[+OFFSET]; d0 for a",
	"  struct domain; d0v1 for a struct vcpu. A variable that is a pointer to the",
	"  structure is followed.",
	NULL
};

static const char *const example[] = {
	"    crash> xen list -s domain_id domain.next_in_list d0",
	"    ffff830027d61000",
	"      domain_id = 0",
	"    ffff83002783a000",
	"      domain_id = 1",
	"    ffff830027d05000",
	"      domain_id = 2",
	NULL
};

const struct command command_list = {
	.needs = NEEDS_TYPES,
	.run = run_list,
	.args = { .options = options,
		  .words = { "STRUCT.MEMBER START", .min = 2, .max = 2 } },
	.description = description,
	.example = example,
};
