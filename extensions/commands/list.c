/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/chain.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "struct.h"
#include "extensions/support/text.h"

/* More than any list of a sound hypervisor, fewer than a user waits for. */
#define OBJECTS_MAX	1000000
#define SHOWN_MAX	8

struct request {
	struct type type;		/* the objects are of */
	const char *shown[SHOWN_MAX];	/* members to print of each, "a.b" */
	unsigned int nr_shown;
	uint64_t offset;	/* of the link in an object */
	bool embedded;		/* links point to links (struct list_head) */
	bool head;		/* START is a list head outside of any object */
	uint64_t start, end;	/* va; end 0: none given */
};

/* "domain.next_in_list" -> type and member. */
static struct err *find_link(struct session *s, char *name, struct request *r)
{
	char *dot = struct_member_dot(name);
	struct member m;

	if (!dot)
		return command_usage("%s: give STRUCT.MEMBER, the link", name);
	*dot = 0;
	ERR_TRY(types_find(s->xen->types, name, &r->type));
	ERR_TRY(type_member(&r->type, dot + 1, &m));
	r->offset = m.offset;
	r->embedded = type_kind(&m.type) == TYPE_STRUCT;
	if (!r->embedded && type_kind(&m.type) != TYPE_POINTER)
		return command_usage("%s.%s is no pointer and no list_head", name,
				     dot + 1);
	return NULL;
}

static struct err *parse(struct session *s, int argc, char **argv,
			 struct request *r)
{
	int c;

	while ((c = getopt(argc, argv, "He:s:")) != -1) {
		if (c == 'H')
			r->head = true;
		else if (c == 'e')
			ERR_TRY(parse_hex(optarg, &r->end));
		else if (c == 's' && r->nr_shown < SHOWN_MAX)
			r->shown[r->nr_shown++] = optarg;
		else
			return command_usage("unknown option");
	}
	if (argc - optind != 2)
		return command_usage("which list, and where does it start?");
	ERR_TRY(find_link(s, argv[optind], r));
	ERR_TRY(parse_address(s, argv[optind + 1], &r->start));
	if (r->head && !r->embedded)
		return command_usage("-H is for lists of struct list_head");
	return NULL;
}

static struct err *show_object(struct session *s, const struct request *r,
			       uint64_t va, FILE *fp)
{
	unsigned int i;

	fprintf(fp, "%" PRIx64 "\n", va);
	for (i = 0; i < r->nr_shown; i++)
		ERR_TRY(struct_show(s, &r->type, va, r->shown[i],
				    (struct print_options){ 0 }, fp));
	return NULL;
}

static struct err *walk(struct session *s, const struct request *r, FILE *fp)
{
	/* Of embedded links the chain is one of links, not of objects. */
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
		/* A circular list ends where it began. */
		if (chain.next == first || (r->end && chain.next == r->end + link))
			return NULL;
	}
}

static struct err *run_list(struct session *s, struct out *o, int argc,
			    char **argv)
{
	struct request r = { .nr_shown = 0 };
	struct text text;
	struct err *e;

	ERR_TRY(parse(s, argc, argv, &r));
	ERR_TRY(text_begin(&text));
	e = walk(s, &r, text.fp);
	text_show(&text, o, "list");
	return e;
}

static const char *const help[] = {
	"  Follows a linked list from the object at START and prints the addresses of the",
	"  objects on it. STRUCT.MEMBER is the link: a pointer to the next object, or a",
	"  struct list_head in it.",
	"    -H            START is the list's head, which is in no object",
	"    -e ADDRESS    stop before this object",
	"    -s MEMBER     print this member of each object; may be repeated",
	"",
	"EXAMPLE",
	"    crash> xen list -s domain_id domain.next_in_list ffff83002faa3000",
	NULL
};

const struct command command_list = {
	.needs = NEEDS_TYPES,
	.run_words = run_list,
	.synopsis = "[-j] [-H] [-e ADDRESS] [-s MEMBER]... STRUCT.MEMBER START",
	.help = help,
};
