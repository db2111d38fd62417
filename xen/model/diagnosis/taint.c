/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "taint.h"

#include <stdio.h>

#include "xen/model/words.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* TAINT_* of include/xen/lib.h: 4.4 to 4.7, and 4.8 to master. */
static const char *const old_bits[] = {
	"SMP on pcpus not made for it", "machine check", "bad page",
	"synchronous console", "error injection",
};

static const char *const bits[] = {
	"synchronous console", "machine check", "error injection",
	"forced emulation for guests (hvm_fep)", "insecure machine",
	"pcpu run out of its specification",
};

static const struct {
	unsigned int major, minor;	/* from this version on */
	const char *const *names;
	unsigned int nr;
} layouts[] = {
	{ 4, 8, bits, N(bits) },
	{ 0, 0, old_bits, N(old_bits) },
};

const char *taint_text(const struct xen_identity *id, uint64_t tainted, char *buf,
		       size_t size)
{
	unsigned int i = 0;

	while (id->major < layouts[i].major ||
	       (id->major == layouts[i].major && id->minor < layouts[i].minor))
		i++;
	snprintf(buf, size, "%s", tainted ? "" : "none");
	words_add_bits(buf, size, tainted, layouts[i].names, layouts[i].nr);
	return buf;
}
