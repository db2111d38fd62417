/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "domain_view.h"

#include <inttypes.h>

#include "cells.h"
#include "xen/model/dom0/names.h"

static void cell_domain(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct domain_shown *)rec)->d.va);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	char text[DOMAIN_STATE_TEXT];

	(void)s;
	out_str(o, domain_state_text(&((const struct domain_shown *)rec)->state, text));
}

static void cell_life(struct session *s, struct out *o, const void *rec)
{
	char text[64];

	(void)s;
	domain_life_text(&((const struct domain_shown *)rec)->d, text, sizeof(text));
	out_str(o, text);
}

static void cell_type(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct domain_shown *)rec)->d;

	(void)s;
	out_str(o, domain_type_name(domain_type(d)));
}

/* Only a PV domain has an address width. */
static void cell_width(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct domain_shown *)rec)->d;

	(void)s;
	if (domain_type(d) != DOMAIN_PV)
		out_none(o);
	else if (value_ok(&d->is_32bit))
		out_dec(o, value_of(&d->is_32bit) ? 32 : 64);
	else
		cell_missing(o, &d->is_32bit);
}

static const struct domain_state *state_of(const void *rec)
{
	return domain_state_use(&((const struct domain_shown *)rec)->state);
}

static void cell_vcpus(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, state_of(rec)->vcpus);
}

static void cell_online(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	if (state_of(rec)->no_flags)
		out_none(o);
	else
		out_dec(o, state_of(rec)->online);
}

static void cell_cpu_time(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	if (state_of(rec)->no_time)
		out_none(o);
	else
		cell_seconds(o, state_of(rec)->cpu_time);
}

static void cell_cpu_time_ns(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	if (state_of(rec)->no_time)
		out_none(o);
	else
		out_dec(o, state_of(rec)->cpu_time);
}

/* A PV domain reports the frame of its P2M, a 32-bit domain in another member. */
static void cell_p2m(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct domain_shown *)rec)->d;
	const struct value *v = &d->frame_lists;

	(void)s;
	if (value_ok(&d->is_32bit) && value_of(&d->is_32bit))
		v = &d->frame_lists_compat;
	if (domain_type(d) != DOMAIN_PV || (value_ok(v) && !value_of(v)))
		out_none(o);
	else
		cell_hex(o, v);
}

static void cell_name(struct session *s, struct out *o, const void *rec)
{
	cell_domain_name(s, o, &((const struct domain_shown *)rec)->d);
}

static void cell_uuid(struct session *s, struct out *o, const void *rec)
{
	char text[37];

	cell_text(o, domain_uuid(s->xen, &((const struct domain_shown *)rec)->d, text));
}

static void cell_name_or_uuid(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct domain_shown *)rec)->d;

	/* cell_name() of the column for JSON adds the note */
	if (name_of_domain(s->xen, d))
		cell_name(s, o, rec);
	else
		cell_uuid(s, o, rec);
}

static void cell_flags(struct session *s, struct out *o, const void *rec)
{
	char text[256];

	cell_text(o, domain_flags_text(s->xen, &((const struct domain_shown *)rec)->d,
				       text, sizeof(text)));
}

/* Xen's own domains are not in a pool. */
static void cell_cpupool(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct domain_shown *)rec)->d;

	(void)s;
	if (value_ok(&d->cpupool) && !value_of(&d->cpupool))
		out_none(o);
	else
		cell_dec(o, &d->cpupool_id);
}

static void cell_dirty(struct session *s, struct out *o, const void *rec)
{
	cell_cpumask(s, o, &((const struct domain_shown *)rec)->d.dirty_cpumask,
		 s->xen->nr_cpus);
}

/* MAX_NUMNODES is 64 by default; actual hosts have fewer nodes. */
static void cell_nodes(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct domain_shown *)rec)->d;

	if (value_ok(&d->auto_node_affinity) && value_of(&d->auto_node_affinity))
		out_str(o, "auto");
	else
		cell_cpumask(s, o, &d->node_affinity, 64);
}

/* ---- columns ---- */

#define TYPE_HELP	"PV, PVH or HVM; idle, io, xen, cow: Xen's own domains"
#define WIDTH_HELP	"bits of a PV domain's kernel, 32 or 64"
#define P2M_HELP	"of a PV domain: frame (mfn) of the top of its P2M, hexadecimal, for crash --p2m_mfn"
#define ONLINE_HELP	"number of its vcpus that are online"
#define LIFE_HELP	"alive, shutting down, shut down (and why), dying or dead"
#define NAME_HELP	"name of the domain, from the xenstore; dom0 and Xen's own domains have well-known names"
#define UUID_HELP	"UUID, as in xl list -v"

#define D(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct domain_shown, d.memb, as, help)

/* The first nine columns are those of crash's hypervisor mode, in its order. */
const struct view_column domain_list_columns[] = {
	D("domid", "DID", domain_id, VIEW_DEC, "id of the domain"),
	VIEW_CELL("domain", "DOMAIN", cell_domain,
		  "address of its struct domain"),
	VIEW_CELL("state", "ST", cell_state,
		  "state as in xl list: r running, b blocked, p paused, s shut down and why (p poweroff, r reboot, s suspend, c crash, w watchdog), d dying"),
	VIEW_CELL("type", "T", cell_type, TYPE_HELP),
	D("max_pages", "MAXPAGE", max_pages, VIEW_DEC,
	  "limit of its memory, in pages of 4 KiB"),
	D("tot_pages", "TOTPAGE", tot_pages, VIEW_DEC,
	  "its memory, in pages of 4 KiB"),
	VIEW_CELL("vcpus", "VCPU", cell_vcpus,
		  "number of its vcpus"),
	D("shared_info", "SHARED_I", shared_info, VIEW_HEX,
	  "address of its struct shared_info"),
	VIEW_CELL("frame_lists_mfn", "P2M_MFN", cell_p2m,
		  P2M_HELP),
	VIEW_CELL(NULL, "TIME", cell_cpu_time,
		  "cpu time of its vcpus in s, up to the last change of state of each"),
	VIEW_CELL("cpu_time_ns", NULL, cell_cpu_time_ns,
		  "the same in ns"),
	VIEW_CELL("vcpus_online", NULL, cell_online,
		  ONLINE_HELP),
	VIEW_CELL("life", NULL, cell_life, LIFE_HELP),
	VIEW_CELL("width", NULL, cell_width, WIDTH_HELP),
	VIEW_CELL(NULL, "NAME/UUID", cell_name_or_uuid,
		  "name of the domain, from the xenstore; without one the UUID"),
	VIEW_CELL("name", NULL, cell_name, NAME_HELP),
	VIEW_CELL("uuid", NULL, cell_uuid, UUID_HELP),
};

const struct view_column domain_card_columns[] = {
	D("domid", "DOMID", domain_id, VIEW_DEC, "id of the domain"),
	VIEW_CELL("domain", "DOMAIN", cell_domain,
		  "address of its struct domain"),
	VIEW_CELL("name", "NAME", cell_name, NAME_HELP),
	VIEW_CELL("uuid", "UUID", cell_uuid, UUID_HELP),
	D("unique_id", "UNIQUE ID", unique_id, VIEW_HEX,
	  "random number by which Xen distinguishes domains with the same id, hexadecimal"),
	VIEW_CELL("type", "TYPE", cell_type, TYPE_HELP),
	VIEW_CELL("width", "WIDTH", cell_width, WIDTH_HELP),
	VIEW_CELL("flags", "FLAGS", cell_flags,
		  "roles and options of its creation, emulated devices"),
	VIEW_CELL("life", "LIFE", cell_life, LIFE_HELP),
	VIEW_CELL("state", "STATE", cell_state,
		  "state as in xl list (\"help xen-doms\")"),
	D("pause_count", "PAUSE COUNT", pause_count, VIEW_SDEC,
	  "pause count of the domain; it runs at 0"),
	D("controller_pause_count", "BY TOOLSTACK", controller_pause_count,
	  VIEW_SDEC, "pauses of these by the toolstack (xl pause)"),
	D("refcnt", "REFERENCES", refcnt, VIEW_HEX,
	  "references to struct domain, hexadecimal; 80000000 is added while it is destroyed"),
	VIEW_CELL("vcpus", "VCPUS", cell_vcpus,
		  "number of its vcpus"),
	VIEW_CELL("vcpus_online", "ONLINE", cell_online,
		  ONLINE_HELP),
	D("max_vcpus", "MAX VCPUS", max_vcpus, VIEW_DEC,
	  "limit of the number of vcpus"),
	VIEW_CELL(NULL, "CPU TIME", cell_cpu_time,
		  "cpu time of its vcpus in s, up to the last change of state of each"),
	VIEW_CELL("cpu_time_ns", NULL, cell_cpu_time_ns,
		  "the same in ns"),
	D("tot_pages", "PAGES", tot_pages, VIEW_DEC,
	  "its memory, in pages of 4 KiB"),
	D("max_pages", "MAX PAGES", max_pages, VIEW_DEC,
	  "limit of its memory, in pages of 4 KiB"),
	D("outstanding_pages", "CLAIMED", outstanding_pages, VIEW_DEC,
	  "pages of 4 KiB claimed for it that are not yet allocated"),
	D("xenheap_pages", "XENHEAP", xenheap_pages, VIEW_DEC,
	  "pages of 4 KiB of Xen's own heap that it can map, such as shared_info"),
	D("extra_pages", "EXTRA", extra_pages, VIEW_DEC,
	  "of PAGES, those with state of the guest instead of its memory, in pages of 4 KiB"),
	D("shr_pages", "SHARED", shr_pages, VIEW_SDEC | VIEW_OPTIONAL,
	  "pages of 4 KiB shared with other domains (builds with memory sharing)"),
	D("paged_pages", "PAGED OUT", paged_pages, VIEW_SDEC | VIEW_OPTIONAL,
	  "pages of 4 KiB that are paged out (builds with memory paging)"),
	VIEW_CELL("cpupool", "CPUPOOL", cell_cpupool,
		  "id of its cpupool"),
	VIEW_CELL_OF("node_affinity", "NODES", struct domain_shown,
		     d.node_affinity, cell_nodes,
		     "NUMA nodes from which its memory is allocated; auto: those of its pcpus"),
	VIEW_CELL_OF("dirty_pcpus", "DIRTY PCPUS", struct domain_shown,
		     d.dirty_cpumask, cell_dirty,
		     "pcpus that may have its state: registers, TLB entries"),
	D("shared_info", "SHARED_INFO", shared_info, VIEW_HEX,
	  "address of its struct shared_info"),
	VIEW_CELL("frame_lists_mfn", "P2M_MFN", cell_p2m,
		  P2M_HELP),
	D("vcpu", "VCPU ARRAY", vcpu, VIEW_HEX,
	  "address of its array of pointers to struct vcpu"),
	D("evtchn", "EVTCHN", evtchn, VIEW_HEX,
	  "address of its first struct evtchn"),
	D("grant_table", "GRANT_TABLE", grant_table, VIEW_HEX,
	  "address of its struct grant_table"),
	D("target", "TARGET", target, VIEW_HEX,
	  "address of the domain for which this one is a device model; 0: none"),
	D("vm_assist", "VM_ASSIST", vm_assist, VIEW_HEX,
	  "VMASST_TYPE_* that the guest enabled, a hexadecimal bit mask"),
};

_Static_assert(ARRAY_SIZE(domain_card_columns) <= VIEW_MAX,
	       "more lines than a view holds");

struct err *domain_shown_read(struct session *s, struct out *o,
			      const struct domain *d, struct domain_shown *ret)
{
	ret->d = *d;
	ERR_TRY(domain_state_read(s->xen, d, &ret->state));
	if (ret->state.lost)
		out_error(o, err_new(ERR_CORRUPT,
				     "domain %" PRIu64 ": %u vcpus could not be read; \"xen vcpus -d %" PRIu64 "\" shows why",
				     value_of(&d->domain_id), ret->state.lost,
				     value_of(&d->domain_id)));
	return NULL;
}
