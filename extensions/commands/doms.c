/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "doms.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "xen/model/cpumask.h"
#include "extensions/support/cells.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* What a row or card is made from; the domain first, for its fields. */
struct shown {
	struct domain d;
	struct domain_state state;
};

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
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		out_error(o, e);
	}
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
	struct err *e;
	uint64_t v;

	e = parse_decimal(text, &v);
	if (!e && v < DOMAINS_MAX)
		return domain_find(s->xen, v, ret);
	err_free(e);
	ERR_TRY(parse_address(s, text, &v));
	return domain_read(s->xen, v, ret);
}

void cell_seconds(struct out *o, uint64_t ns)
{
	out_amount(o, "%" PRIu64 ".%03" PRIu64 " s", ns / 1000000000,
		ns / 1000000 % 1000);
}

/* ---- cells ---- */

static void cell_domain(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct shown *)rec)->d.va);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	char text[DOMAIN_STATE_TEXT];

	(void)s;
	out_str(o, domain_state_text(&((const struct shown *)rec)->state, text));
}

static void cell_life(struct session *s, struct out *o, const void *rec)
{
	char text[64];

	(void)s;
	domain_life_text(&((const struct shown *)rec)->d, text, sizeof(text));
	out_str(o, text);
}

static void cell_type(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct shown *)rec)->d;

	(void)s;
	out_str(o, domain_type_name(domain_type(d)));
}

/* Only a PV domain has a width of its own. */
static void cell_width(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct shown *)rec)->d;

	(void)s;
	if (domain_type(d) != DOMAIN_PV)
		out_none(o);
	else if (d->is_32bit.state == VALUE_OK)
		out_dec(o, d->is_32bit.u ? 32 : 64);
	else
		cell_missing(o, &d->is_32bit);
}

static void cell_vcpus(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct shown *)rec)->state.vcpus);
}

static void cell_online(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct shown *)rec)->state.online);
}

static void cell_cpu_time(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_seconds(o, ((const struct shown *)rec)->state.cpu_time);
}

static void cell_cpu_time_ns(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct shown *)rec)->state.cpu_time);
}

/* PV domains tell the toolstack where their P2M is; 32-bit ones elsewhere. */
static void cell_p2m(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct shown *)rec)->d;
	const struct value *v = &d->frame_lists;

	(void)s;
	if (d->is_32bit.state == VALUE_OK && d->is_32bit.u)
		v = &d->frame_lists_compat;
	if (domain_type(d) != DOMAIN_PV || (v->state == VALUE_OK && !v->u))
		out_none(o);
	else
		cell_hex(o, v);
}

static void cell_name(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, domain_name(&((const struct shown *)rec)->d));
}

static void cell_uuid(struct session *s, struct out *o, const void *rec)
{
	char text[37];

	cell_text(o, domain_uuid(s->xen, &((const struct shown *)rec)->d, text));
}

static void cell_name_or_uuid(struct session *s, struct out *o, const void *rec)
{
	if (domain_name(&((const struct shown *)rec)->d))
		cell_name(s, o, rec);
	else
		cell_uuid(s, o, rec);
}

static void cell_flags(struct session *s, struct out *o, const void *rec)
{
	char text[256];

	cell_text(o, domain_flags_text(s->xen, &((const struct shown *)rec)->d,
				       text, sizeof(text)));
}

/* System domains are in no pool. */
static void cell_cpupool(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct shown *)rec)->d;

	(void)s;
	if (d->cpupool.state == VALUE_OK && !d->cpupool.u)
		out_none(o);
	else
		cell_dec(o, &d->cpupool_id);
}

static void cell_set(struct session *s, struct out *o, const struct value *at,
		     unsigned int nr)
{
	char text[CPUMASK_TEXT];
	struct cpumask m;
	struct err *e;

	if (at->state != VALUE_OK) {
		cell_missing(o, at);
		return;
	}
	e = cpumask_read(s->xen, at->u, nr, &m);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_str(o, cpumask_text(&m, text, sizeof(text)));
	err_free(e);
}

static void cell_dirty(struct session *s, struct out *o, const void *rec)
{
	cell_set(s, o, &((const struct shown *)rec)->d.dirty_cpumask,
		 s->xen->nr_cpus);
}

/* MAX_NUMNODES is 64 by default; the bits that matter are the lowest. */
static void cell_nodes(struct session *s, struct out *o, const void *rec)
{
	const struct domain *d = &((const struct shown *)rec)->d;

	if (d->auto_node_affinity.state == VALUE_OK && d->auto_node_affinity.u)
		out_str(o, "auto");
	else
		cell_set(s, o, &d->node_affinity, 64);
}

/* Fields are found by their place in the domain. */
_Static_assert(offsetof(struct shown, d) == 0, "the domain comes first");

#define VCPU_ARRAY	DOMAIN_INPUT(vcpu), DOMAIN_INPUT(max_vcpus)
#define SHUTDOWN							\
	DOMAIN_INPUT(shutdown_state), DOMAIN_INPUT(is_shut_down),	\
	DOMAIN_INPUT(is_shutting_down), DOMAIN_INPUT(shutdown_code)

static const struct view_input type_inputs[] = { DOMAIN_TYPE_INPUTS };
static const struct view_input width_inputs[] = {
	DOMAIN_TYPE_INPUTS, DOMAIN_INPUT(is_32bit),
};
static const struct view_input p2m_inputs[] = {
	DOMAIN_TYPE_INPUTS, DOMAIN_INPUT(is_32bit), DOMAIN_INPUT(frame_lists),
	DOMAIN_INPUT(frame_lists_compat),
};
static const struct view_input state_inputs[] = {
	SHUTDOWN, VCPU_ARRAY, DOMAIN_INPUT(controller_pause_count),
	DOMAIN_INPUT(is_dying), VCPU_INPUT(pause_flags), VCPU_INPUT(is_running),
};
static const struct view_input vcpus_inputs[] = { VCPU_ARRAY };
static const struct view_input online_inputs[] = {
	VCPU_ARRAY, VCPU_INPUT(pause_flags),
};
static const struct view_input cpu_time_inputs[] = {
	VCPU_ARRAY, VCPU_INPUT(time[RUNSTATE_RUNNING]),
};
static const struct view_input life_inputs[] = {
	SHUTDOWN, DOMAIN_INPUT(is_dying),
};
static const struct view_input name_inputs[] = { DOMAIN_INPUT(domain_id) };
static const struct view_input uuid_inputs[] = { DOMAIN_INPUT(handle) };
static const struct view_input name_or_uuid_inputs[] = {
	DOMAIN_INPUT(domain_id), DOMAIN_INPUT(handle),
};
static const struct view_input flags_inputs[] = {
	DOMAIN_INPUT(domain_id), DOMAIN_INPUT(is_privileged),
	DOMAIN_INPUT(is_xenstore), DOMAIN_INPUT(is_console),
	DOMAIN_INPUT(debugger_attached), DOMAIN_INPUT(creation_finished),
	DOMAIN_INPUT(options), DOMAIN_INPUT(emulation_flags),
};
static const struct view_input cpupool_inputs[] = {
	DOMAIN_INPUT(cpupool), DOMAIN_INPUT(cpupool_id),
};
static const struct view_input nodes_inputs[] = {
	DOMAIN_INPUT(auto_node_affinity),
};

#define D(key, title, memb, as) VIEW_FIELD(key, title, struct shown, d.memb, as)

/* The first nine are those of crash's hypervisor mode, in its order. */
static const struct view_column list_columns[] = {
	D("domid", "DID", domain_id, VIEW_DEC),
	VIEW_CELL("domain", "DOMAIN", cell_domain),
	VIEW_CELL_FROM("state", "ST", cell_state, state_inputs),
	VIEW_CELL_FROM("type", "T", cell_type, type_inputs),
	D("max_pages", "MAXPAGE", max_pages, VIEW_DEC),
	D("tot_pages", "TOTPAGE", tot_pages, VIEW_DEC),
	VIEW_CELL_FROM("vcpus", "VCPU", cell_vcpus, vcpus_inputs),
	D("shared_info", "SHARED_I", shared_info, VIEW_HEX),
	VIEW_CELL_FROM("frame_lists_mfn", "P2M_MFN", cell_p2m, p2m_inputs),
	VIEW_CELL_FROM(NULL, "TIME", cell_cpu_time, cpu_time_inputs),
	VIEW_CELL_FROM("cpu_time_ns", NULL, cell_cpu_time_ns, cpu_time_inputs),
	VIEW_CELL_FROM("vcpus_online", NULL, cell_online, online_inputs),
	VIEW_CELL_FROM("life", NULL, cell_life, life_inputs),
	VIEW_CELL_FROM("width", NULL, cell_width, width_inputs),
	VIEW_CELL_FROM(NULL, "NAME OR UUID", cell_name_or_uuid, name_or_uuid_inputs),
	VIEW_CELL_FROM("name", NULL, cell_name, name_inputs),
	VIEW_CELL_FROM("uuid", NULL, cell_uuid, uuid_inputs),
};

static const struct view_column card_columns[] = {
	D("domid", "DOMID", domain_id, VIEW_DEC),
	VIEW_CELL("domain", "DOMAIN", cell_domain),
	VIEW_CELL_FROM("name", "NAME", cell_name, name_inputs),
	VIEW_CELL_FROM("uuid", "UUID", cell_uuid, uuid_inputs),
	D("unique_id", "UNIQUE ID", unique_id, VIEW_HEX),
	VIEW_CELL_FROM("type", "TYPE", cell_type, type_inputs),
	VIEW_CELL_FROM("width", "WIDTH", cell_width, width_inputs),
	VIEW_CELL_FROM("flags", "FLAGS", cell_flags, flags_inputs),
	VIEW_CELL_FROM("life", "LIFE", cell_life, life_inputs),
	VIEW_CELL_FROM("state", "STATE", cell_state, state_inputs),
	D("pause_count", "PAUSE COUNT", pause_count, VIEW_SDEC),
	D("controller_pause_count", "BY TOOLSTACK", controller_pause_count,
	  VIEW_SDEC),
	D("refcnt", "REFERENCES", refcnt, VIEW_HEX),
	VIEW_CELL_FROM("vcpus", "VCPUS", cell_vcpus, vcpus_inputs),
	VIEW_CELL_FROM("vcpus_online", "ONLINE", cell_online, online_inputs),
	D("max_vcpus", "MAX VCPUS", max_vcpus, VIEW_DEC),
	VIEW_CELL_FROM(NULL, "CPU TIME", cell_cpu_time, cpu_time_inputs),
	VIEW_CELL_FROM("cpu_time_ns", NULL, cell_cpu_time_ns, cpu_time_inputs),
	D("tot_pages", "PAGES", tot_pages, VIEW_DEC),
	D("max_pages", "MAX PAGES", max_pages, VIEW_DEC),
	D("outstanding_pages", "CLAIMED", outstanding_pages, VIEW_DEC),
	D("xenheap_pages", "XENHEAP", xenheap_pages, VIEW_DEC),
	D("extra_pages", "EXTRA", extra_pages, VIEW_DEC),
	D("shr_pages", "SHARED", shr_pages, VIEW_SDEC),
	D("paged_pages", "PAGED OUT", paged_pages, VIEW_SDEC),
	VIEW_CELL_FROM("cpupool", "CPUPOOL", cell_cpupool, cpupool_inputs),
	VIEW_CELL_OF_FROM("node_affinity", "NODES", struct shown,
			  d.node_affinity, cell_nodes, nodes_inputs),
	VIEW_CELL_OF("dirty_pcpus", "DIRTY PCPUS", struct shown, d.dirty_cpumask,
		     cell_dirty),
	D("shared_info", "SHARED_INFO", shared_info, VIEW_HEX),
	VIEW_CELL_FROM("frame_lists_mfn", "P2M_MFN", cell_p2m, p2m_inputs),
	D("vcpu", "VCPU ARRAY", vcpu, VIEW_HEX),
	D("evtchn", "EVTCHN", evtchn, VIEW_HEX),
	D("grant_table", "GRANT_TABLE", grant_table, VIEW_HEX),
	D("target", "TARGET", target, VIEW_HEX),
	D("vm_assist", "VM_ASSIST", vm_assist, VIEW_HEX),
};

_Static_assert(N(card_columns) <= VIEW_MAX, "more lines than a view holds");

/* ---- commands ---- */

static struct err *shown_read(struct session *s, struct out *o,
			      const struct domain *d, struct shown *ret)
{
	ret->d = *d;
	ERR_TRY(domain_state_read(s->xen, d, &ret->state));
	if (ret->state.lost)
		out_error(o, err_new(ERR_CORRUPT,
				     "domain %" PRIu64 ": %u vcpus could not be read; \"xen vcpus -d %" PRIu64 "\" tells why",
				     d->domain_id.u, ret->state.lost,
				     d->domain_id.u));
	return NULL;
}

static struct err *show_row(struct session *s, struct out *o,
			    const struct domain *d, void *arg)
{
	struct shown row;

	ERR_TRY(shown_read(s, o, d, &row));
	view_row(arg, &row);
	return NULL;
}

static struct err *run_doms(struct session *s, struct out *o, int argc,
			    char **argv)
{
	struct domain_filter filter = { 0 };
	bool system = false;
	struct view view;
	int c;

	while ((c = getopt(argc, argv, "ad:")) != -1) {
		switch (c) {
		case 'a':
			system = true;
			break;
		case 'd':
			ERR_TRY(domain_filter_add(s, &filter, optarg));
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc)
		return command_usage("doms takes no %s", argv[optind]);
	view_list(&view, s, o, "doms", list_columns, N(list_columns),
		  &domain_record);
	return domains_show(s, o, &filter, system, show_row, &view);
}

static struct err *run_dom(struct session *s, struct out *o, int argc,
			   char **argv)
{
	struct shown card;
	struct domain d;
	struct view view;
	int i;

	if (argc < 2)
		return command_usage("which domain?");
	for (i = 1; i < argc; i++) {
		ERR_TRY(domain_argument(s, argv[i], &d));
		ERR_TRY(shown_read(s, o, &d, &card));
		view_card(&view, s, o, "dom", card_columns, N(card_columns),
			  &domain_record);
		view_row(&view, &card);
		out_end(o);
		ERR_TRY(vcpus_of_domain_show(s, o, &d));
	}
	return NULL;
}

static const char *const help_doms[] = {
	"  Lists the domains. ST is what `xl list` shows: r running, b blocked, p paused,",
	"  s shut down and why (r reboot, s suspend, c crash, w watchdog), d dying. T tells",
	"  PV, PVH and HVM apart. TIME is cpu time up to the last change of state. P2M_MFN",
	"  is the frame that crash --p2m_mfn takes for a PV domain. Xen knows no names;",
	"  the UUID is the one of `xl list -v`.",
	"    -a         also Xen's own domains: io, xen, idle ...",
	"    -d DOMID   only this one; may be repeated",
	"",
	"EXAMPLE",
	"    crash> xen doms",
	"    DID            DOMAIN  ST      T    MAXPAGE  TOTPAGE  VCPU          SHARED_I  P2M_MFN      TIME  NAME OR UUID",
	"      0  ffff830027d61000  r-----  PV     65536    65536     2  ffff830027d4b000    25f00  17.855 s  Domain-0",
	"      1  ffff830027bbf000  -b----  PV     24832    24576     1  ffff830027c60000    19782   9.995 s  2a8d2db4-e560-11f1-bce8-a9d06680a571",
	"      2  ffff830027d06000  r-----  PVH    24832    24590     1  ffff830027d02000        -  12.076 s  2d6c5582-e560-11f1-bec3-133dc90734e7",
	"  One domain's pages, out of the JSON:",
	"    crash> xen doms -j -d 1 | jq '.doms[0].tot_pages'",
	"    24576",
	NULL
};

const struct command command_doms = {
	.live = true,
	.live_unknown = "addresses: hypercalls tell what a domain is and what it uses",
	.needs = NEEDS_RECORDS,
	.run_words = run_doms,
	.synopsis = "[-j] [-a] [-d DOMID]...",
	.help = help_doms,
};

static const char *const help_dom[] = {
	"  Shows one domain, by its id or by the address of its struct domain, and its",
	"  vcpus.",
	"",
	"EXAMPLE",
	"    crash> xen dom 2",
	"           DOMID: 2",
	"          DOMAIN: ffff830027d06000",
	"            NAME: -",
	"            UUID: 2d6c5582-e560-11f1-bec3-133dc90734e7",
	"       UNIQUE ID: a7ca7f512bb34d23",
	"            TYPE: PVH",
	"           WIDTH: -",
	"           FLAGS: hvm, hap, emulated: lapic",
	"            LIFE: alive",
	"           STATE: r-----",
	"    ...",
	"    VCID  PCID              VCPU  ST  T    DOMID            DOMAIN  STATE      TIME  HARD  SOFT  PAUSED",
	"       0     1  ffff830027e57000  RU  PVH      2  ffff830027d06000  r--    12.076 s  all   all   -",
	NULL
};

const struct command command_dom = {
	.live = true,
	.live_unknown = "addresses, and what Xen keeps for itself: hypercalls tell what a domain is and what it uses",
	.needs = NEEDS_RECORDS,
	.run_words = run_dom,
	.synopsis = "[-j] DOMID|ADDRESS...",
	.help = help_dom,
};
