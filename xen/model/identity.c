/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identity of the hypervisor, from its crash note or from its memory. */
#include "identity.h"

#include <ctype.h>
#include <stdio.h>

#include "xen/image/match.h"

/* Limit, in bytes, of the hypervisor's image behind its start. */
#define IMAGE_MAX	(1ULL << 30)

/* Returns false for bytes that are not a version string. */
static bool is_text(const char *text)
{
	for (; *text; text++)
		if (!isprint((unsigned char)*text))
			return false;
	return true;
}

/* A string that continues past the memory of the dump is cut there. */
static void read_machine_string(struct xen *x, uint64_t maddr, char *buf,
				size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size; i++) {
		struct err *e = memory_read(x->memory, maddr + i, buf + i, 1);

		if (e) {
			err_free(e);
			break;
		}
		if (!buf[i])
			return;
	}
	buf[i] = 0;
}

/*
 * kexec_crash_save_info() of arch/x86/crash.c stores __pa() of each string,
 * (4.4 to master). A livepatch that replaces the function that returns it has a
 * string of its own, outside the image, for which __pa() is wrong: the string
 * is read through the page table.
 */
static void read_note_string(struct xen *x, uint64_t maddr, char *buf,
			     size_t size)
{
	const struct space_params *p = space_params(x->space);
	struct err *e;

	buf[0] = 0;
	if (!maddr)
		return;
	if (maddr > p->phys_start && maddr - p->phys_start < IMAGE_MAX) {
		e = space_read_string(x->space, p->virt_start +
				      (maddr - p->phys_start), buf, size);
		if (!e && is_text(buf))
			return;
		err_free(e);
	}
	read_machine_string(x, maddr, buf, size);
	if (!is_text(buf))
		buf[0] = 0;
}

static void identity_from_note(struct xen *x)
{
	const struct note_crash_info *info = &x->notes->crash_info;

	x->id.major = info->major;
	x->id.minor = info->minor;
	read_note_string(x, info->extra_version_maddr, x->id.extra,
			 sizeof(x->id.extra));
	read_note_string(x, info->changeset_maddr, x->id.changeset,
			 sizeof(x->id.changeset));
	read_note_string(x, info->compiler_maddr, x->id.compiler,
			 sizeof(x->id.compiler));
	read_note_string(x, info->compile_date_maddr, x->id.compile_date,
			 sizeof(x->id.compile_date));
}

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

/* Without a note: found by the symbol table in memory, like that of an image. */
static void identity_from_memory(struct xen *x)
{
	struct image_identity id;
	struct symbols *s;
	struct err *e = image_memory_symbols(x->space, &s);

	if (!e) {
		e = image_identity_read(s, image_read_space, x->space, &id);
		symbols_destroy(s);
	}
	if (e) {
		err_free(e);
		return;
	}
	x->id.major = id.major;
	x->id.minor = id.minor;
	copy_text(x->id.extra, sizeof(x->id.extra), id.extra);
	copy_text(x->id.changeset, sizeof(x->id.changeset), id.changeset);
	copy_text(x->id.compiler, sizeof(x->id.compiler), id.compiler);
	copy_text(x->id.compile_date, sizeof(x->id.compile_date), id.compile_date);
	image_identity_clear(&id);
}

void identity_read(struct xen *x)
{
	if (x->notes->has_crash_info)
		identity_from_note(x);
	else
		identity_from_memory(x);
	err_free(image_memory_build_id(x->space, x->id.build_id,
				       sizeof(x->id.build_id),
				       &x->id.build_id_len));
}
