/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands share that name domains and vcpus. */
#ifndef EXT_DOMAIN_H
#define EXT_DOMAIN_H

#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"
#include "extensions/support/command.h"
#include "extensions/support/view.h"

/* Inputs of computed cells (view.h) */
#define DOMAIN_INPUT(memb)	{ &domain_record, offsetof(struct domain, memb) }
#define VCPU_INPUT(memb)	{ &vcpu_record, offsetof(struct vcpu, memb) }
/* Of domain_type() */
#define DOMAIN_TYPE_INPUTS						\
	DOMAIN_INPUT(domain_id), DOMAIN_INPUT(options),			\
	DOMAIN_INPUT(guest_type), DOMAIN_INPUT(emulation_flags)

/*
 * Calls show for each domain of the filter; of all, the system's only with
 * system. Domains that cannot be read become errors of o. An id of the filter
 * that does not exist is ERR_NOT_FOUND.
 */
struct err *domains_show(struct session *s, struct out *o,
			 const struct domain_filter *f, bool system,
			 struct err *(*show)(struct session *s, struct out *o,
					     const struct domain *d, void *arg),
			 void *arg) ERR_MUST_CHECK;

/* A domain by its id, or by the address of its struct domain. */
struct err *domain_argument(struct session *s, const char *text,
			    struct domain *ret) ERR_MUST_CHECK;

/* A vcpu as "1:0" or "d1v0", or by the address of its struct vcpu. */
struct err *vcpu_argument(struct session *s, const char *text, struct vcpu *v,
			  struct domain *d) ERR_MUST_CHECK;

/* Lists the vcpus of one domain, as `xen vcpus` does, as a section. */
struct err *vcpus_of_domain_show(struct session *s, struct out *o,
				 const struct domain *d) ERR_MUST_CHECK;

/* "12.345 s" out of nanoseconds */
void cell_seconds(struct out *o, uint64_t ns);

#endif
