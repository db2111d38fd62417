/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "taint.h"

#include <stdio.h>

#include "xen/base/array.h"
#include "xen/model/words.h"

/* TAINT_* of include/xen/lib.h: 4.4 to 4.7, and 4.8 to master. */
static const char *const old_bits[] = {
	"unsafe SMP", "machine check", "bad page",
	"synchronous console", "error injection",
};

static const char *const bits[] = {
	"synchronous console", "machine check", "error injection",
	"HVM forced emulation prefix (hvm_fep)", "insecure machine",
	"pcpu out of specification",
};

static const struct {
	unsigned int major, minor;	/* first version that has the bit */
	const char *const *names;
	unsigned int nr;
} layouts[] = {
	{ 4, 8, bits, ARRAY_SIZE(bits) },
	{ 0, 0, old_bits, ARRAY_SIZE(old_bits) },
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
