/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"

#define NAME_SIZE 128

char *object_member_dot(char *name)
{
	char *file_end = strchr(name, '#');

	return strchr(file_end ? file_end : name, '.');
}

/* ---- from text to address ---- */

static bool type_is(const struct type *type, const char *name)
{
	struct type stripped = type_strip(type);
	char buf[NAME_SIZE];

	return !strcmp(type_name(&stripped, buf, sizeof(buf)), name);
}

/* "d1": as an address it would be in the null page, which contains no domain. */
static bool is_domain_name(const char *text)
{
	return *text == 'd' && text[1] && strlen(text) <= 6 &&
	       !text[1 + strspn(text + 1, "0123456789")];
}

static struct err *domain_address(struct session *s, const char *text,
				  uint64_t *ret)
{
	struct domain d;
	uint64_t id;

	ERR_TRY(parse_domid(s, text, &id));
	ERR_TRY(domain_find(s->xen, id, &d));
	*ret = d.va;
	return NULL;
}

static struct err *vcpu_address(struct session *s, uint64_t domid, uint64_t id,
				uint64_t *ret)
{
	struct domain d;
	struct vcpu v;

	ERR_TRY(domain_find(s->xen, domid, &d));
	ERR_TRY(vcpu_find(s->xen, &d, id, &v));
	*ret = v.va;
	return NULL;
}

/* True if a variable is a pointer to the type, or an array of such pointers. */
static bool points_to(const struct type *variable, enum type_kind kind,
		      const struct type *type)
{
	struct type target, stripped = type_strip(type);
	char name[NAME_SIZE];
	bool same = false;
	struct err *e = NULL;

	if (type_kind(variable) != kind)
		return false;
	e = type_target(variable, &target);
	if (!e && kind == TYPE_ARRAY)
		same = points_to(&target, TYPE_POINTER, type);
	else if (!e)
		same = type_is(&target, type_name(&stripped, name, sizeof(name)));
	err_free(e);
	return same;
}

/*
 * *ret is unchanged unless text is the name of a pointer to the type. An array
 * of pointers is refused, since the element is unknown.
 */
static struct err *follow_pointer(struct session *s, struct out *o,
				  const struct type *type, const char *text,
				  uint64_t *ret)
{
	char name[NAME_SIZE];
	struct type variable;
	uint64_t va;
	struct err *e = types_variable(s->xen->types, text, &variable);

	if (e) {
		err_free(e);
		return NULL;
	}
	type_name(type, name, sizeof(name));
	if (points_to(&variable, TYPE_ARRAY, type))
		return err_new(ERR_USAGE, "\"%s\" is an array of pointers to %s: \"xen p %s\" prints them",
			       text, name, text);
	if (!points_to(&variable, TYPE_POINTER, type))
		return NULL;
	ERR_TRY(xen_variable(s->xen, text, &va));
	if (!va)
		return err_new(ERR_BAD_POINTER, "the pointer \"%s\" is NULL", text);
	out_note(o, "\"%s\" is a pointer: the %s at %" PRIx64 " is used", text,
		 name, va);
	*ret = va;
	return NULL;
}

struct err *object_address(struct session *s, struct out *o,
			   const struct type *type, const char *text,
			   uint64_t *ret)
{
	uint64_t domid, id, va;
	struct err *e;

	if (type_is(type, "struct domain") && is_domain_name(text))
		return domain_address(s, text, ret);
	if (type_is(type, "struct vcpu") && parse_vcpu_name(s, text, &domid, &id))
		return vcpu_address(s, domid, id, ret);
	e = parse_address(s, text, &va);
	if (e && type_is(type, "struct domain")) {
		err_free(e);
		return domain_address(s, text, ret);
	}
	ERR_TRY(e);
	ERR_TRY(follow_pointer(s, o, type, text, &va));
	*ret = va;
	return NULL;
}

/* ---- printing ---- */

static struct err *show_member(struct session *s, const struct type *type,
			       uint64_t va, const struct print_options *options,
			       FILE *fp)
{
	struct err *e = type_print(s->xen->types, s->xen->space, s->xen->symbols,
				   type, va, options, fp);

	/* An unreadable member affects only its own line. */
	if (!e || err_reason(e) == ERR_NO_TYPE || err_reason(e) == ERR_USAGE ||
	    err_is_final(e) || !options->member)
		return e;
	fprintf(fp, "  %s = %s\n", options->member, err_mark(err_reason(e)));
	err_free(e);
	return NULL;
}

struct err *object_print(struct session *s, const struct type *type, uint64_t va,
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
