/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "corefile.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Notes of a host with 8192 pcpus are below 4 MiB. */
#define MAX_NOTES	(16UL << 20)

/* makedumpfile's compressed format (its diskdump_mod.h; header_version >= 4) */
#define KDUMP_SIGNATURE		"KDUMP   "
#define KDUMP_VERSION_AT	8
#define KDUMP_BLOCK_SIZE_AT	428
#define KDUMP_SUB_NOTE_AT	48	/* offset_note, size_note in block 1 */

/* makedumpfile -F: big-endian {offset, size} records after a 4 KiB header */
#define FLAT_SIGNATURE		"makedumpfile"
#define FLAT_FIRST_RECORD	4096

struct corefile {
	char *path;
	const unsigned char *map;
	uint64_t size;
	bool flat;
	Elf64_Phdr *load;	/* PT_LOADs sorted by p_paddr */
	unsigned int nr_loads;
	unsigned int last;	/* where the previous page was found */
};

static void corefile_close(struct corefile *f)
{
	if (!f)
		return;
	if (f->map)
		munmap((void *)f->map, f->size);
	free(f->load);
	free(f->path);
	free(f);
}

static struct err *map_file(struct corefile *f, const char *path)
{
	struct stat st;
	void *map;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_io(errno, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return err_new(ERR_UNSUPPORTED, "%s: not a dump file", path);
	}
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return err_io(errno, "%s: mmap", path);
	f->map = map;
	f->size = st.st_size;
	return NULL;
}

static struct err *corefile_open(const char *path, struct corefile **ret)
{
	struct corefile *f = calloc(1, sizeof(*f));
	struct err *e;

	if (!f)
		return err_nomem();
	f->path = strdup(path);
	e = f->path ? map_file(f, path) : err_nomem();
	if (e) {
		corefile_close(f);
		return e;
	}
	f->flat = f->size > FLAT_FIRST_RECORD &&
		  !memcmp(f->map, FLAT_SIGNATURE, sizeof(FLAT_SIGNATURE));
	*ret = f;
	return NULL;
}

static struct err *cut_short(const struct corefile *f, uint64_t at, size_t len)
{
	return err_new(ERR_NOT_IN_DUMP,
		       "%s is cut short: %zu bytes at %" PRIu64 " are past its end (%" PRIu64 ")",
		       f->path, len, at, f->size);
}

/*
 * Collects a range of the re-arranged file out of the records of the
 * flattened one. Only headers and notes are read this way, so that a pass over
 * the records each time is cheap enough.
 */
static struct err *read_flat(const struct corefile *f, uint64_t at, void *buf,
			     size_t len)
{
	uint64_t pos = FLAT_FIRST_RECORD, size;
	int64_t header[2], offset;
	size_t got = 0;

	while (got < len) {
		uint64_t from, to;

		ERR_TRY(interrupt_check());
		if (f->size - pos < sizeof(header))
			return cut_short(f, at, len);
		memcpy(header, f->map + pos, sizeof(header));
		pos += sizeof(header);
		offset = be64toh(header[0]);
		size = be64toh(header[1]);
		if (offset < 0)
			return cut_short(f, at, len);
		if (size > f->size - pos)
			return cut_short(f, pos, size);
		from = at > (uint64_t)offset ? at : (uint64_t)offset;
		to = at + len < offset + size ? at + len : offset + size;
		if (from < to) {
			memcpy((char *)buf + (from - at),
			       f->map + pos + (from - offset), to - from);
			got += to - from;
		}
		pos += size;
	}
	return NULL;
}

static struct err *read_at(const struct corefile *f, uint64_t at, void *buf,
			   size_t len)
{
	if (at + len < at)
		return err_new(ERR_CORRUPT, "%s: offset %" PRIu64 " wraps around",
			       f->path, at);
	if (f->flat)
		return read_flat(f, at, buf, len);
	if (at + len > f->size)
		return cut_short(f, at, len);
	memcpy(buf, f->map + at, len);
	return NULL;
}

static struct err *read_phdrs(const struct corefile *f, Elf64_Phdr **ret,
			      unsigned int *nr_ret)
{
	Elf64_Ehdr h;
	Elf64_Shdr sh;
	Elf64_Phdr *phdr;
	uint32_t n;
	struct err *e;

	ERR_TRY(read_at(f, 0, &h, sizeof(h)));
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_type != ET_CORE ||
	    h.e_machine != EM_X86_64 || h.e_phentsize != sizeof(*phdr))
		return err_new(ERR_UNSUPPORTED, "%s: not an x86_64 ELF core", f->path);
	n = h.e_phnum;
	if (n == PN_XNUM) {
		ERR_TRY(read_at(f, h.e_shoff, &sh, sizeof(sh)));
		n = sh.sh_info;
	}
	if (n > f->size / sizeof(*phdr))
		return err_new(ERR_CORRUPT, "%s: %u program headers", f->path, n);
	phdr = calloc(n ? n : 1, sizeof(*phdr));
	if (!phdr)
		return err_nomem();
	e = read_at(f, h.e_phoff, phdr, n * sizeof(*phdr));
	if (e) {
		free(phdr);
		return e;
	}
	*ret = phdr;
	*nr_ret = n;
	return NULL;
}

static struct err *notes_at(const struct corefile *f, uint64_t at, uint64_t len,
			    struct notes **ret)
{
	struct err *e;
	void *bytes;

	if (len > MAX_NOTES)
		return err_new(ERR_CORRUPT, "%s: %" PRIu64 " bytes of notes",
			       f->path, len);
	bytes = malloc(len ? len : 1);
	if (!bytes)
		return err_nomem();
	e = read_at(f, at, bytes, len);
	if (!e)
		e = notes_parse(bytes, len, ret);
	free(bytes);
	return e;
}

static struct err *elf_notes(const struct corefile *f, struct notes **ret)
{
	Elf64_Phdr *phdr;
	unsigned int i, n;
	struct err *e;

	ERR_TRY(read_phdrs(f, &phdr, &n));
	e = err_new(ERR_NOT_FOUND, "%s has no notes", f->path);
	for (i = 0; i < n; i++) {
		if (phdr[i].p_type != PT_NOTE)
			continue;
		err_free(e);
		e = notes_at(f, phdr[i].p_offset, phdr[i].p_filesz, ret);
		break;
	}
	free(phdr);
	return e;
}

static struct err *kdump_notes(const struct corefile *f, struct notes **ret)
{
	uint32_t version, block_size;
	uint64_t note[2];

	ERR_TRY(read_at(f, KDUMP_VERSION_AT, &version, sizeof(version)));
	ERR_TRY(read_at(f, KDUMP_BLOCK_SIZE_AT, &block_size, sizeof(block_size)));
	if (version < 4)
		return err_new(ERR_UNSUPPORTED,
			       "%s: compressed dump of header version %u carries no notes",
			       f->path, version);
	ERR_TRY(read_at(f, (uint64_t)block_size + KDUMP_SUB_NOTE_AT, note,
			sizeof(note)));
	if (!note[1])
		return err_new(ERR_NOT_FOUND, "%s has no notes", f->path);
	return notes_at(f, note[0], note[1], ret);
}

static struct err *file_notes(const struct corefile *f, struct notes **ret)
{
	unsigned char magic[8];

	ERR_TRY(read_at(f, 0, magic, sizeof(magic)));
	if (!memcmp(magic, ELFMAG, SELFMAG))
		return elf_notes(f, ret);
	if (!memcmp(magic, KDUMP_SIGNATURE, sizeof(magic)))
		return kdump_notes(f, ret);
	return err_new(ERR_UNSUPPORTED,
		       "%s: neither an ELF core nor a compressed kdump", f->path);
}

struct err *corefile_notes(const char *path, struct notes **ret)
{
	struct corefile *f;
	struct err *e;

	ERR_TRY(corefile_open(path, &f));
	e = file_notes(f, ret);
	corefile_close(f);
	return e;
}

static int by_paddr(const void *a, const void *b)
{
	const Elf64_Phdr *x = a, *y = b;

	return x->p_paddr < y->p_paddr ? -1 : x->p_paddr > y->p_paddr;
}

static bool load_holds(const Elf64_Phdr *p, uint64_t maddr)
{
	return maddr >= p->p_paddr && maddr - p->p_paddr < p->p_memsz;
}

static const Elf64_Phdr *find_load(struct corefile *f, uint64_t maddr)
{
	unsigned int low = 0, high = f->nr_loads;

	if (f->last < f->nr_loads && load_holds(&f->load[f->last], maddr))
		return &f->load[f->last];
	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (load_holds(&f->load[mid], maddr)) {
			f->last = mid;
			return &f->load[mid];
		}
		if (maddr < f->load[mid].p_paddr)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/*
 * A segment need not start or end on a page (the low 640 KiB do not): bytes of
 * the page that no segment holds read as zero.
 */
static struct err *elf_read_page(void *priv, uint64_t maddr, void *page)
{
	struct corefile *f = priv;
	const Elf64_Phdr *p = find_load(f, maddr);
	uint64_t skip = 0, offset, n;

	while (!p && ++skip < XPAGE_SIZE / 512)
		p = find_load(f, maddr + skip * 512);
	if (!p)
		return err_new(ERR_NOT_IN_DUMP,
			       "machine address %" PRIx64 " is not in the dump", maddr);
	skip = p->p_paddr > maddr ? p->p_paddr - maddr : 0;
	offset = maddr + skip - p->p_paddr;
	n = XPAGE_SIZE - skip;
	if (n > p->p_memsz - offset)
		n = p->p_memsz - offset;
	memset(page, 0, XPAGE_SIZE);
	if (offset >= p->p_filesz)
		return NULL;
	if (n > p->p_filesz - offset)
		n = p->p_filesz - offset;
	return err_prefix(read_at(f, p->p_offset + offset, (char *)page + skip, n),
			  "machine address %" PRIx64, maddr);
}

static void elf_destroy(void *priv)
{
	corefile_close(priv);
}

static const struct memory_ops elf_ops = {
	.name = "ELF core",
	.read_page = elf_read_page,
	.destroy = elf_destroy,
};

static struct err *elf_loads(struct corefile *f)
{
	unsigned int i;

	if (f->flat)
		return err_new(ERR_UNSUPPORTED,
			       "%s: flattened; re-arrange it first (makedumpfile -R)",
			       f->path);
	ERR_TRY(read_phdrs(f, &f->load, &f->nr_loads));
	for (i = 0; i < f->nr_loads;) {
		if (f->load[i].p_type == PT_LOAD && f->load[i].p_memsz)
			i++;
		else
			f->load[i] = f->load[--f->nr_loads];
	}
	qsort(f->load, f->nr_loads, sizeof(*f->load), by_paddr);
	if (!f->nr_loads)
		return err_new(ERR_CORRUPT, "%s holds no memory", f->path);
	return NULL;
}

struct err *corefile_memory(const char *path, struct memory **ret)
{
	struct corefile *f;
	struct err *e;

	ERR_TRY(corefile_open(path, &f));
	e = elf_loads(f);
	if (!e)
		e = memory_create(&elf_ops, f, ret);
	if (e)
		corefile_close(f);
	return e;
}
