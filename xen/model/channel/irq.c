/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "irq.h"

#include <inttypes.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/radix.h"
#include "xen/model/text.h"
#include "xen/model/words.h"

#define IRQS_MAX 65536

#define F(member, path) FIELD(struct irq, member, path)
#define AT(member, path) FIELD_AT(struct irq, member, path)

static const struct field irq_fields[] FIELD_TABLE = {
	F(status, "irq_desc.status"),
	F(handler, "irq_desc.handler"),
	F(typename, "irq_desc.handler->typename"),
	F(msi_desc, "irq_desc.msi_desc"),
	F(action, "irq_desc.action"),
	F(vector, "irq_desc.arch.vector"),
	F(old_vector, "irq_desc.arch.old_vector"),
	/* a pointer in builds for many pcpus, else an array of one element */
	AT(affinity, "irq_desc.affinity[0].bits"),
	AT(cpu_mask, "irq_desc.arch.cpu_mask[0].bits"),
	F(move_in_progress, "irq_desc.arch.move_in_progress"),
	F(creator_domid, "irq_desc.arch.creator_domid"),
	F(rl_cnt, "irq_desc.rl_cnt"),
	F(rl_start, "irq_desc.rl_quantum_start"),
	AT(rl_link, "irq_desc.rl_link"),
	F(rl_next, "irq_desc.rl_link.next"),
};

const struct record_type irq_record = RECORD_TYPE("irq", irq_fields);

/* The object at irq_desc.action, for Xen's own interrupts and for guests. */
static const struct field own_fields[] FIELD_TABLE = {
	F(function, "irqaction.handler"),
	F(action_name, "irqaction.name"),
};

/* With its file first: the types of all files before it would be read to find it by its name alone. */
#define GUEST_ACTION(m) "x86/irq.c#irq_guest_action_t." m " | irq_guest_action_t." m

static const struct field guest_fields[] FIELD_TABLE = {
	F(nr_guests, GUEST_ACTION("nr_guests")),
	F(in_flight, GUEST_ACTION("in_flight")),
	F(ack_type, GUEST_ACTION("ack_type")),
	AT(guests, GUEST_ACTION("guest")),
};

const struct record_type irq_own_record = RECORD_TYPE("irqaction", own_fields);
const struct record_type irq_guest_record = RECORD_TYPE("irq_guest_action_t",
							   guest_fields);

struct err *irq_count(struct xen *x, unsigned int *ret)
{
	uint64_t nr;

	ERR_TRY(xen_variable(x, "nr_irqs", &nr));
	if (!nr || nr > IRQS_MAX)
		return err_new(ERR_CORRUPT, "nr_irqs is %" PRIu64, nr);
	*ret = nr;
	return NULL;
}

static struct err *irq_address(struct xen *x, unsigned int number, uint64_t *va)
{
	unsigned int nr;
	struct place type;
	uint64_t base;

	ERR_TRY(irq_count(x, &nr));
	if (number >= nr)
		return err_new(ERR_NOT_FOUND, "no irq %u: there are %u", number, nr);
	ERR_TRY(record_resolve(x->records, "irq_desc", &type));
	ERR_TRY(xen_variable(x, "irq_desc", &base));
	ERR_TRY(xen_check_pointer(x, base, sizeof(uint64_t), "irq_desc"));
	*va = base + number * type.size;
	return NULL;
}

/* An unused irq has no handler, or no_irq_type. */
static bool is_idle(struct xen *x, const struct irq *irq)
{
	uint64_t none;
	struct err *e;
	bool idle;

	if (!value_ok(&irq->handler))
		return false;
	if (!value_of(&irq->handler))
		return true;
	e = xen_symbol(x, "no_irq_type", &none);
	idle = !e && none == value_of(&irq->handler);
	err_free(e);
	return idle;
}

/* The status selects the type of the action, which is NULL while mapped but not bound. */
static void read_action(struct xen *x, struct irq *irq)
{
	const struct record_type *type = &irq_own_record;
	struct err *e;

	if (!value_ok(&irq->action) || !value_of(&irq->action))
		return;
	if (value_ok(&irq->status) && value_of(&irq->status) & IRQ_STATUS_GUEST)
		type = &irq_guest_record;
	e = xen_check_pointer(x, value_of(&irq->action), sizeof(uint64_t), "action");
	if (!e)
		e = record_read(x->records, x->space, type, value_of(&irq->action), irq);
	err_free(e);	/* the numbers returned by the functions carry the state */
}

bool irq_counts(const struct irq *irq)
{
	return value_ok(&irq->status) && value_of(&irq->status) & IRQ_STATUS_GUEST &&
	       value_ok(&irq->rl_cnt);
}

bool irq_is_storm(const struct irq *irq)
{
	return irq_counts(irq) && value_ok(&irq->rl_link) &&
	       value_ok(&irq->rl_next) && value_of(&irq->rl_next) &&
	       value_of(&irq->rl_next) != value_of(&irq->rl_link);
}

double irq_rate_mean(const struct irq *irq, uint64_t now)
{
	if (!value_ok(&irq->rl_start) || now <= value_of(&irq->rl_start))
		return 0;
	return (value_of(&irq->rl_cnt) & UINT32_MAX) * 1e9 /
	       (now - value_of(&irq->rl_start));
}

uint64_t irq_rate(const struct irq *irq, uint64_t now)
{
	uint64_t ms;

	if (!value_ok(&irq->rl_start) || now <= value_of(&irq->rl_start))
		return 0;
	ms = (now - value_of(&irq->rl_start)) / 1000000;
	/* rl_cnt has 32 bits */
	return ms ? (value_of(&irq->rl_cnt) & UINT32_MAX) * 1000 / ms : 0;
}

struct err *irq_read(struct xen *x, unsigned int number, struct irq *ret)
{
	struct irq irq = { .number = number };

	ERR_TRY(irq_address(x, number, &irq.va));
	ERR_TRY(err_prefix(record_read(x->records, x->space, &irq_record, irq.va,
				       &irq), "irq %u", number));
	irq.idle = is_idle(x, &irq);
	err_free(text_read(x, &irq.typename, irq.type, sizeof(irq.type)));
	read_action(x, &irq);
	*ret = irq;
	return NULL;
}

struct guest_trees {
	struct value domid, irq_pirq, pirq_tree;
};

static const struct field tree_fields[] FIELD_TABLE = {
	FIELD(struct guest_trees, domid, "domain.domain_id"),
	FIELD_AT(struct guest_trees, irq_pirq, "domain.arch.irq_pirq"),
	FIELD_AT(struct guest_trees, pirq_tree, "domain.pirq_tree"),
};

const struct record_type irq_tree_record = RECORD_TYPE("domain's pirqs",
							  tree_fields);

static const struct field pirq_fields[] FIELD_TABLE = {
	FIELD(struct irq_guest, port, "pirq.evtchn"),
	FIELD(struct irq_guest, masked, "pirq.masked"),
};

const struct record_type irq_pirq_record = RECORD_TYPE("pirq", pirq_fields);

static void read_pirq(struct xen *x, const struct irq *irq,
		      const struct guest_trees *t, struct irq_guest *g)
{
	uint64_t entry = 0;
	struct err *e;

	if (!value_ok(&t->irq_pirq) || !value_ok(&t->pirq_tree))
		return;
	e = radix_lookup(x, value_of(&t->irq_pirq), irq->number, &entry);
	if (!e && entry) {
		g->pirq = (struct value){ .raw = radix_int(entry), .state = VALUE_OK };
		e = radix_lookup(x, value_of(&t->pirq_tree), value_of(&g->pirq), &entry);
		if (!e && entry)
			e = record_read(x->records, x->space, &irq_pirq_record, entry, g);
	}
	if (e && !value_ok(&g->pirq))
		g->pirq = (struct value){ .state = VALUE_UNREADABLE,
					  .why = err_reason(e) };
	err_free(e);
}

struct err *irq_guest(struct xen *x, const struct irq *irq, unsigned int n,
		      struct irq_guest *ret)
{
	struct irq_guest g = { 0 };
	struct guest_trees trees = { 0 };

	if (!value_ok(&irq->guests) || !value_ok(&irq->nr_guests) ||
	    n >= value_of(&irq->nr_guests) || n >= IRQ_GUESTS_MAX)
		return err_new(ERR_NOT_FOUND, "irq %u has no guest %u", irq->number, n);
	ERR_TRY(space_read_u64(x->space, value_of(&irq->guests) + 8ULL * n, &g.domain));
	ERR_TRY(xen_check_pointer(x, g.domain, XPAGE_SIZE, "guest of the irq"));
	ERR_TRY(record_read(x->records, x->space, &irq_tree_record, g.domain, &trees));
	g.domid = trees.domid;
	read_pirq(x, irq, &trees, &g);
	*ret = g;
	return NULL;
}

struct pin_entry {
	struct value apic, pin, next;	/* pin -1: none; next 0: the last */
};

static const struct field pin_fields[] FIELD_TABLE = {
	FIELD(struct pin_entry, apic, "irq_pin_list.apic"),
	FIELD(struct pin_entry, pin, "irq_pin_list.pin"),
	FIELD(struct pin_entry, next, "irq_pin_list.next"),
};

const struct record_type irq_pin_record = RECORD_TYPE("irq_pin_list",
							 pin_fields);

struct err *irq_pins(struct xen *x, const struct irq *irq,
		     struct irq_pin ret[IRQ_PINS_MAX], unsigned int *nr)
{
	uint64_t table, nr_gsi, at = irq->number;
	struct place entry;

	*nr = 0;
	ERR_TRY(xen_variable(x, "nr_irqs_gsi", &nr_gsi));
	if (irq->number >= nr_gsi)
		return NULL;
	ERR_TRY(record_resolve(x->records, "irq_pin_list", &entry));
	ERR_TRY(xen_variable(x, "irq_2_pin", &table));
	if (!table)
		return NULL;	/* no IO-APIC is in use */
	do {
		struct pin_entry p = { .pin.raw = 0 };
		uint64_t va = table + at * entry.size;

		ERR_TRY(xen_check_pointer(x, va, 4, "irq_2_pin"));
		ERR_TRY(record_read(x->records, x->space, &irq_pin_record, va, &p));
		if (!value_ok(&p.pin) || (int64_t)value_of(&p.pin) < 0)
			return NULL;
		if (*nr == IRQ_PINS_MAX || value_of(&p.next) >= IRQS_MAX)
			return err_new(ERR_CORRUPT, "irq_2_pin[%u] continues at %" PRIu64 " after %u pins",
				       irq->number, value_of(&p.next), *nr);
		ret[(*nr)++] = (struct irq_pin){ value_of(&p.apic), value_of(&p.pin) };
		at = value_of(&p.next);
	} while (at);
	return NULL;
}

const char *irq_status_text(uint64_t status, char *buf, size_t size)
{
	static const char *const names[] = {
		"in progress", "disabled", "pending", "replay", "guest",
		"move pending", "per cpu", "guest eoi pending", "shared",
	};

	buf[0] = 0;
	words_add_bits(buf, size, status, names, ARRAY_SIZE(names));
	return buf;
}
