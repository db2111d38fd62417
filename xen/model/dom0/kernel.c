/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_image.h"

/* Maximum distance, in bytes, of the Xen notes of a kernel from its build-id. */
#define NOTES_LEN	512

/* Page of the image at which the search begins: banner and notes follow the text, mostly more than 8 MiB. */
#define SEARCH_FIRST	(8UL << 20 >> XPAGE_SHIFT)

static const char banner_mark[] = "Linux version ";
static const unsigned char note_mark[] = { 4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0,
					   'G', 'N', 'U', 0 };
#define NOTE_ID_LEN	20

/* "#1 SMP ..."; format strings and the banner of the first link have no number. */
static bool is_banner(const char *text, size_t len)
{
	const char *number = memchr(text, '#', len);

	return number && number + 1 < text + len && isdigit((unsigned char)number[1]);
}

static void look_for_banner(const char *text, size_t len, struct kernel *k)
{
	const char *at = text;

	while (!k->banner[0] &&
	       (at = memmem(at, text + len - at, banner_mark, strlen(banner_mark)))) {
		size_t left = text + len - at;
		size_t n = strnlen(at, left < sizeof(k->banner) ? left : sizeof(k->banner) - 1);

		if (n < left && is_banner(at, n)) {
			snprintf(k->banner, sizeof(k->banner), "%.*s",
				 (int)strcspn(at, "\r\n"), at);
			sscanf(k->banner + strlen(banner_mark), "%95s", k->release);
		}
		at++;
	}
}

/* Excludes other build-ids: vDSOs, programs in freed pages of the image. */
static bool has_xen_notes_near(const unsigned char *bytes, size_t len, size_t at)
{
	size_t from = at > KERNEL_IMAGE_OVERLAP ? at - KERNEL_IMAGE_OVERLAP : 0;
	size_t to = len - at > NOTES_LEN ? at + NOTES_LEN : len;

	return memmem(bytes + from, to - from, "Xen", sizeof("Xen"));
}

/* Notes are aligned to four bytes. */
static void look_for_build_id(const unsigned char *bytes, size_t len,
			      struct kernel *k)
{
	const unsigned char *at = bytes, *end = bytes + len;

	while (!k->build_id_len &&
	       (at = memmem(at, end - at, note_mark, sizeof(note_mark)))) {
		const unsigned char *id = at + sizeof(note_mark);

		if (!((at - bytes) & 3) && end - id >= NOTE_ID_LEN &&
		    has_xen_notes_near(bytes, len, at - bytes)) {
			memcpy(k->build_id, id, NOTE_ID_LEN);
			k->build_id_len = NOTE_ID_LEN;
		}
		at++;
	}
}

static bool look_at_page(void *arg, const char *bytes, size_t len, uint64_t pfn)
{
	struct kernel *k = arg;

	(void)pfn;
	look_for_banner(bytes, len, k);
	look_for_build_id((const unsigned char *)bytes, len, k);
	return k->banner[0] && k->build_id_len;
}

static struct err *search(struct xen *x, struct kernel *k)
{
	ERR_TRY(kernel_image_scan(x, SEARCH_FIRST, look_at_page, k));
	if (!k->banner[0] && !k->build_id_len)
		return err_new(ERR_NOT_FOUND, "no Linux kernel in the first 80 MiB of dom0");
	return NULL;
}

struct err *kernel_find(struct xen *x, struct kernel *ret)
{
	struct provenance before = provenance_enter();
	struct err *e = NULL;

	*ret = x->kernel ? *x->kernel : (struct kernel){ .unproved = false };
	if (!x->kernel)
		e = search(x, ret);
	ret->unproved |= provenance_leave(before);
	provenance_use_if(ret->unproved);
	/* searched again if there is no memory to keep it */
	if (!e && !x->kernel && (x->kernel = malloc(sizeof(*x->kernel))))
		*x->kernel = *ret;
	return e;
}

static struct err *compare_build_ids(const struct kernel *k,
				     const struct image *img)
{
	char memory[2 * BUILD_ID_MAX + 1], file[2 * BUILD_ID_MAX + 1];

	if (!k->build_id_len || k->build_id_len != img->build_id_len ||
	    !memcmp(k->build_id, img->build_id, k->build_id_len))
		return NULL;
	return err_new(ERR_MISMATCH,
		       "%s is not the kernel of this dump: its build-id is %s, dom0 runs Linux %s with %s",
		       img->path,
		       build_id_text(img->build_id, img->build_id_len, file, sizeof(file)),
		       k->release,
		       build_id_text(k->build_id, k->build_id_len, memory, sizeof(memory)));
}

struct err *kernel_check_vmlinux(struct xen *x, const char *path)
{
	struct image *img = NULL;
	struct kernel k;
	struct err *e = kernel_find(x, &k);

	if (!e)
		e = image_probe(path, &img);
	if (e) {
		err_free(e);
		return interrupt_check();
	}
	e = compare_build_ids(&k, img);
	image_close(img);
	return e;
}
