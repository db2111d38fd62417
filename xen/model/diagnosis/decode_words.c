/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that can be explained without symbols. */
#include "decode_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death.h"
#include "machine_check.h"
#include "xen/base/array.h"

/* "CPU0: Machine Check Exception: 0000000000000004" (mce.c, x86_mcinfo_dump()) */
static void global_status(const char *rest, char *buf, size_t size)
{
	mce_global_text(strtoull(rest, NULL, 16), buf, size);
}

static void bank(const char *rest, char *buf, size_t size)
{
	struct death_bank b;

	if (death_parse_bank(rest, &b))
		mce_status_text(b.status, buf, size);
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

static void corrected(const char *rest, char *buf, size_t size)
{
	(void)rest;
	snprintf(buf, size, "corrected by the hardware and reported by an interrupt (CMCI)");
}

static void polled(const char *rest, char *buf, size_t size)
{
	(void)rest;
	snprintf(buf, size, "corrected by the hardware and found by polling");
}

/*
 * Flags of an IO_PAGE_FAULT event (AMD I/O Virtualization Technology
 * specification, "IO_PAGE_FAULT Event Log Buffer Entry Format").
 */
static const struct {
	unsigned int bit;
	const char *set, *clear;
} fault_flags[] = {
	{ 0x020, "write", "read" },
	{ 0x010, "of a mapped page without that permission", "of a page that is not mapped" },
	{ 0x008, "interrupt request", NULL },
	{ 0x040, "access not permitted", NULL },
	{ 0x080, "reserved bit set in a page table or device table", NULL },
	{ 0x100, "translation request", NULL },
	{ 0x002, "instruction fetch", NULL },
};

/* "0000:03:00.0 d0 addr 00000000fed00000 flags 0x20 RW" (iommu_init.c) */
static void amd_fault(const char *rest, char *buf, size_t size)
{
	const char *at = strstr(rest, "flags ");
	unsigned long flags;
	size_t i, n = 0;

	if (!at)
		return;
	at += strcspn(at, "0123456789");
	flags = strtoul(at, NULL, 16);
	for (i = 0; i < ARRAY_SIZE(fault_flags) && n < size; i++) {
		const char *text = flags & fault_flags[i].bit ? fault_flags[i].set :
				   fault_flags[i].clear;

		if (text)
			n += snprintf(buf + n, size - n, "%s%s", !n ? "" : i == 1 ? " " : ", ",
				      text);
	}
}

/* "[DMA Write] Request device [0000:00:02.0] fault addr 1234000" (vtd/iommu.c) */
static void intel_fault(const char *rest, char *buf, size_t size)
{
	bool write = !strncmp(rest, "Write", 5);
	const char *device = strchr(rest, '['), *addr = strstr(rest, "addr ");
	int len;

	if (!device || !addr)
		return;
	len = strcspn(++device, "]");
	addr += strlen("addr ");
	snprintf(buf, size, "the IOMMU blocked a DMA %s of device %.*s at bus address %.*s",
		 write ? "write" : "read", len < 32 ? len : 32, device,
		 (int)strspn(addr, "0123456789abcdefx"), addr);
}

static const struct {
	const char *mark;
	bool first;		/* only at the beginning of the message */
	void (*words)(const char *rest, char *buf, size_t size);
} rules[] = {
	{ "Machine Check Exception: ", false, global_status },
	{ "Bank ", true, bank },
	{ "happened on CPUs ", false, pcpus },
	{ "CMCI occurred on CPU", false, corrected },
	{ "POLLED occurred on CPU", false, polled },
	{ "IO_PAGE_FAULT: ", false, amd_fault },
	{ "[VT-D]DMAR:[DMA ", false, intel_fault },
};

void decode_words(const char *text, char *buf, size_t size)
{
	size_t i;

	*buf = '\0';
	for (i = 0; i < ARRAY_SIZE(rules) && !*buf; i++) {
		const char *at = strstr(text, rules[i].mark);

		if (at && (at == text || !rules[i].first))
			rules[i].words(at + strlen(rules[i].mark), buf, size);
	}
}
