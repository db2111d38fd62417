/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "iommu_fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death.h"
#include "decode_internal.h"
#include "message_words.h"
#include "xen/base/array.h"
#include "xen/model/host/console.h"

static const struct {
	const char *mark, *before;	/* text between the mark and the device */
} kinds[] = {
	{ "IO_PAGE_FAULT: domain = ", "device id = " },
	{ "IO_PAGE_FAULT: ", NULL },
	{ "DMAR:[DMA ", "device [" },
	{ "INTR-REMAP: Request device ", "[" },
};

/* Parses a device in the form "0000:00:02.0" or "0x10"; false if there is none. */
static bool take_device(const char *at, char device[16])
{
	size_t len = strspn(at, "0123456789abcdef:.");

	if (!strncmp(at, "0x", 2)) {
		words_device(at, device);
		return true;
	}
	if (len < sizeof("00:00.0") - 1 || len >= 16 || !memchr(at, ':', len))
		return false;
	memcpy(device, at, len);
	device[len] = '\0';
	return true;
}

static bool find_device(const char *line, char device[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *at = strstr(line, kinds[i].mark);

		if (!at)
			continue;
		at += strlen(kinds[i].mark);
		if (kinds[i].before) {
			at = strstr(at, kinds[i].before);
			if (!at)
				continue;
			at += strlen(kinds[i].before);
		}
		return take_device(at, device);
	}
	return false;
}

static struct iommu_fault *find(struct iommu_faults *f, const char *device)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (!strcmp(f->at[i].device, device))
			return &f->at[i];
	if (f->nr == IOMMU_FAULTS_MAX)
		return NULL;
	snprintf(f->at[f->nr].device, sizeof(f->at[0].device), "%s", device);
	return &f->at[f->nr++];
}

static void take_line(const char *line, struct iommu_faults *f)
{
	struct iommu_fault *fault;
	char device[16];

	if (!find_device(line, device))
		return;
	fault = find(f, device);
	if (!fault) {
		f->left_out++;
		return;
	}
	fault->messages++;
	snprintf(fault->last, sizeof(fault->last), "%.150s", line);
	decode_words(line, fault->meaning, sizeof(fault->meaning));
}

void iommu_faults_parse(const char *text, struct iommu_faults *ret)
{
	char line[400];

	memset(ret, 0, sizeof(*ret));
	while (*text) {
		size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s",
			 len < sizeof(line) ? (int)len : (int)sizeof(line) - 1, text);
		/* a guest can print the same */
		if (!console_of_guest(line, line + strlen(line)))
			take_line(line, ret);
		text += len + (text[len] == '\n');
	}
}

struct err *iommu_faults_read(struct xen *x, struct iommu_faults *ret)
{
	char *text;
	size_t len;

	ERR_TRY(console_read(x, &text, &len));
	iommu_faults_parse(text, ret);
	free(text);
	return NULL;
}
