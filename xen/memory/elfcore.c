/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF cores: /proc/vmcore, makedumpfile -E, QEMU's dump-guest-memory. */
#include "dumpfile.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* Limit of program headers: the kernel makes one per range of RAM. */
#define LOADS_MAX	(1U << 20)

struct elfcore {
	struct dumpfile *file;
	Elf64_Phdr *load;	/* PT_LOADs sorted by p_paddr */
	unsigned int nr_loads;
	unsigned int last;	/* index of the PT_LOAD of the previous page */
};

static struct err *read_phdrs(const struct dumpfile *f, Elf64_Phdr **ret,
			      unsigned int *nr_ret)
{
	Elf64_Ehdr h;
	Elf64_Shdr sh;
	Elf64_Phdr *phdr;
	uint32_t n;
	struct err *e;

	ERR_TRY(dumpfile_read(f, 0, &h, sizeof(h)));
	if (h.e_ident[EI_CLASS] == ELFCLASS64 && h.e_type == ET_CORE && !h.e_phnum && h.e_shnum)
		return err_new(ERR_UNSUPPORTED, "%s: a core without program headers, such as that of a domain by \"xl dump-core\" or \"extract -f xc_core\", without the hypervisor; open it in crash with that domain's vmlinux",
			       f->path);
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_type != ET_CORE ||
	    h.e_machine != EM_X86_64 || h.e_phentsize != sizeof(*phdr))
		return err_new(ERR_UNSUPPORTED, "%s: not an x86_64 ELF core", f->path);
	n = h.e_phnum;
	if (n == PN_XNUM) {
		ERR_TRY(dumpfile_read(f, h.e_shoff, &sh, sizeof(sh)));
		n = sh.sh_info;
	}
	if (n > LOADS_MAX)
		return err_new(ERR_CORRUPT, "%s: invalid number of program headers: %u", f->path, n);
	if (n > f->size / sizeof(*phdr))
		return err_new(ERR_NOT_IN_DUMP, "%s is truncated: its %u program headers are past its end", f->path, n);
	phdr = calloc(n ? n : 1, sizeof(*phdr));
	if (!phdr)
		return err_nomem();
	e = dumpfile_read(f, h.e_phoff, phdr, n * sizeof(*phdr));
	if (e) {
		free(phdr);
		return e;
	}
	*ret = phdr;
	*nr_ret = n;
	return NULL;
}

static struct err *elf_notes(const struct dumpfile *f, struct notes **ret)
{
	Elf64_Phdr *phdr;
	unsigned int i, n;
	struct err *e;

	ERR_TRY(read_phdrs(f, &phdr, &n));
	e = err_new(ERR_NOT_FOUND, "%s has no notes%s", f->path,
		    f->flat && flat_is_cut(f->flat) ? ": it is truncated, its end mark is missing" : "");
	for (i = 0; i < n; i++) {
		if (phdr[i].p_type != PT_NOTE)
			continue;
		err_free(e);
		e = dumpfile_parse_notes(f, phdr[i].p_offset, phdr[i].p_filesz, ret);
		break;
	}
	free(phdr);
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

static const Elf64_Phdr *find_load(struct elfcore *c, uint64_t maddr)
{
	unsigned int low = 0, high = c->nr_loads;

	if (c->last < c->nr_loads && load_holds(&c->load[c->last], maddr))
		return &c->load[c->last];
	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (load_holds(&c->load[mid], maddr)) {
			c->last = mid;
			return &c->load[mid];
		}
		if (maddr < c->load[mid].p_paddr)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/*
 * Segments may start or end inside a page (that of the low 640 KiB does); bytes
 * of the page outside all segments are zero.
 */
static struct err *elf_read_page(void *priv, uint64_t maddr, void *page)
{
	struct elfcore *c = priv;
	const Elf64_Phdr *p = find_load(c, maddr);
	uint64_t skip = 0, offset, n;

	while (!p && ++skip < XPAGE_SIZE / 512)
		p = find_load(c, maddr + skip * 512);
	if (!p)
		return err_new(ERR_NOT_IN_DUMP,
			       "machine address %" PRIx64 " is not in the dump", maddr);
	skip = p->p_paddr > maddr ? p->p_paddr - maddr : 0;
	offset = maddr + skip - p->p_paddr;
	n = XPAGE_SIZE - skip;
	if (n > p->p_memsz - offset)
		n = p->p_memsz - offset;
	if (offset >= p->p_filesz)
		n = 0;
	else if (n > p->p_filesz - offset)
		n = p->p_filesz - offset;
	if (n < XPAGE_SIZE)
		memset(page, 0, XPAGE_SIZE);
	if (!n)
		return NULL;
	return err_prefix(dumpfile_read(c->file, p->p_offset + offset, (char *)page + skip, n),
			  "machine address %" PRIx64, maddr);
}

static size_t elf_read_pages(void *priv, uint64_t maddr, void *pages, size_t nr)
{
	struct elfcore *c = priv;
	const Elf64_Phdr *p = find_load(c, maddr);
	uint64_t offset = p ? maddr - p->p_paddr : 0;
	struct err *e;

	if (!p || p->p_filesz < offset)
		return 0;
	if (nr > (p->p_filesz - offset) / XPAGE_SIZE)
		nr = (p->p_filesz - offset) / XPAGE_SIZE;
	e = dumpfile_read(c->file, p->p_offset + offset, pages, nr * XPAGE_SIZE);
	if (e)
		nr = 0;
	err_free(e);
	return nr;
}

static const void *elf_borrow_page(void *priv, uint64_t maddr)
{
	struct elfcore *c = priv;
	const Elf64_Phdr *p = find_load(c, maddr);
	uint64_t offset = p ? maddr - p->p_paddr : 0;

	if (!p || p->p_filesz < XPAGE_SIZE || offset > p->p_filesz - XPAGE_SIZE)
		return NULL;
	if ((p->p_offset + offset) % sizeof(uint64_t))
		return NULL;
	return dumpfile_bytes(c->file, p->p_offset + offset, XPAGE_SIZE);
}

static void elf_destroy(void *priv)
{
	struct elfcore *c = priv;

	dumpfile_close(c->file);
	free(c->load);
	free(c);
}

static const struct memory_ops elf_ops = {
	.name = "ELF core",
	.read_page = elf_read_page,
	.read_pages = elf_read_pages,
	.borrow_page = elf_borrow_page,
	.destroy = elf_destroy,
};

static struct err *collect_loads(struct elfcore *c, const struct dumpfile *f)
{
	unsigned int i;

	ERR_TRY(read_phdrs(f, &c->load, &c->nr_loads));
	for (i = 0; i < c->nr_loads;) {
		if (c->load[i].p_type == PT_LOAD && c->load[i].p_memsz)
			i++;
		else
			c->load[i] = c->load[--c->nr_loads];
	}
	if (!c->nr_loads)
		return err_new(ERR_CORRUPT, "%s contains no memory", f->path);
	array_sort(c->load, c->nr_loads, sizeof(*c->load), by_paddr);
	return NULL;
}

static struct err *elf_memory(struct dumpfile *f, struct memory **ret)
{
	struct elfcore *c = calloc(1, sizeof(*c));
	struct err *e;

	if (!c)
		return err_nomem();
	e = collect_loads(c, f);
	if (!e) {
		c->file = f;
		e = memory_create(&elf_ops, c, ret);
	}
	if (e) {
		free(c->load);
		free(c);
	}
	return e;
}

const struct dump_format elfcore_format = {
	"ELF core", ELFMAG, SELFMAG, elf_notes, elf_memory, NULL
};
