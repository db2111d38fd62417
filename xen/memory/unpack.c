/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unpack.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>
#ifdef HAVE_LIBZSTD
#include <zstd.h>
#endif

#include "xen/base/array.h"
#include "memory.h"

typedef bool unpack_fn(void *fn, const void *from, uint32_t size, void *page);

static bool from_plain(void *fn, const void *from, uint32_t size, void *page)
{
	(void)fn;
	if (size != XPAGE_SIZE)
		return false;
	memcpy(page, from, size);
	return true;
}

/* One state for all pages: creating one takes longer than unpacking most pages. */
static bool from_zlib(void *fn, const void *from, uint32_t size, void *page)
{
	static z_stream stream;
	static bool ready;

	(void)fn;
	if (!ready)
		ready = inflateInit(&stream) == Z_OK;
	else if (inflateReset(&stream) != Z_OK)
		return false;
	stream.next_in = (unsigned char *)from;
	stream.avail_in = size;
	stream.next_out = page;
	stream.avail_out = XPAGE_SIZE;
	return ready && inflate(&stream, Z_FINISH) == Z_STREAM_END && !stream.avail_out;
}

static bool from_lzo(void *fn, const void *from, uint32_t size, void *page)
{
	int (*decompress)(const void *from, unsigned long size, void *to,
			  unsigned long *to_size, void *work) = fn;
	unsigned long got = XPAGE_SIZE;

	return !decompress(from, size, page, &got, NULL) && got == XPAGE_SIZE;
}

static bool from_snappy(void *fn, const void *from, uint32_t size, void *page)
{
	int (*decompress)(const char *from, size_t size, char *to,
			  size_t *to_size) = fn;
	size_t got = XPAGE_SIZE;

	return !decompress(from, size, page, &got) && got == XPAGE_SIZE;
}

#ifdef HAVE_LIBZSTD
static bool from_zstd(void *fn, const void *from, uint32_t size, void *page)
{
	(void)fn;
	return ZSTD_decompress(page, XPAGE_SIZE, from, size) == XPAGE_SIZE;
}
#else
#define from_zstd NULL
#endif

/*
 * lzo and snappy are loaded when a page requires them: where such dumps are
 * used, crash is linked with them, and no other code requires them.
 */
static struct method {
	uint32_t flag;
	unpack_fn *unpack;
	const char *library, *symbol;	/* NULL: linked at build time */
	void *fn;
} methods[] = {
	{ 0x00, from_plain, NULL, NULL, NULL },
	{ 0x01, from_zlib, NULL, NULL, NULL },
	{ 0x02, from_lzo, "liblzo2.so.2", "lzo1x_decompress_safe", NULL },
	{ 0x04, from_snappy, "libsnappy.so.1", "snappy_uncompress", NULL },
	{ 0x20, from_zstd, "libzstd", NULL, NULL },
};

static struct err *method_ready(struct method *m)
{
	void *library;

	if (m->symbol && !m->fn) {
		library = dlopen(m->library, RTLD_NOW | RTLD_LOCAL);
		m->fn = library ? dlsym(library, m->symbol) : NULL;
	}
	if (m->unpack && (m->fn || !m->symbol))
		return NULL;
	return err_new(ERR_UNSUPPORTED, "compressed: requires %s, which is not %s",
		       m->library, m->symbol ? "installed" : "in this build");
}

struct err *unpack_page(uint32_t flags, const void *from, uint32_t size,
			void *page)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (flags != methods[i].flag)
			continue;
		ERR_TRY(method_ready(&methods[i]));
		if (methods[i].unpack(methods[i].fn, from, size, page))
			return NULL;
		return err_new(ERR_CORRUPT, "cannot be unpacked");
	}
	return err_new(ERR_UNSUPPORTED, "unknown compression (flags %x)", flags);
}
