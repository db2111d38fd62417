/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "corewriter_internal.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xen/base/bytes.h"

static uint64_t page_up(uint64_t n)
{
	return (n + XPAGE_SIZE - 1) & XPAGE_MASK;
}

struct err *core_write_at(const struct corewriter *c, uint64_t at,
			  const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = pwrite(c->fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_io(n ? errno : ENOSPC, "%s: writing at byte %" PRIu64,
				      c->path, at);
		p += n;
		at += n;
		len -= n;
	}
	return NULL;
}

/*
 * Creates a file without a name in the folder of path; with a name where the
 * system does not support that.
 */
static struct err *open_file(struct corewriter *c)
{
	char copy[PATH_MAX];
	struct stat st;

	if (!*c->path)
		return err_new(ERR_USAGE, "the name of the file is empty");
	if (snprintf(copy, sizeof(copy), "%s", c->path) >= (int)sizeof(copy))
		return err_io(ENAMETOOLONG, "%s", c->path);
	/* also a link to nothing */
	if (!lstat(c->path, &st))
		return err_io(EEXIST, "%s: not replaced, choose another name", c->path);
	c->fd = open(dirname(copy), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (c->fd >= 0)
		return NULL;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return err_io(errno, "%s", c->path);
	if (asprintf(&c->temporary, "%s.XXXXXX", c->path) < 0) {
		c->temporary = NULL;
		return err_nomem();
	}
	c->fd = mkstemp(c->temporary);
	if (c->fd >= 0)
		return NULL;
	free(c->temporary);
	c->temporary = NULL;
	return err_io(errno, "%s", c->path);
}

struct err *core_place_loads(struct corewriter *c, uint64_t first)
{
	uint64_t at = first;

	for (unsigned int i = 0; i < c->nr_loads; i++) {
		const struct core_load *l = &c->load[i];
		unsigned int in;

		if (!l->is_inside) {
			c->offset[i] = at;
			at += l->size;
			continue;
		}
		for (in = 0; in < i; in++)
			if (l->paddr >= c->load[in].paddr &&
			    l->paddr - c->load[in].paddr + l->size <= c->load[in].size)
				break;
		if (in == i)
			return err_new(ERR_CORRUPT, "%s: a nested load is not inside of another one", c->path);
		c->offset[i] = c->offset[in] + (l->paddr - c->load[in].paddr);
	}
	c->size = at;
	return NULL;
}

/*
 * The number of program headers, if e_phnum cannot contain it, is stored in a
 * section header.
 */
static struct err *write_count(struct corewriter *c, Elf64_Ehdr *h, size_t at)
{
	Elf64_Shdr sh = { .sh_info = c->nr_loads + 1 };

	if (c->nr_loads + 1 < PN_XNUM)
		return NULL;
	h->e_phnum = PN_XNUM;
	h->e_shoff = at;
	h->e_shnum = 1;
	h->e_shentsize = sizeof(sh);
	return core_write_at(c, at, &sh, sizeof(sh));
}

static struct err *write_headers(struct corewriter *c, const void *notes,
				 size_t notes_len)
{
	size_t count = sizeof(Elf64_Ehdr) + (c->nr_loads + 1) * sizeof(Elf64_Phdr);
	size_t headers = count + sizeof(Elf64_Shdr);
	Elf64_Ehdr h = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_phoff = sizeof(h), .e_ehsize = sizeof(h),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = c->nr_loads + 1,
	};
	Elf64_Phdr *ph;
	struct err *e;

	ERR_TRY(core_place_loads(c, page_up(headers + notes_len)));
	ph = calloc(c->nr_loads + 1, sizeof(*ph));
	if (!ph)
		return err_nomem();
	ph[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = headers,
			      .p_filesz = notes_len, .p_memsz = notes_len };
	for (unsigned int i = 0; i < c->nr_loads; i++)
		ph[i + 1] = (Elf64_Phdr){
			.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
			.p_offset = c->offset[i], .p_vaddr = c->load[i].vaddr,
			.p_paddr = c->load[i].paddr, .p_filesz = c->load[i].size,
			.p_memsz = c->load[i].size,
		};
	e = write_count(c, &h, count);
	if (!e)
		e = core_write_at(c, 0, &h, sizeof(h));
	if (!e)
		e = core_write_at(c, sizeof(h), ph, count - sizeof(h));
	if (!e)
		e = core_write_at(c, headers, notes, notes_len);
	free(ph);
	if (!e && ftruncate(c->fd, c->size))
		e = err_io(errno, "%s: setting the size to %" PRIu64 " bytes", c->path, c->size);
	return e;
}

static bool take_params(struct corewriter *c, const char *path,
			const struct core_params *p)
{
	c->fd = -1;
	c->nr_loads = p->nr_loads;
	c->path = strdup(path);
	c->load = calloc(p->nr_loads ? p->nr_loads : 1, sizeof(*c->load));
	c->offset = calloc(p->nr_loads ? p->nr_loads : 1, sizeof(*c->offset));
	c->buffer = aligned_alloc(XPAGE_SIZE, CORE_BUFFER_SIZE);
	if (!c->path || !c->load || !c->offset || !c->buffer)
		return false;
	if (p->nr_loads)
		memcpy(c->load, p->loads, p->nr_loads * sizeof(*p->loads));
	return true;
}

static void ignore_limit(struct corewriter *c)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	c->has_limit = !sigaction(SIGXFSZ, &ignore, &c->on_limit);
}

struct err *core_create(const char *path, const struct core_params *p,
			struct corewriter **ret)
{
	struct corewriter *c;
	struct err *e;

	if (p->nr_loads > CORE_LOADS_MAX)
		return err_new(ERR_UNSUPPORTED, "%s: too many segments: %u", path, p->nr_loads);
	c = calloc(1, sizeof(*c));
	if (!c)
		return err_nomem();
	ignore_limit(c);
	e = take_params(c, path, p) ? open_file(c) : err_nomem();
	if (!e && p->xc)
		e = xcwriter_create(c, p);
	else if (!e)
		e = p->compressed ? kdumpwriter_create(c, p) :
				    write_headers(c, p->notes, p->notes_len);
	if (e) {
		core_abandon(c);
		return e;
	}
	*ret = c;
	return NULL;
}

struct err *core_flush(struct corewriter *c)
{
	size_t len = c->buffered;

	c->buffered = 0;
	ERR_TRY(core_write_at(c, c->buffer_at, c->buffer, len));
	/* the disk is busy while further pages are read; core_finish() waits for it */
	sync_file_range(c->fd, c->buffer_at, len, SYNC_FILE_RANGE_WRITE);
	return NULL;
}

struct err *core_append(struct corewriter *c, uint64_t at, const void *bytes,
			size_t len)
{
	if (c->buffered && (at != c->buffer_at + c->buffered ||
			    c->buffered + len > CORE_BUFFER_SIZE))
		ERR_TRY(core_flush(c));
	if (!c->buffered)
		c->buffer_at = at;
	memcpy(c->buffer + c->buffered, bytes, len);
	c->buffered += len;
	return NULL;
}

static bool holds(const struct core_load *l, uint64_t paddr)
{
	return !l->is_inside && paddr >= l->paddr && paddr - l->paddr < l->size;
}

/* Finds the load of paddr: that of the previous page, the next one, or by search. */
static bool find_load(struct corewriter *c, uint64_t paddr)
{
	unsigned int i;

	if (c->nr_loads && holds(&c->load[c->last], paddr))
		return true;
	for (i = c->last + 1; i < c->nr_loads; i++)
		if (holds(&c->load[i], paddr))
			break;
	if (i >= c->nr_loads)
		for (i = 0; i < c->nr_loads && !holds(&c->load[i], paddr); i++)
			;
	c->last = i < c->nr_loads ? i : 0;
	return i < c->nr_loads;
}

struct err *core_write_page(struct corewriter *c, uint64_t paddr,
			    const void *page)
{
	bool zero = is_zeros(page, XPAGE_SIZE);

	if (!find_load(c, paddr))
		return err_new(ERR_NOT_FOUND, "%s: %" PRIx64 " is not in a segment",
			       c->path, paddr);
	c->nr_zeros += zero;
	if (c->kdump)
		return kdumpwriter_page(c, paddr, page, zero);
	if (zero)
		return NULL;
	return core_append(c, c->offset[c->last] + (paddr - c->load[c->last].paddr),
			   page, XPAGE_SIZE);
}

uint64_t core_nr_zeros(const struct corewriter *c)
{
	return c->nr_zeros;
}

static struct err *give_name(struct corewriter *c)
{
	char self[64];
	int rc;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", c->fd);
	if (c->temporary)
		rc = link(c->temporary, c->path);
	else
		rc = linkat(AT_FDCWD, self, AT_FDCWD, c->path, AT_SYMLINK_FOLLOW);
	return rc ? err_io(errno, "%s: renaming the complete core", c->path) : NULL;
}

struct err *core_finish(struct corewriter *c)
{
	struct err *e = core_flush(c);

	if (!e && c->kdump)
		e = kdumpwriter_finish(c);
	/* a full disk may be reported only now */
	if (!e && fsync(c->fd) && errno != EINVAL)
		e = err_io(errno, "%s", c->path);
	if (!e)
		e = give_name(c);
	core_abandon(c);
	return e;
}

void core_abandon(struct corewriter *c)
{
	if (!c)
		return;
	if (c->has_limit)
		sigaction(SIGXFSZ, &c->on_limit, NULL);
	if (c->fd >= 0)
		close(c->fd);
	if (c->temporary)
		unlink(c->temporary);
	kdumpwriter_destroy(c->kdump);
	free(c->temporary);
	free(c->path);
	free(c->load);
	free(c->offset);
	free(c->buffer);
	free(c);
}

struct err *core_add_note(unsigned char **buf, size_t *len, const char *name,
			  uint32_t type, const void *desc, size_t size)
{
	Elf64_Nhdr h = { .n_namesz = strlen(name) + 1, .n_descsz = size,
			 .n_type = type };
	size_t name_len = (h.n_namesz + 3) & ~3UL, desc_len = (size + 3) & ~3UL;
	unsigned char *p = realloc(*buf, *len + sizeof(h) + name_len + desc_len);

	if (!p)
		return err_nomem();
	*buf = p;
	p += *len;
	*len += sizeof(h) + name_len + desc_len;
	memset(p, 0, sizeof(h) + name_len + desc_len);
	memcpy(p, &h, sizeof(h));
	memcpy(p + sizeof(h), name, h.n_namesz);
	memcpy(p + sizeof(h) + name_len, desc, size);
	return NULL;
}
