/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "death.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/text_filter.h"

static const char prefix[] = "(XEN) ";

static const char *const names[] = {
	[DEATH_UNKNOWN] = "unknown",
	[DEATH_NONE] = "no crash: dumped while running",
	[DEATH_PANIC] = "Xen panic",
	[DEATH_TRAP] = "fatal trap in the hypervisor",
	[DEATH_PAGE_FAULT] = "page fault in the hypervisor",
	[DEATH_PROTECTION] = "general protection fault in the hypervisor",
	[DEATH_CONTROL_FLOW] = "control-flow protection fault in the hypervisor",
	[DEATH_BUG] = "Xen BUG",
	[DEATH_ASSERT] = "failed assertion in Xen",
	[DEATH_DOUBLE_FAULT] = "double fault in the hypervisor",
	[DEATH_NMI] = "fatal NMI",
	[DEATH_WATCHDOG] = "Xen's watchdog: pcpu stuck",
	[DEATH_MCE] = "fatal machine check",
	[DEATH_DOM0] = "dom0 crashed",
	[DEATH_DOM0_WATCHDOG] = "dom0's watchdog expired",
	[DEATH_KEY] = "crash requested by debug key 'C'",
	[DEATH_HYPERCALL] = "crash requested by hypercall",
};

const char *death_name(enum death d)
{
	return names[d];
}

static const struct {
	uint32_t bit;
	const char *set, *clear;
} fault_bits[] = {	/* error code of a page fault */
	{ 1U << 4, "instruction fetch from", NULL },
	{ 1U << 1, "write to", "read of" },
};

const char *death_fault_access(uint32_t error_code)
{
	if (error_code & fault_bits[0].bit)
		return fault_bits[0].set;
	return error_code & fault_bits[1].bit ? fault_bits[1].set : fault_bits[1].clear;
}

const char *death_fault_reason(uint32_t error_code)
{
	if (error_code & 8)
		return "reserved bits set in a page table entry";
	return error_code & 1 ? "protection violation" : "not mapped";
}

/* Kind by the first line of a panic; the first match counts. */
static const struct {
	const char *start;
	enum death kind;
} panics[] = {
	{ "FATAL PAGE FAULT", DEATH_PAGE_FAULT },
	{ "GENERAL PROTECTION FAULT", DEATH_PROTECTION },
	{ "CONTROL-FLOW PROTECTION FAULT", DEATH_CONTROL_FLOW },
	{ "DOUBLE FAULT", DEATH_DOUBLE_FAULT },
	{ "HARDWARE ERROR", DEATH_MCE },
	{ "MCE: ", DEATH_MCE },
	{ "Xen BUG at ", DEATH_BUG },
	{ "Assertion '", DEATH_ASSERT },
	{ "FATAL TRAP: ", DEATH_TRAP },
	{ "FATAL RESERVED TRAP", DEATH_TRAP },
	{ "", DEATH_PANIC },
};

/*
 * Messages printed before the registers of a crash. They determine its kind in a
 * text that ends before the panic, which repeats the cause.
 */
static const struct {
	const char *start;
	const char *end;	/* the text of the report ends before; NULL: at its end */
	enum death kind;
} causes[] = {
	{ "Xen BUG at ", NULL, DEATH_BUG },
	{ "Assertion '", NULL, DEATH_ASSERT },
	{ "*** DOUBLE FAULT ***", "*** DOUBLE", DEATH_DOUBLE_FAULT },
	{ "Watchdog timer detects that CPU", NULL, DEATH_WATCHDOG },
	{ "Early fatal page fault at ", " at ", DEATH_PAGE_FAULT },
	{ "Fatal machine check: ", NULL, DEATH_MCE },
};

/* Traps with a kind of their own. */
static const struct {
	unsigned int vector;
	enum death kind;
} vectors[] = {
	{ 2, DEATH_NMI }, { 8, DEATH_DOUBLE_FAULT }, { 13, DEATH_PROTECTION },
	{ 14, DEATH_PAGE_FAULT }, { 18, DEATH_MCE },
};

struct parser {
	struct death_report *r;
	char line[256];		/* the text, NUL-terminated */
	bool in_panic;
	struct text_filter marks;	/* of all rules and causes */
};

static void copy(char *buf, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		len = size - 1;
	memmove(buf, text, len);
	buf[len] = '\0';
}

static void set_kind(struct parser *p, enum death kind)
{
	p->r->kind = kind;
	copy(p->r->evidence, sizeof(p->r->evidence), p->line);
}

/* Starts a new crash: drops the details of an earlier one. */
static void take_panic(struct parser *p, const char *rest)
{
	p->r->panic_pcpu = atoi(rest);
	p->r->text[0] = '\0';
	p->r->has_error_code = p->r->has_linear = false;
	set_kind(p, DEATH_PANIC);
	p->in_panic = true;
}

static void take_trap_vector(struct parser *p)
{
	static const char *const before[] = { "vec ", "vector = " };
	const char *at = NULL;
	unsigned int vector;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(before) && !at; i++) {
		at = strstr(p->line, before[i]);
		if (at)
			at += strlen(before[i]);
	}
	if (!at)
		return;
	vector = strtoul(at, NULL, 10);
	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		if (vectors[i].vector == vector)
			p->r->kind = vectors[i].kind;
	if (p->r->kind == DEATH_NMI && p->r->stuck_pcpu >= 0)
		p->r->kind = DEATH_WATCHDOG;
}

static void take_panic_line(struct parser *p)
{
	struct death_report *r = p->r;
	size_t len = strlen(r->text), i;

	if (!p->line[0])
		return;
	if (!len) {
		for (i = 0; strncmp(p->line, panics[i].start, strlen(panics[i].start)); )
			i++;
		set_kind(p, panics[i].kind);
		if (r->kind == DEATH_TRAP)
			take_trap_vector(p);
	}
	snprintf(r->text + len, sizeof(r->text) - len, "%s%s", len ? "; " : "", p->line);
}

static void take_cause(struct parser *p)
{
	struct death_report *r = p->r;

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		const char *end;

		if (strncmp(p->line, causes[i].start, strlen(causes[i].start)))
			continue;
		set_kind(p, causes[i].kind);
		end = causes[i].end ? strstr(p->line, causes[i].end) : NULL;
		snprintf(r->text, sizeof(r->text), "%.*s",
			 end ? (int)(end - p->line) : (int)strlen(p->line), p->line);
	}
}

static void take_error_code(struct parser *p, const char *rest)
{
	p->r->error_code = strtoul(rest, NULL, 16);
	p->r->has_error_code = true;
}

static void take_linear(struct parser *p, const char *rest)
{
	p->r->linear = strtoull(rest, NULL, 16);
	p->r->has_linear = true;
}

static void take_rip(struct parser *p, const char *rest)
{
	const char *at = strstr(rest, "[<");

	if (!at)
		return;
	p->r->rip = strtoull(at + 2, NULL, 16);
	p->r->has_rip = true;
}

static void take_stuck(struct parser *p, const char *rest)
{
	p->r->stuck_pcpu = atoi(rest);
	copy(p->r->stuck, sizeof(p->r->stuck), p->line);
}

static void take_nmi(struct parser *p, const char *rest)
{
	(void)rest;
	copy(p->r->nmi, sizeof(p->r->nmi), p->line);
}

static void take_key(struct parser *p, const char *rest)
{
	(void)rest;
	set_kind(p, DEATH_KEY);
}

/* Debug key C without a crash kernel has no effect. */
static void take_survived(struct parser *p, const char *rest)
{
	(void)rest;
	p->r->kind = DEATH_UNKNOWN;
	p->r->evidence[0] = '\0';
}

static void take_dom0(struct parser *p, const char *rest)
{
	(void)rest;
	set_kind(p, DEATH_DOM0);
}

/* "Hardware Dom3 crashed: "; the id is not 0 with hardware_dom= */
static void take_hardware_domain(struct parser *p, const char *rest)
{
	if (!strncmp(rest + strspn(rest, "0123456789"), " crashed: ", 10))
		set_kind(p, DEATH_DOM0);
}

static void take_dom0_watchdog(struct parser *p, const char *rest)
{
	(void)rest;
	set_kind(p, DEATH_DOM0_WATCHDOG);
}

static void take_kexec(struct parser *p, const char *rest)
{
	p->r->kexec_pcpu = atoi(rest);
}

/* The rest of "{0,3}". */
static void take_lost(struct parser *p, const char *rest)
{
	snprintf(p->r->lost, sizeof(p->r->lost), "%.*s", (int)strcspn(rest, "}"), rest);
}

/* The pcpus are a bitmap in hexadecimal (4.4 to master). */
static void take_mce(struct parser *p, const char *rest)
{
	static const char before[] = "on CPUs ";
	const char *at = strstr(rest, before);
	char set[64];

	p->r->nr_banks = 0;
	p->r->has_mcg_status = false;
	if (at && pcpu_bitmap_text(at + strlen(before), set, sizeof(set)))
		snprintf(p->r->mce, sizeof(p->r->mce), "%.*s%s",
			 (int)(at + strlen(before) - rest), rest, set);
	else
		copy(p->r->mce, sizeof(p->r->mce), rest);
}

static void take_mcg_status(struct parser *p, const char *rest)
{
	p->r->mcg_status = strtoull(rest, NULL, 16);
	p->r->has_mcg_status = true;
}

bool death_parse_bank(const char *text, struct death_bank *ret)
{
	struct death_bank b = { .number = 0 };
	const char *misc, *address;
	char *at;

	b.number = strtoul(text, &at, 10);
	if (at == text || *at != ':' || !isspace((unsigned char)at[1]))
		return false;
	text = at + 1;
	b.status = strtoull(text, &at, 16);
	if (at == text)
		return false;
	misc = strchr(at, '[');
	if (misc) {
		b.misc = strtoull(misc + 1, NULL, 16);
		b.has_misc = true;
	}
	address = strstr(at, " at ");
	if (address) {
		b.address = strtoull(address + 4, NULL, 16);
		b.has_address = true;
	}
	*ret = b;
	return true;
}

static void take_bank(struct parser *p, const char *rest)
{
	struct death_report *r = p->r;

	if (r->has_mcg_status && r->nr_banks < DEATH_BANKS &&
	    death_parse_bank(rest, &r->bank[r->nr_banks]))
		r->nr_banks++;
}

/* Marks at any position of a line; several may match. */
static const struct rule {
	const char *mark;
	void (*take)(struct parser *p, const char *rest);
} rules[] = {
	{ "Panic on CPU ", take_panic },
	{ "error_code=", take_error_code },
	{ ", ec=", take_error_code },
	{ "Faulting linear address: ", take_linear },
	{ "(cr2=", take_linear },
	{ "RIP:", take_rip },
	{ "Watchdog timer detects that CPU", take_stuck },
	{ "NMI - ", take_nmi },
	{ "NMI received for unknown reason", take_nmi },
	{ "pressed -> triggering crashdump", take_key },
	{ "no crash kernel loaded", take_survived },
	{ "Hardware Dom", take_hardware_domain },
	{ "Domain 0 crashed: ", take_dom0 },
	{ "shutdown: watchdog rebooting machine", take_dom0_watchdog },
	{ "Executing kexec image on cpu", take_kexec },
	{ "Failed to shoot down CPUs {", take_lost },
	{ "Fatal machine check: ", take_mce },
	{ "Machine Check Exception: ", take_mcg_status },
	{ "Bank ", take_bank },
};

static void take_line(struct parser *p, unsigned int len)
{
	bool marked = text_filter_may_start(&p->marks, p->line, len);
	size_t i;

	if (p->in_panic && !strncmp(p->line, "****", 4))
		p->in_panic = false;
	else if (p->in_panic)
		take_panic_line(p);
	else if (marked)
		take_cause(p);
	/* most lines have no mark */
	if (!marked)
		return;
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		const char *at = strstr(p->line, rules[i].mark);

		if (at)
			rules[i].take(p, at + strlen(rules[i].mark));
	}
}

bool console_of_guest(const char *text, const char *end)
{
	const char *at = text;

	while ((at = memmem(at, end - at, "(d", 2))) {
		at += 2;
		if (at == end || *at == '0')
			continue;
		while (at < end && isdigit((unsigned char)*at))
			at++;
		if (at < end && *at == ')' && isdigit((unsigned char)at[-1]))
			return true;
	}
	return false;
}

/* dom0's lines have no prefix; the text contains them if Xen runs with console_to_ring. */
static void take_other_line(struct death_report *r, const char *line, size_t len)
{
	static const char mark[] = "Kernel panic - not syncing: ";
	const char *at = memmem(line, len, mark, strlen(mark));

	if (at && !memmem(line, len, "---[ end", 8) && !console_of_guest(line, at))
		snprintf(r->dom0_panic, sizeof(r->dom0_panic), "%.*s",
			 (int)(line + len - at), at);
}

const char *console_line(const char *line, const char *end, unsigned int *len)
{
	const char *at = memmem(line, end - line, prefix, strlen(prefix)), *stamp;

	if (!at || console_of_guest(line, at))
		return NULL;
	at += strlen(prefix);
	/* "[2026-11-21 05:03:11] ", "[    12.345678] " */
	if (end - at > 2 && at[0] == '[' && (at[1] == ' ' || isdigit((unsigned char)at[1]))) {
		stamp = memchr(at, ']', end - at);
		if (stamp && end - stamp > 1 && stamp[1] == ' ')
			at = stamp + 2;
	}
	while (end > at && isspace((unsigned char)end[-1]))
		end--;
	*len = end - at;
	return at;
}

void death_from_console(const char *console, struct death_report *ret)
{
	struct parser p = { .r = ret };
	const char *line, *end, *text;
	unsigned int len;

	memset(ret, 0, sizeof(*ret));
	ret->panic_pcpu = ret->kexec_pcpu = ret->stuck_pcpu = -1;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		text_filter_add_start(&p.marks, rules[i].mark, strlen(rules[i].mark));
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		text_filter_add_start(&p.marks, causes[i].start, strlen(causes[i].start));
	for (line = console; *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		text = console_line(line, end, &len);
		if (!text) {
			take_other_line(ret, line, end - line);
			continue;
		}
		if (len > sizeof(p.line) - 1)
			len = sizeof(p.line) - 1;
		memcpy(p.line, text, len);
		p.line[len] = '\0';
		take_line(&p, len);
	}
}

/* Splits a bitmap into words of 32 bits, the highest first. */
static bool parse_words(const char *hex, uint32_t *word, unsigned int max,
			unsigned int *nr)
{
	for (*nr = 0; *nr < max; ) {
		char *end;

		if (!isxdigit((unsigned char)*hex))
			return false;
		word[(*nr)++] = strtoul(hex, &end, 16);
		if (end - hex > 8)
			return false;
		hex = end + 1;
		if (*end != ',')
			return *end == '\0' || isspace((unsigned char)*end);
	}
	return false;
}

bool pcpu_bitmap_text(const char *hex, char *buf, unsigned int size)
{
	uint32_t word[128];
	unsigned int nr, bit, start, n = 0;

	if (!parse_words(hex, word, ARRAY_SIZE(word), &nr))
		return false;
#define BIT(b) (word[nr - 1 - (b) / 32] >> ((b) % 32) & 1)
	buf[0] = '\0';
	for (bit = 0; bit < 32 * nr && n < size; bit++) {
		if (!BIT(bit))
			continue;
		for (start = bit; bit + 1 < 32 * nr && BIT(bit + 1); )
			bit++;
		n += snprintf(buf + n, size - n, start == bit ? "%s%u" : "%s%u-%u",
			      n ? "," : "", start, bit);
	}
#undef BIT
	return n > 0 && n < size;
}
