/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guests.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "domains.h"
#include "progress.h"
#include "registers.h"
#include "xen/model/guest/guest_symbols.h"

struct err *guests_find(struct session *s, const struct domain *d,
			unsigned int nr)
{
	const struct guest_domains domains = { d, nr };
	struct progress p;
	const struct page_progress progress = { progress_step, &p };
	struct err *e;

	progress_start(&p, "guests' memory");
	e = guest_find_all(s->xen, &domains, &progress);
	progress_end(&p);
	return e;
}

struct err *guests_prepare(struct session *s, const struct domain *d)
{
	struct err *e;

	if (xen_is_running(s->xen) || value_of(&d->domain_id) >= DOMID_FIRST_RESERVED ||
	    session_has_kernel(s, d))
		return NULL;
	e = guests_find(s, d, 1);
	return err_drop(e);
}

struct err *guest_argument(struct session *s, const char *domid,
			   struct guest **ret)
{
	struct domain d;

	ERR_TRY(domain_argument(s, domid, &d));
	ERR_TRY(guests_find(s, &d, 1));
	return err_prefix(guest_find_linux(s->xen, &d, NULL, ret),
			  "domain %" PRIu64, value_of(&d.domain_id));
}

static struct err *symbol_argument(struct session *s, const struct domain *d,
				   const char *text, uint64_t *ret)
{
	const char *plus = strchr(text, '+');
	const struct symbols *symbols;
	const struct symbol *sym;
	uint64_t offset = 0;
	struct guest *g;
	char *name;
	struct err *e;

	if (plus)
		ERR_TRY(parse_hex(plus + 1, &offset));
	ERR_TRY(guests_find(s, d, 1));
	ERR_TRY(guest_find_linux(s->xen, d, NULL, &g));
	ERR_TRY(guest_symbols(g, &symbols));
	name = strndup(text, plus ? (size_t)(plus - text) : strlen(text));
	if (!name)
		return err_nomem();
	e = symbols_by_name(symbols, name, &sym);
	free(name);
	if (!e)
		*ret = sym->addr + offset;
	return e;
}

struct err *guest_address_argument(struct session *s, const struct domain *d,
				   const char *text, uint64_t *ret)
{
	struct err *e = parse_hex(text, ret);

	if (!e)
		return NULL;
	if (strspn(text, "0123456789") || !xen_reads_memory(s->xen))
		return e;
	err_free(e);
	return err_prefix(symbol_argument(s, d, text, ret), "domain %" PRIu64,
			  value_of(&d->domain_id));
}
