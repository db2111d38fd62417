/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Summary of the crash in a console text, based only on the text. */
#include "decode_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death.h"
#include "machine_check.h"
#include "xen/stack/entry.h"

/* The last crash of a guest; text is "" if there was none. */
struct guest_crash {
	unsigned int nr;		/* of all crashes */
	unsigned int domid;
	char text[80], why[200];	/* "d11v1 crashed on pcpu 0"; or "" */
	char rip[40];			/* "0010:fffff80631bf8ad2"; or "" */
	char last[200];			/* the last message on a vcpu, or domain_crash()'s */
	bool is_caller;			/* last is domain_crash()'s */
};

/* Findings of one pass through the text; the last of each kind counts. */
struct findings {
	char version[64];
	char debug;		/* 'y', 'n', 0: unknown */
	char context[32];	/* "d5v1", or empty */
	struct mention rip, caller, dom0_rip;
	bool has_rip, has_caller, has_dom0_rip, in_trace;
	unsigned int traced;
	int pcpu, rip_pcpu;	/* of "CPU:" before any RIP, and before rip; -1: unknown */
	struct guest_crash guest;
};

/* "4.17.3  x86_64  debug=n  Not tainted", "4.17.3 (user@host) ... debug=n" */
static void take_version(struct findings *f, const char *text)
{
	const char *debug = strstr(text, "debug=");

	snprintf(f->version, sizeof(f->version), "%.*s", (int)strcspn(text, " "), text);
	if (debug && (debug[6] == 'y' || debug[6] == 'n'))
		f->debug = debug[6];
}

static void take_trace(struct findings *f, const struct mention *m)
{
	if (f->traced++ == 1) {
		f->caller = *m;
		f->has_caller = m->is_named;
	}
}

/* "CONTEXT: hypervisor (d5v1)" of Xen's registers */
static void take_context(struct findings *f, const char *text)
{
	static const char mark[] = "CONTEXT: hypervisor (";
	const char *at = strstr(text, mark);

	if (at)
		snprintf(f->context, sizeof(f->context), "%.*s",
			 (int)strcspn(at + strlen(mark), ")"), at + strlen(mark));
}

/* "[  812.10] RIP: e030:xennet_poll+0x123/0x9f0 [xen_netfront]" of Linux */
static void take_dom0_message(struct findings *f, const char *text)
{
	const char *at = strstr(text, "RIP: ");
	struct mention m;

	if (!at)
		return;
	at += strlen("RIP: ");
	at += strcspn(at, ":") + 1 < strlen(at) ? strcspn(at, ":") + 1 : 0;
	if (!mention_next(&at, &m) || !m.is_named)
		return;
	f->dom0_rip = m;
	f->has_dom0_rip = true;
}

static void guest_crashed(struct guest_crash *g, unsigned int domid)
{
	g->nr++;
	g->domid = domid;
	snprintf(g->why, sizeof(g->why), "%s", g->last);
	g->last[0] = g->rip[0] = '\0';
	g->is_caller = false;
}

/*
 * "Domain 11 (vcpu#1) crashed on cpu#0:", after "domain_crash called from ..."
 * or a message such as "d11v1 Unhandled page fault ..." (common/domain.c)
 */
static void take_guest(struct guest_crash *g, const char *text)
{
	static const char caller[] = "domain_crash", triple[] = " Triple fault";
	unsigned int domid, other, pcpu;
	int end = 0;

	if (sscanf(text, "Domain %u (vcpu#%u) crashed on cpu#%u", &domid, &other, &pcpu) == 3) {
		snprintf(g->text, sizeof(g->text), "d%uv%u crashed on pcpu %u", domid, other, pcpu);
		guest_crashed(g, domid);
	} else if (sscanf(text, "Domain %u reported crashed by domain %u", &domid, &other) == 2) {
		snprintf(g->text, sizeof(g->text), "d%u crashed, as d%u reported", domid, other);
		guest_crashed(g, domid);
	} else if (!strncmp(text, caller, strlen(caller))) {
		snprintf(g->last, sizeof(g->last), "%.190s", text);
		g->is_caller = true;
	} else if (sscanf(text, "d%uv%u%n", &domid, &other, &end) == 2 && end) {
		if (!strncmp(text + end, triple, strlen(triple))) {
			snprintf(g->text, sizeof(g->text), "d%uv%u had a triple fault", domid, other);
			guest_crashed(g, domid);
		} else if (!g->is_caller) {
			snprintf(g->last, sizeof(g->last), "%.190s", text);
		}
	} else if (g->nr && !*g->rip && !strncmp(text, "RIP:", 4)) {
		if (sscanf(text, "RIP: %*4[0-9a-f]:[<%39[0-9a-f]", g->rip) != 1)
			g->rip[0] = '\0';
	}
}

static void put_guest(FILE *fp, const struct guest_crash *g)
{
	/* dom0's death is the host's */
	fprintf(fp, "%s%s", g->domid ? "no crash of the host in the text; " : "", g->text);
	if (*g->why)
		fprintf(fp, ", \"%s\"", g->why);
	if (*g->rip)
		fprintf(fp, ", its RIP was %s", g->rip);
	if (g->nr > 1)
		fprintf(fp, "; crashes of guests before: %u", g->nr - 1);
}

/* The selector of XEN_CS where the address behind it is missing or altered */
static const char xen_cs[] = "e008:";

static void take_message(struct findings *f, const char *text)
{
	const char *start = text + strspn(text, " \t"), *at = start, *version;
	struct mention m;
	bool is_banner;

	version = console_message_version(text, &is_banner);
	if (version)
		take_version(f, version);
	if (strstr(at, "Xen call trace:")) {
		f->in_trace = true;
		f->traced = 0;
		return;
	}
	if (!*at || !strncmp(at, "RIP:", 4))
		f->in_trace = false;
	if (!strncmp(at, "CPU:", 4))
		f->pcpu = atoi(at + 4);
	take_context(f, at);
	if (!mention_next(&at, &m))
		return;
	if (!strncmp(start, "RIP:", 4)) {
		f->has_rip = m.is_named && (m.cs == XEN_CS || strstr(start, xen_cs));
		f->rip = m;
		f->rip_pcpu = f->has_rip ? f->pcpu : -1;
		f->has_caller = false;
		f->context[0] = '\0';
	} else if (f->in_trace) {
		take_trace(f, &m);
	}
}

static bool is_of_guest(const struct console_message *m)
{
	return m->is_guest || (!m->is_xen && console_of_guest(m->text, m->text + strlen(m->text)));
}

/* Without prefixes all messages but the panic of dom0's Linux may be Xen's. */
static bool is_of_xen(const struct console_text *t, const struct console_message *m)
{
	return m->is_xen || (!t->has_prefix && !strstr(m->text, "Kernel panic - "));
}

/*
 * The messages in the format of death_from_console(); the caller frees them.
 * NULL: out of memory.
 */
static char *plain_text(const struct decode_span *span)
{
	char *text = NULL;
	size_t size = 0, i;
	FILE *fp = open_memstream(&text, &size);

	for (i = span->from; fp && i < span->to; i++) {
		const struct console_message *m = &span->text->message[i];

		if (is_of_guest(m))
			continue;
		fputs(is_of_xen(span->text, m) ? "(XEN) " : "", fp);
		fputs(m->text + strspn(m->text, " \t"), fp);
		putc('\n', fp);
	}
	if (fp)
		fclose(fp);
	return text;
}

/* "fatal machine check, "MCE: Fatal error happened on CPUs 1-2", bank 5: ..." */
static void put_machine_check(FILE *fp, const struct death_report *r)
{
	char text[200];

	fprintf(fp, "%s", death_name(r->kind));
	if (*r->mce)
		fprintf(fp, ", \"%s\"", r->mce);
	for (unsigned int i = 0; i < r->nr_banks; i++) {
		fprintf(fp, ", bank %u: %s", r->bank[i].number,
			mce_status_text(r->bank[i].status, text, sizeof(text)));
		if (r->bank[i].has_address)
			fprintf(fp, ", address %" PRIx64, r->bank[i].address);
	}
}

/* Event: the text of the panic, or the name of the kind of crash */
static void put_headline(FILE *fp, const struct death_report *r)
{
	if (r->kind == DEATH_MCE) {
		put_machine_check(fp, r);
		return;
	}
	if (r->kind == DEATH_PAGE_FAULT && r->has_error_code && r->has_linear)
		fprintf(fp, "%.*s: %s %016" PRIx64 ", %s",
			(int)strcspn(r->text, ";"), r->text, death_fault_access(r->error_code), r->linear,
			death_fault_reason(r->error_code));
	else if (r->kind == DEATH_DOM0 && *r->dom0_panic)
		fprintf(fp, "%s: %s", death_name(r->kind), r->dom0_panic);
	else
		fprintf(fp, "%s", *r->text && r->kind != DEATH_WATCHDOG ?
			r->text : death_name(r->kind));
}

/* Place of the crash */
static void put_place(FILE *fp, const struct findings *f, const struct death_report *r)
{
	int pcpu = r->stuck_pcpu >= 0 && r->kind == DEATH_WATCHDOG ? r->stuck_pcpu :
		   r->panic_pcpu >= 0 ? r->panic_pcpu : r->kexec_pcpu;
	bool is_dom0 = r->kind == DEATH_DOM0;
	const struct mention *rip = is_dom0 ? &f->dom0_rip : &f->rip;
	bool has_rip = is_dom0 ? f->has_dom0_rip : f->has_rip;

	if (pcpu < 0 && !is_dom0)
		pcpu = f->rip_pcpu;
	if (pcpu >= 0)
		fprintf(fp, ", on pcpu %d", pcpu);
	if (has_rip)
		fprintf(fp, ", in %s+0x%" PRIx64, rip->name, rip->offset);
	if (f->has_rip && f->has_caller && !is_dom0)
		fprintf(fp, ", called by %s", f->caller.name);
	if (*f->context && !is_dom0)
		fprintf(fp, ", for %s", f->context);
}

static void compose(const struct findings *f, const struct death_report *r,
		    char *buf, size_t size)
{
	FILE *fp = fmemopen(buf, size, "w");

	if (!fp)
		return;
	if (r->kind == DEATH_UNKNOWN) {
		put_guest(fp, &f->guest);
	} else {
		put_headline(fp, r);
		put_place(fp, f, r);
	}
	if (*f->version)
		fprintf(fp, "; Xen %s", f->version);
	if (f->debug)
		fprintf(fp, ", debug=%c", f->debug);
	fclose(fp);
}

/* Without a crash of the host the text may have one of a guest. */
static void find_guest(const struct decode_span *span, struct findings *f)
{
	bool is_banner;

	for (size_t i = span->from; i < span->to; i++) {
		const struct console_message *m = &span->text->message[i];
		const char *text = m->text + strspn(m->text, " \t"), *version;

		if (m->is_guest || (!m->is_xen && span->text->has_prefix))
			continue;
		version = console_message_version(text, &is_banner);
		if (version)
			take_version(f, version);
		take_guest(&f->guest, text);
	}
}

static void find_host(const struct decode_span *span, struct findings *f)
{
	for (size_t i = span->from; i < span->to; i++) {
		const struct console_message *m = &span->text->message[i];

		if (is_of_guest(m))
			continue;
		if (m->is_xen || !span->text->has_prefix)
			take_message(f, m->text);
		if (!m->is_xen && !strstr(m->text, xen_cs))
			take_dom0_message(f, m->text);
	}
}

void decode_verdict(const struct decode_span *span, char *buf, size_t size)
{
	struct findings f = { .pcpu = -1, .rip_pcpu = -1 };
	char *text = plain_text(span);
	struct death_report r;

	*buf = '\0';
	if (!text)
		return;
	death_from_console(text, &r);
	free(text);
	if (r.kind == DEATH_UNKNOWN)
		find_guest(span, &f);
	else
		find_host(span, &f);
	if (r.kind != DEATH_UNKNOWN || f.guest.nr)
		compose(&f, &r, buf, size);
}
