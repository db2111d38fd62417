/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of IOMMUs in words, Xen 4.4 to master. */
#include "message_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

const char *words_device(const char *hex, char device[16])
{
	unsigned int id = strtoul(hex, NULL, 16) & 0xffff;

	snprintf(device, 16, "%02x:%02x.%u", id >> 8, id >> 3 & 31, id & 7);
	return device;
}

/* ---- AMD ---- */

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
	{ 0x040, "access not permitted", NULL },
	{ 0x080, "reserved bit set in a page table or device table", NULL },
	{ 0x100, "translation request", NULL },
	{ 0x002, "instruction fetch", NULL },
};

/* The first two flags have another meaning for interrupt requests. */
#define FAULT_INTERRUPT	0x008
#define FAULT_OF_PAGE	2

/*
 * "0000:03:00.0 d0 addr 00000000fed00000 flags 0x20 RW", until 4.11
 * "domain = 3, device id = 0x300, fault address = 0xfed00000, flags = 0x20"
 */
void words_amd_fault(const char *rest, char *buf, size_t size)
{
	static const char id[] = "device id = ";
	const char *at = strstr(rest, "flags "), *device = strstr(rest, id);
	char name[16];
	unsigned long flags;
	size_t i, n = 0;

	if (!at)
		return;
	at += strcspn(at, "0123456789");
	flags = strtoul(at, NULL, 16);
	if (flags & FAULT_INTERRUPT)
		n = snprintf(buf, size, "interrupt request that the remapping table does not permit");
	for (i = n ? FAULT_OF_PAGE : 0; i < ARRAY_SIZE(fault_flags) && n < size; i++) {
		const char *text = flags & fault_flags[i].bit ? fault_flags[i].set :
				   fault_flags[i].clear;

		if (text)
			n += snprintf(buf + n, size - n, "%s%s", !n ? "" : i == 1 ? " " : ", ",
				      text);
	}
	if (device && n < size)
		snprintf(buf + n, size - n, ", by device %s",
			 words_device(device + strlen(id), name));
}

/* Events without a line of their own: name, and four words in hexadecimal */
static const struct {
	const char *name;
	bool has_device;
	const char *text;
} events[] = {
	{ "ILLEGAL_DEV_TABLE_ENTRY", true, "faulty entry of the IOMMU's device table" },
	{ "DEV_TABLE_HW_ERROR", true, "hardware error at a read of the IOMMU's device table" },
	{ "PAGE_TABLE_HW_ERROR", true, "hardware error at a read of the IOMMU's page tables" },
	{ "ILLEGAL_COMMAND_ERROR", false, "faulty command to the IOMMU" },
	{ "COMMAND_HW_ERROR", false, "hardware error at a read of the IOMMU's commands" },
	{ "IOTLB_INV_TIMEOUT", true, "no answer to the invalidation of translations in a device" },
	{ "INVALID_DEV_REQUEST", true, "request that a device may not make" },
};

/* "AMD-Vi: " is printed until 4.11. */
void words_amd_event(const char *rest, char *buf, size_t size)
{
	static const char before[] = "AMD-Vi: ";
	char name[16];

	if (!strncmp(rest, before, strlen(before)))
		rest += strlen(before);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		size_t len = strlen(events[i].name);

		if (strncmp(rest, events[i].name, len) || rest[len] != ' ' ||
		    strspn(rest + len + 1, "0123456789abcdef") != 8)
			continue;
		snprintf(buf, size, "%s%s%s", events[i].text,
			 events[i].has_device ? ", device " : "",
			 events[i].has_device ? words_device(rest + len + 1, name) : "");
		return;
	}
}

/* ---- Intel ---- */

/* "...Request device [0000:00:02.0] fault addr 1234000" */
static bool take_request(const char *rest, const char *what, const char **device,
			 int *len, const char **value)
{
	*device = strchr(rest, '[');
	*value = strstr(rest, what);
	if (!*device || !*value)
		return false;
	*len = strcspn(++*device, "]");
	if (*len > 32)
		*len = 32;
	*value += strlen(what);
	return true;
}

void words_vtd_dma(const char *rest, char *buf, size_t size)
{
	bool write = !strncmp(rest, "Write", 5);
	const char *device, *addr;
	int len;

	if (take_request(rest, "addr ", &device, &len, &addr))
		snprintf(buf, size, "the IOMMU blocked a DMA %s of device %.*s at bus address %.*s",
			 write ? "write" : "read", len, device,
			 (int)strspn(addr, "0123456789abcdefx"), addr);
}

void words_vtd_interrupt(const char *rest, char *buf, size_t size)
{
	const char *device, *number;
	int len;

	if (take_request(rest, "fault index ", &device, &len, &number))
		snprintf(buf, size, "the IOMMU blocked an interrupt of device %.*s, entry %.*s of the remapping table",
			 len, device, (int)strspn(number, "0123456789abcdef"), number);
}

/*
 * Fault reasons of VT-d (Intel Virtualization Technology for Directed I/O,
 * "Fault Reason Encodings")
 */
static const struct {
	unsigned int reason;
	const char *text;
} reasons[] = {
	{ 0x01, "the bus of the device has no root entry" },
	{ 0x02, "the device is assigned to no domain: it has no context entry" },
	{ 0x03, "the context entry of the device is faulty" },
	{ 0x04, "the address has more bits than the IOMMU translates" },
	{ 0x05, "write of a page that is not mapped, or mapped read-only" },
	{ 0x06, "read of a page that is not mapped" },
	{ 0x07, "a page table is at an address that cannot be read" },
	{ 0x08, "the root table is at an address that cannot be read" },
	{ 0x09, "a context table is at an address that cannot be read" },
	{ 0x0a, "reserved bits are set in the root entry" },
	{ 0x0b, "reserved bits are set in the context entry" },
	{ 0x0c, "reserved bits are set in a page table entry" },
	{ 0x0d, "the device may not request translations" },
	{ 0x20, "reserved bits are set in the interrupt request" },
	{ 0x21, "the interrupt remapping table has no such entry" },
	{ 0x22, "the entry of the interrupt remapping table is empty" },
	{ 0x23, "the interrupt remapping table cannot be read" },
	{ 0x24, "reserved bits are set in the entry of the interrupt remapping table" },
	{ 0x25, "the interrupt request is not in the remappable format" },
	{ 0x26, "the entry of the interrupt remapping table is for another device" },
};

/* "06 - PTE Read access is not set" */
void words_vtd_reason(const char *rest, char *buf, size_t size)
{
	char *end;
	unsigned long reason = strtoul(rest, &end, 16);

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (end != rest && reasons[i].reason == reason)
			snprintf(buf, size, "%s", reasons[i].text);
}
