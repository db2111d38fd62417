/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#ifdef HAVE_LIBLZMA
#include <lzma.h>
#endif
#ifdef HAVE_LIBZSTD
#include <zstd.h>
#endif

#include "array.h"

/* procfs texts have no size beforehand; kallsyms is the largest, 15 MB. */
#define TEXT_MAX	(256UL << 20)
#define XZ_MEMORY_MAX	(256UL << 20)

struct file {
	char *path;
	enum file_format format;
	/* the file as stored on disk */
	const uint8_t *in;
	size_t in_size;
	size_t in_used;
	void *mapped;		/* equals in, if it is a mapping */
	void *owned;		/* equals in, if it was read */
	/* unpacked; not used for FILE_PLAIN */
	uint8_t *out;
	size_t out_size;
	size_t out_room;
	bool complete;
	const struct codec *codec;
	void *state;
};

/*
 * A decompressor. step() writes at most *out_len bytes to out, sets *out_len to
 * their number, advances f->in_used, and sets f->complete at the end. Returns
 * NULL, or a text about the fault of the stream.
 */
struct codec {
	enum file_format format;
	const char *name;
	uint8_t magic[6];
	uint8_t magic_len;
	bool (*init)(struct file *f);
	const char *(*step)(struct file *f, uint8_t *out, size_t *out_len);
	void (*done)(struct file *f);
};

static const char cut_off[] = "the stream ends early: the file is truncated";

/* zlib counts in unsigned int. */
static unsigned int clamp_uint(size_t len)
{
	return len > (1U << 30) ? 1U << 30 : (unsigned int)len;
}

static bool gzip_init(struct file *f)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (!z)
		return false;
	if (inflateInit2(z, 15 + 16) != Z_OK) {
		free(z);
		return false;
	}
	f->state = z;
	return true;
}

static bool gzip_more_members(const struct file *f)
{
	return f->in_size - f->in_used >= 2 && f->in[f->in_used] == 0x1f &&
	       f->in[f->in_used + 1] == 0x8b;
}

static const char *gzip_step(struct file *f, uint8_t *out, size_t *out_len)
{
	z_stream *z = f->state;
	unsigned int room = clamp_uint(*out_len);
	unsigned int left = clamp_uint(f->in_size - f->in_used);
	int rc;

	z->next_in = (uint8_t *)f->in + f->in_used;
	z->avail_in = left;
	z->next_out = out;
	z->avail_out = room;
	rc = inflate(z, Z_NO_FLUSH);
	f->in_used += left - z->avail_in;
	*out_len = room - z->avail_out;
	if (rc == Z_STREAM_END) {
		if (!gzip_more_members(f))
			f->complete = true;
		else if (inflateReset(z) != Z_OK)
			return "the next gzip member cannot be read";
		return NULL;
	}
	if (rc == Z_OK && (*out_len || f->in_used < f->in_size))
		return NULL;
	if (rc == Z_OK || rc == Z_BUF_ERROR)
		return cut_off;
	return z->msg ? z->msg : "not a valid gzip stream";
}

static void gzip_done(struct file *f)
{
	inflateEnd(f->state);
	free(f->state);
}

#ifdef HAVE_LIBLZMA
static bool xz_init(struct file *f)
{
	lzma_stream *x = malloc(sizeof(*x));

	if (!x)
		return false;
	*x = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(x, XZ_MEMORY_MAX, LZMA_CONCATENATED) !=
	    LZMA_OK) {
		free(x);
		return false;
	}
	f->state = x;
	return true;
}

static const char *xz_step(struct file *f, uint8_t *out, size_t *out_len)
{
	lzma_stream *x = f->state;
	size_t left = f->in_size - f->in_used;
	lzma_ret rc;

	x->next_in = f->in + f->in_used;
	x->avail_in = left;
	x->next_out = out;
	x->avail_out = *out_len;
	rc = lzma_code(x, LZMA_FINISH);
	f->in_used += left - x->avail_in;
	*out_len -= x->avail_out;
	if (rc == LZMA_STREAM_END)
		f->complete = true;
	if (rc == LZMA_OK || rc == LZMA_STREAM_END)
		return NULL;
	return rc == LZMA_BUF_ERROR ? cut_off : "not a valid xz stream";
}

static void xz_done(struct file *f)
{
	lzma_end(f->state);
	free(f->state);
}
#endif

#ifdef HAVE_LIBZSTD
static bool zstd_init(struct file *f)
{
	f->state = ZSTD_createDStream();
	return f->state != NULL;
}

static const char *zstd_step(struct file *f, uint8_t *out, size_t *out_len)
{
	ZSTD_inBuffer in = { f->in, f->in_size, f->in_used };
	ZSTD_outBuffer dst = { out, *out_len, 0 };
	size_t rc = ZSTD_decompressStream(f->state, &dst, &in);

	*out_len = dst.pos;
	if (ZSTD_isError(rc))
		return "not a valid zstd stream";
	if (in.pos == f->in_used && !dst.pos)
		return cut_off;
	f->in_used = in.pos;
	/* 0 is the end of a frame; another one may follow */
	if (!rc && in.pos == in.size)
		f->complete = true;
	return NULL;
}

static void zstd_done(struct file *f)
{
	ZSTD_freeDStream(f->state);
}
#endif

static const struct codec codecs[] = {
	{ FILE_PLAIN, "plain", { 0 }, 0, NULL, NULL, NULL },
	{ FILE_GZIP, "gzip", { 0x1f, 0x8b, 0x08 }, 3,
	  gzip_init, gzip_step, gzip_done },
	{ FILE_XZ, "xz", { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6,
#ifdef HAVE_LIBLZMA
	  xz_init, xz_step, xz_done },
#else
	  NULL, NULL, NULL },
#endif
	{ FILE_ZSTD, "zstd", { 0x28, 0xb5, 0x2f, 0xfd }, 4,
#ifdef HAVE_LIBZSTD
	  zstd_init, zstd_step, zstd_done },
#else
	  NULL, NULL, NULL },
#endif
};

#define NR_CODECS ARRAY_SIZE(codecs)

static const struct codec *codec_of(const uint8_t *in, size_t len)
{
	for (size_t i = 1; i < NR_CODECS; i++) {
		const struct codec *c = &codecs[i];

		if (len >= c->magic_len && !memcmp(in, c->magic, c->magic_len))
			return c;
	}
	return &codecs[FILE_PLAIN];
}

/* procfs: the size is known only after reading the whole file */
static struct err *read_text(struct file *f, int fd)
{
	size_t room = 0, size = 0;
	char *text = NULL;

	for (;;) {
		ssize_t n;

		if (size == room) {
			char *more;

			room = room ? room * 2 : 1UL << 16;
			more = room > TEXT_MAX ? NULL : realloc(text, room);
			if (!more) {
				free(text);
				return room > TEXT_MAX ?
					err_new(ERR_UNSUPPORTED, "%s: larger than %lu MiB",
						f->path, TEXT_MAX >> 20) :
					err_nomem();
			}
			text = more;
		}
		n = read(fd, text + size, room - size);
		if (n < 0 && errno == EINTR) {
			struct err *e = interrupt_check();

			if (!e)
				continue;
			free(text);
			return e;
		}
		if (n < 0) {
			struct err *e = err_io(errno, "cannot read %s", f->path);

			free(text);
			return e;
		}
		if (!n)
			break;
		size += n;
	}
	f->owned = text;
	f->in = (uint8_t *)text;
	f->in_size = size;
	return NULL;
}

static struct err *not_regular(const char *path)
{
	return err_new(ERR_UNSUPPORTED, "%s: not a regular file", path);
}

static struct err *map_or_read(struct file *f, int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st))
		return err_io(errno, "cannot stat %s", f->path);
	if (!S_ISREG(st.st_mode))
		return not_regular(f->path);
	if (!st.st_size)
		return read_text(f, fd);
	/* libelf changes the headers of compressed sections when it unpacks them */
	p = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
		 fd, 0);
	if (p == MAP_FAILED)
		return err_io(errno, "cannot map %s", f->path);
	f->mapped = p;
	f->in = p;
	f->in_size = st.st_size;
	return NULL;
}

static struct err *start_codec(struct file *f)
{
	f->codec = codec_of(f->in, f->in_size);
	f->format = f->codec->format;
	if (f->format == FILE_PLAIN) {
		f->complete = true;
		return NULL;
	}
	if (!f->codec->init)
		return err_new(ERR_UNSUPPORTED,
			       "%s: compressed with %s, which this build cannot read; unpack it first",
			       f->path, f->codec->name);
	return f->codec->init(f) ? NULL : err_nomem();
}

static struct file *file_new(const char *path)
{
	struct file *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->path = strdup(path);
	if (!f->path) {
		free(f);
		return NULL;
	}
	return f;
}

int file_open_regular(const char *path)
{
	struct stat st;

	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	/* of a file that was replaced since then, a fifo must not block */
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

struct err *file_open(const char *path, struct file **ret)
{
	struct file *f = file_new(path);
	struct err *e;
	int fd;

	if (!f)
		return err_nomem();
	fd = file_open_regular(path);
	if (fd < 0) {
		e = errno == EINVAL ? not_regular(path) : err_io(errno, "cannot open %s", path);
	} else {
		e = map_or_read(f, fd);
		close(fd);
	}
	if (!e)
		e = start_codec(f);
	if (e) {
		file_close(f);
		return e;
	}
	*ret = f;
	return NULL;
}

struct err *file_from_bytes(const char *name, const void *bytes, size_t len,
			    struct file **ret)
{
	struct file *f = file_new(name);
	struct err *e;

	if (!f)
		return err_nomem();
	f->in = bytes;
	f->in_size = len;
	e = start_codec(f);
	if (e) {
		file_close(f);
		return e;
	}
	*ret = f;
	return NULL;
}

void file_close(struct file *f)
{
	if (!f)
		return;
	if (f->state)
		f->codec->done(f);
	if (f->mapped)
		munmap(f->mapped, f->in_size);
	free(f->owned);
	free(f->out);
	free(f->path);
	free(f);
}

static struct err *grow(struct file *f)
{
	size_t room = f->out_room ? f->out_room * 2 : 1UL << 17;
	uint8_t *more;

	if (room > FILE_UNPACKED_MAX)
		return err_new(ERR_UNSUPPORTED, "%s: unpacks to more than %lu MiB",
			       f->path, FILE_UNPACKED_MAX >> 20);
	more = realloc(f->out, room);
	if (!more)
		return err_nomem();
	f->out = more;
	f->out_room = room;
	return NULL;
}

struct err *file_want(struct file *f, size_t len)
{
	while (!f->complete && f->out_size < len) {
		const char *wrong;
		size_t n;

		ERR_TRY(interrupt_check());
		if (f->out_size == f->out_room)
			ERR_TRY(grow(f));
		n = f->out_room - f->out_size;
		wrong = f->codec->step(f, f->out + f->out_size, &n);
		f->out_size += n;
		if (wrong)
			return err_new(ERR_CORRUPT,
				       "%s: unpacking %s after %zu bytes: %s",
				       f->path, f->codec->name, f->out_size, wrong);
	}
	return NULL;
}

const uint8_t *file_data(const struct file *f)
{
	return f->format == FILE_PLAIN ? f->in : f->out;
}

size_t file_size(const struct file *f)
{
	return f->format == FILE_PLAIN ? f->in_size : f->out_size;
}

enum file_format file_format(const struct file *f)
{
	return f->format;
}

const char *file_format_name(enum file_format format)
{
	return (size_t)format < NR_CODECS ? codecs[format].name : "?";
}
