/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that can be explained without symbols. */
#include "decode_internal.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death.h"
#include "machine_check.h"
#include "message_words.h"
#include "xen/base/array.h"

static void bank(const char *rest, char *buf, size_t size)
{
	struct death_bank b;

	if (death_parse_bank(rest, &b))
		mce_status_text(b.status, buf, size);
}

/* "CPU0: Machine Check Exception: 0000000000000004" (mce.c, x86_mcinfo_dump()). Linux prints the bank behind it:
 * "CPU 0: Machine Check Exception: 4 Bank 2: b600000000000135". */
static void global_status(const char *rest, char *buf, size_t size)
{
	static const char mark[] = " Bank ";
	const char *at = strstr(rest, mark);

	if (at)
		bank(at + strlen(mark), buf, size);
	if (!*buf)
		mce_global_text(strtoull(rest, NULL, 16), buf, size);
}

/* "MCE: Fatal error happened on CPUs 6": a bitmap in hexadecimal */
static void pcpus(const char *rest, char *buf, size_t size)
{
	static const char before[] = "pcpus ";

	if (!pcpu_bitmap_text(rest, buf + strlen(before), size - strlen(before)))
		*buf = '\0';
	else
		memcpy(buf, before, strlen(before));
}

/* Rest of "Unhandled page fault ... ec=0002", in hexadecimal */
static void error_code(const char *rest, char *buf, size_t size)
{
	char *end;
	unsigned long code = strtoul(rest, &end, 16);

	if (end == rest)
		return;
	snprintf(buf, size, "%s a page in %s mode: %s", death_fault_access(code),
		 code & 4 ? "user" : "kernel", death_fault_reason(code));
}

/* "... [#14] on VCPU 0 [ec=0002]", "... [#14, ec=0002]" */
static void error_code_behind(const char *rest, char *buf, size_t size)
{
	const char *at = strstr(rest, "ec=");

	if (at)
		error_code(at + strlen("ec="), buf, size);
}

/* Bits of an EPT violation's qualification (Intel's manual, volume 3, 28.2.1) */
#define EPT_WRITE	0x02
#define EPT_FETCH	0x04
#define EPT_PERMISSIONS	0x38

/* "0x182 (-w-/---) gpa 0x000000f0000123 ..." (vmx.c) */
static void ept_violation(const char *rest, char *buf, size_t size)
{
	unsigned long q = strtoul(rest, NULL, 16);

	snprintf(buf, size, "%s a page of the guest: %s",
		 q & EPT_FETCH ? "instruction fetch from" : q & EPT_WRITE ? "write to" : "read of",
		 q & EPT_PERMISSIONS ? "mapped without that permission" : "not mapped");
}

static const struct rule {
	const char *mark;
	bool first;		/* only at the beginning of the message */
	void (*words)(const char *rest, char *buf, size_t size);
	const char *text;	/* without words(): the explanation */
} rules[] = {
	{ "Machine Check Exception: ", false, global_status, NULL },
	{ "Bank ", true, bank, NULL },
	{ "happened on CPUs ", false, pcpus, NULL },
	{ "CMCI occurred on CPU", false, NULL,
	  "corrected by the hardware and reported by an interrupt (CMCI)" },
	{ "POLLED occurred on CPU", false, NULL,
	  "corrected by the hardware and found by polling" },
	{ "polling routine found correctable error", false, NULL,
	  "corrected by the hardware and found by polling" },
	{ "IO_PAGE_FAULT: ", false, words_amd_fault, NULL },
	{ "DMAR:[DMA ", false, words_vtd_dma, NULL },
	{ "INTR-REMAP: Request device ", false, words_vtd_interrupt, NULL },
	{ "DMAR: reason ", false, words_vtd_reason, NULL },
	{ "INTR-REMAP: reason ", false, words_vtd_reason, NULL },
	{ "Bad type (saw ", false, words_bad_type, NULL },
	{ " taf=", false, words_page_type, NULL },
	{ "Bad L1 flags ", false, words_pte_flags, NULL },
	{ "Bad L2 flags ", false, words_pte_flags, NULL },
	{ "Bad L3 flags ", false, words_pte_flags, NULL },
	{ "Bad L4 flags ", false, words_pte_flags, NULL },
	{ " from L1 entry ", false, words_pte, NULL },
	{ "granted PTE ", false, words_pte, NULL },
	{ "grant PTE ", false, words_pte, NULL },
	{ "fault/trap [#14", false, error_code_behind, NULL },
	{ "#PF[", false, error_code, NULL },
	{ "page fault (ec=", false, error_code, NULL },
	{ "page table (ec=", false, error_code, NULL },
	{ "EPT violation ", false, ept_violation, NULL },
	{ "SMEP violation", false, NULL, "code in a page of user space was to be executed" },
	{ "SMAP violation", false, NULL, "data in a page of user space was accessed" },
	{ "Xen WARN at ", true, NULL, "a warning: Xen continues" },
	{ "", true, words_amd_event, NULL },
};

void decode_words(const char *text, char *buf, size_t size)
{
	bool has[UCHAR_MAX + 1] = { true };	/* bytes of the text, and the end of an empty mark */
	size_t i;

	*buf = '\0';
	for (const char *p = text; *p; p++)
		has[(unsigned char)*p] = true;
	for (i = 0; *text && i < ARRAY_SIZE(rules) && !*buf; i++) {
		const struct rule *r = &rules[i];
		const char *at;

		/* few lines have the first byte of a mark, and are searched */
		if (!has[(unsigned char)*r->mark])
			continue;
		at = strstr(text, r->mark);
		if (!at || (at != text && r->first))
			continue;
		if (r->words)
			r->words(at + strlen(r->mark), buf, size);
		else
			snprintf(buf, size, "%s", r->text);
	}
}
