/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <xen/hvm/save.h>

#include "failed.h"

#define PAGE		4096UL

/* Pages of the helper: the program, then the pages that it may write. */
#define CODE_GFN	0x100UL
#define BOX_GFN		0x101UL
#define BOX_PAGES	(1 + LIVE_READ_MAX / PAGE)
#define OWN_PAGES	(1 + BOX_PAGES)
#define OWN_KIB		((OWN_PAGES + 16) * PAGE / 1024)

/* A copy takes microseconds, on an emulated host milliseconds. */
#define PATIENCE_NS	5000000000LL
#define SPIN_NS		500000
#define NAP_NS		20000

/* At the start of the writable pages; the copied data are in the next page. */
struct box {
	uint32_t asked;		/* set to 1 by the caller, to 0 by the program after the copy */
	uint32_t from;		/* physical address in the helper */
	uint32_t words;		/* number of 4-byte words */
};

/*
 * 32-bit protected mode without paging. es is writable and covers only the box;
 * ds covers all memory and is read-only.
 */
static const unsigned char program[] = {
	0xf3, 0x90,					/* pause */
	0x26, 0x83, 0x3d, 0, 0, 0, 0, 0,		/* cmpl $0, es:asked */
	0x74, 0xf4,					/* je to the start */
	0x26, 0x8b, 0x35, 4, 0, 0, 0,			/* mov es:from, esi */
	0x26, 0x8b, 0x0d, 8, 0, 0, 0,			/* mov es:words, ecx */
	0xbf, 0x00, 0x10, 0, 0,				/* mov $4096, edi */
	0xf3, 0xa5,					/* rep movsl */
	0x26, 0xc7, 0x05, 0, 0, 0, 0, 0, 0, 0, 0,	/* movl $0, es:asked */
	0xeb, 0xd2,					/* jmp to the start */
};

struct copier {
	struct helper *helper;
	volatile struct box *box;
	bool dead;
};

/*
 * Segment attributes in Xen's format: type, present; 0x400 is 32-bit, 0x800
 * means a limit in pages.
 */
static void set_cpu(struct hvm_hw_cpu *c)
{
	c->cr0 = 0x11;		/* PE, ET */
	c->rflags = 2;
	c->dr6 = 0xffff0ff0;
	c->dr7 = 0x400;
	c->cs_base = CODE_GFN * PAGE;
	c->cs_limit = PAGE - 1;
	c->cs_arbytes = 0x49b;
	c->ds_limit = ~0U;
	c->ds_arbytes = 0xc91;
	c->es_base = c->ss_base = BOX_GFN * PAGE;
	c->es_limit = c->ss_limit = BOX_PAGES * PAGE - 1;
	c->es_arbytes = c->ss_arbytes = 0x493;
	c->tr_limit = 0x67;
	c->tr_arbytes = 0x8b;
}

struct context {
	struct hvm_save_descriptor header_is;
	HVM_SAVE_TYPE(HEADER) header;
	struct hvm_save_descriptor cpu_is;
	HVM_SAVE_TYPE(CPU) cpu;
	struct hvm_save_descriptor end_is;
};

_Static_assert(sizeof(struct context) ==
	       3 * sizeof(struct hvm_save_descriptor) +
	       HVM_SAVE_LENGTH(HEADER) + HVM_SAVE_LENGTH(CPU),
	       "gap between records");

/* Xen accepts only its own header, which is therefore read first. */
static int load_cpu(struct helper *h)
{
	struct context c = {
		.cpu_is = { .typecode = HVM_SAVE_CODE(CPU),
			    .length = HVM_SAVE_LENGTH(CPU) },
		.end_is = { .typecode = HVM_SAVE_CODE(END) },
	};
	int size = xc_domain_hvm_getcontext(h->xc, h->domid, NULL, 0), n;
	uint8_t *saved = size > 0 ? malloc(size) : NULL;
	int rc = 0;

	if (!saved)
		return size > 0 ? -ENOMEM : failed();
	n = xc_domain_hvm_getcontext(h->xc, h->domid, saved, size);
	if (n < (int)(sizeof(c.header_is) + sizeof(c.header)))
		rc = n < 0 ? failed() : -EIO;
	if (!rc) {
		memcpy(&c, saved, sizeof(c.header_is) + sizeof(c.header));
		set_cpu(&c.cpu);
		if (xc_domain_hvm_setcontext(h->xc, h->domid, (uint8_t *)&c, sizeof(c)))
			rc = failed();
	}
	free(saved);
	return rc;
}

/* Adds the helper's pages, copies the program to the first and keeps the others mapped. */
static int fill_memory(struct copier *c, const char **what)
{
	struct helper *h = c->helper;
	xen_pfn_t gfn[OWN_PAGES];
	int error[OWN_PAGES];
	unsigned char *map;
	unsigned int i;

	for (i = 0; i < OWN_PAGES; i++)
		gfn[i] = CODE_GFN + i;
	*what = "adding memory to the helper domain (see free_memory in \"xl info\")";
	if (xc_domain_setmaxmem(h->xc, h->domid, OWN_KIB) ||
	    xc_domain_populate_physmap_exact(h->xc, h->domid, OWN_PAGES, 0, 0, gfn))
		return failed();
	for (i = 0; i < OWN_PAGES; i++)
		gfn[i] = CODE_GFN + i;
	*what = "mapping the helper domain's memory";
	map = xenforeignmemory_map(h->fmem, h->domid, PROT_READ | PROT_WRITE, 1,
				   gfn, error);
	if (!map)
		return failed();
	memcpy(map, program, sizeof(program));
	xenforeignmemory_unmap(h->fmem, map, 1);
	map = xenforeignmemory_map(h->fmem, h->domid, PROT_READ | PROT_WRITE,
				   BOX_PAGES, gfn + 1, error);
	if (!map)
		return failed();
	memset(map, 0, BOX_PAGES * PAGE);
	c->box = (volatile struct box *)map;
	return 0;
}

int copier_create(const struct live_memory_facts *facts, struct copier **ret,
		  const char **what)
{
	struct copier *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return -ENOMEM;
	rc = helper_create(facts, &c->helper, what);
	if (rc) {
		free(c);
		return rc;
	}
	rc = fill_memory(c, what);
	if (!rc) {
		*what = "loading the helper domain's registers";
		rc = load_cpu(c->helper);
	}
	if (rc) {
		copier_destroy(c);
		return rc;
	}
	*ret = c;
	return 0;
}

int copier_destroy(struct copier *c)
{
	int rc;

	if (c->box)
		xenforeignmemory_unmap(c->helper->fmem, (void *)c->box, BOX_PAGES);
	rc = helper_destroy(c->helper);
	free(c);
	return rc;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static bool wait_for_answer(volatile struct box *box)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	int64_t start = now_ns();

	while (__atomic_load_n(&box->asked, __ATOMIC_ACQUIRE)) {
		int64_t passed = now_ns() - start;

		if (passed > PATIENCE_NS)
			return false;
		/* on a host with one pcpu the helper requires this pcpu */
		if (passed > SPIN_NS)
			nanosleep(&nap, NULL);
	}
	return true;
}

/* Unpauses the helper for one copy, so that it uses no processor time otherwise. */
static int run(struct copier *c, uint64_t gpa, size_t len)
{
	struct helper *h = c->helper;
	bool answered;

	c->box->from = gpa;
	c->box->words = len / sizeof(uint32_t);
	__atomic_store_n(&c->box->asked, 1, __ATOMIC_RELEASE);
	if (xc_domain_unpause(h->xc, h->domid))
		return failed();
	answered = wait_for_answer(c->box);
	if (xc_domain_pause(h->xc, h->domid))
		return failed();
	return answered ? 0 : -ETIMEDOUT;
}

int copier_read(struct copier *c, uint64_t maddr, void *buf, size_t len)
{
	uint64_t gpa;
	int rc;

	if (c->dead)
		return -ETIMEDOUT;
	if (!len || len > LIVE_READ_MAX || len % PAGE)
		return -EINVAL;
	rc = helper_see(c->helper, maddr, &gpa);
	if (rc)
		return rc;
	rc = run(c, gpa, len);
	if (rc) {
		c->dead = true;
		return rc;
	}
	memcpy(buf, (const char *)c->box + PAGE, len);
	return 0;
}
