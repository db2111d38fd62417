/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts: struct irq_desc of include/xen/irq.h, their handlers, and the
 * guests that receive them (arch/x86/irq.c, 4.4 to master).
 */
#ifndef XEN_MODEL_IRQ_H
#define XEN_MODEL_IRQ_H

#include "xen/model/domain/domain.h"
#include "xen/model/xen.h"

#define IRQ_GUESTS_MAX 64
#define IRQ_STATUS_GUEST (1U << 4)

struct irq {
	uint64_t va;
	unsigned int number;
	struct value status;		/* bits, see irq_status_text() */
	struct value handler, typename;	/* va; of the string "IO-APIC-edge" */
	struct value msi_desc;		/* va; 0: no MSI */
	struct value action;		/* va */
	struct value vector, old_vector;	/* -1: none */
	struct value affinity, cpu_mask;	/* va of the sets */
	struct value move_in_progress, creator_domid;
	/* see irq_counts() */
	struct value rl_cnt, rl_start;	/* interrupts; ns since Xen's boot */
	struct value rl_link, rl_next;	/* va of its list_head, and of the next list_head */
	/* of an interrupt of Xen's own */
	struct value function, action_name;	/* va */
	/* of an interrupt that guests receive */
	struct value nr_guests, in_flight, ack_type, guests;	/* guests: va */
	char type[32];			/* the handler's name; or "" */
	bool idle;			/* never set up */
};

extern const struct record_type irq_record;
/*
 * Members of the objects at irq_desc.action (of Xen, of guests), of pins, and
 * of a guest's pirqs.
 */
extern const struct record_type irq_own_record, irq_guest_record;
extern const struct record_type irq_pin_record, irq_tree_record;
extern const struct record_type irq_pirq_record;

/* Upper limit of irq numbers: nr_irqs. */
struct err *irq_count(struct xen *x, unsigned int *ret) ERR_MUST_CHECK;
struct err *irq_read(struct xen *x, unsigned int number,
		     struct irq *ret) ERR_MUST_CHECK;

/*
 * True for an interrupt that Xen counts, which are those of guests. rl_cnt is
 * the number of interrupts since rl_start. Both are reset after irq_ratelimit
 * interrupts (10000 by default); if these took less than 10 ms, Xen disables
 * the interrupt for 10 ms (do_IRQ() of arch/x86/irq.c, 4.4 to master).
 */
bool irq_counts(const struct irq *irq);
/* True while the interrupt is disabled for that reason. */
bool irq_is_storm(const struct irq *irq);
/* Rate of interrupts per second from rl_start to now (ns since Xen's boot); 0: unknown. */
uint64_t irq_rate(const struct irq *irq, uint64_t now);
/* The same with a fraction, which is only set for slow interrupts. */
double irq_rate_mean(const struct irq *irq, uint64_t now);

/* One guest that receives an interrupt. */
struct irq_guest {
	uint64_t domain;		/* va */
	struct value domid;
	struct value pirq;		/* pirq: the guest's number of the interrupt; signed */
	struct value port;		/* its event channel; 0: not bound */
	struct value masked;
};

/* n ranges from 0 to irq.nr_guests - 1. */
struct err *irq_guest(struct xen *x, const struct irq *irq, unsigned int n,
		      struct irq_guest *ret) ERR_MUST_CHECK;

/*
 * Returns the IO-APIC pins of an interrupt from Xen's own table (irq_2_pin of
 * arch/x86/io_apic.c): nr of them, at most IRQ_PINS_MAX. The entries of the
 * IO-APIC itself are device registers, which no dump contains.
 */
#define IRQ_PINS_MAX 16

struct irq_pin {
	unsigned int apic, pin;
};

struct err *irq_pins(struct xen *x, const struct irq *irq,
		     struct irq_pin ret[IRQ_PINS_MAX],
		     unsigned int *nr) ERR_MUST_CHECK;

/* "guest, per cpu"; returns buf. */
const char *irq_status_text(uint64_t status, char *buf, size_t size);

#endif
