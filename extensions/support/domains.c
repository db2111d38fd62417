/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "domains.h"

#include <inttypes.h>
#include <string.h>

#include "xen/model/dom0/names.h"

typedef struct err *show_domain(struct session *s, struct out *o,
				const struct domain *d, void *arg);

static struct err *show_all(struct session *s, struct out *o, bool system,
			    show_domain *show, void *arg)
{
	struct domains w;
	struct domain d;
	struct err *e;

	ERR_TRY(domains_start(&w, s->xen, system));
	for (;;) {
		e = domains_next(&w, &d);
		if (!e && w.done)
			return NULL;
		if (!e)
			e = show(s, o, &d, arg);
		if (err_is_final(e))
			return e;
		out_error(o, e);
	}
}

struct err *domains_check(struct session *s, const struct domain_filter *f)
{
	struct domain d;

	for (unsigned int i = 0; i < f->nr; i++)
		ERR_TRY(domain_find(s->xen, f->id[i], &d));
	return NULL;
}

struct err *domains_show(struct session *s, struct out *o,
			 const struct domain_filter *f, bool system,
			 show_domain *show, void *arg)
{
	struct domain d;
	unsigned int i;

	if (!f->nr)
		return show_all(s, o, system, show, arg);
	for (i = 0; i < f->nr; i++) {
		ERR_TRY(domain_find(s->xen, f->id[i], &d));
		ERR_TRY(show(s, o, &d, arg));
	}
	return NULL;
}

struct err *domain_argument(struct session *s, const char *text,
			    struct domain *ret)
{
	struct err *e, *other;
	uint64_t v;

	e = parse_domid(s, text, &v);
	if (!e)
		return domain_find(s->xen, v, ret);
	/* a number above the highest possible id */
	if (err_reason(e) == ERR_NOT_FOUND)
		return e;
	other = parse_address(s, text, &v);
	if (other) {
		/* a mistyped name is more likely that of a domain than of a symbol */
		err_free(other);
		return e;
	}
	err_free(e);
	return domain_read(s->xen, v, ret);
}

struct err *vcpu_argument(struct session *s, const char *text, struct vcpu *v,
			  struct domain *d)
{
	uint64_t domid, id, va;
	struct err *e;

	if (parse_vcpu_name(s, text, &domid, &id)) {
		ERR_TRY(domain_find(s->xen, domid, d));
		return vcpu_find(s->xen, d, id, v);
	}
	if (text[0] == 'd' && text[1] && strspn(text + 1, "0123456789") == strlen(text + 1))
		return command_usage("\"%s\" is a domain; its first vcpu is %sv0", text, text);
	e = parse_address(s, text, &va);
	if (e) {
		err_free(e);
		return command_usage("\"%s\" is neither a vcpu (1:0 or d1v0) nor an address",
				     text);
	}
	ERR_TRY(vcpu_read(s->xen, va, v));
	return err_prefix(domain_read(s->xen, value_of(&v->domain), d),
			  "vcpu at %" PRIx64, va);
}

void cell_name_of_domid(struct session *s, struct out *o, uint64_t domid)
{
	const char *name = name_of_domid(s->xen, domid);
	const char *why = name ? NULL : names_missing(s->xen);

	if (why)
		out_note(o, "names of domains are not available: %s", why);
	out_str(o, name);
}

void cell_domain_name(struct session *s, struct out *o, const struct domain *d)
{
	if (value_ok(&d->domain_id))
		cell_name_of_domid(s, o, value_of(&d->domain_id));
	else
		out_none(o);
}
