/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live_memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "live_internal.h"
#include "xen/image/match.h"
#include "xen/model/memory_source.h"

#define AHEAD_PAGES	(LIVE_READ_MAX >> XPAGE_SHIFT)
#define MAJOR		4
#define ANY		(~0U)

/* Xen is relocated to a multiple of this, below 4 GiB (arch/x86/setup.c). */
#define BASE_STEP	(2ULL << 20)
#define BASE_LIMIT	(4ULL << 30)

/*
 * Each call of XEN_DOMCTL_memory_mapping ends in memory_type_changed(), which
 * up to 4.16 executes WBINVD on every pcpu if the domain has a vcpu
 * (common/domctl.c, arch/x86/hvm/mtrr.c). Without 2 MiB mappings a call covers
 * 64 frames (MAP_MMIO_MAX_ITER, arch/x86/mm/p2m.c).
 */
#define FLUSH_LAST	16
#define FLUSH_FRAMES	64

/* sizeof(struct page_info) without CONFIG_BIGMEM */
#define PAGE_INFO_SMALL	32

struct live_memory {
	struct xen *x;
	const struct live_memory_ops *ops;
	void *priv;
	enum live_method method;
	struct live_memory_facts facts;
	bool opened;
	/* the last pages read; sequential reads read ahead */
	uint64_t first;		/* number of the frame */
	unsigned int nr, want;
	unsigned char ahead[LIVE_READ_MAX];
};

enum {
	WANTS_HVM = 1 << 0,	/* VT-x or SVM */
	WANTS_GDBSX = 1 << 1,	/* compiled into this hypervisor */
	NO_FLASK = 1 << 2,
};

static struct err *read_page(void *priv, uint64_t maddr, void *page);
static void forget_ahead(void *priv);
static void end(void *priv);

#define MEMORY(text)	{ .name = text, .read_page = read_page, \
			  .flush = forget_ahead, .destroy = end }

/*
 * Minor versions of 4: first and last for a PV and for a PVH dom0; 0: never. A:
 * gdbsx accepts DOMID_IDLE from 4.6 to 4.13. Other versions search for the
 * domain without success, which crashes some of 4.14 to 4.16, or translate the
 * address with the caller's own page tables. C, D: the way in which domains are
 * created since 4.13. Since 4.15 C passes a handle, which a PVH dom0 can do. B:
 * dom0 can be PVH since 4.11.
 */
static const struct {
	const char *letter, *warning;
	struct memory_ops memory;
	unsigned int pv_first, pv_last, pvh_first, pvh_last;
	unsigned int wants;
} methods[] = {
	[LIVE_METHOD_IDLE] = {
		"A", "Xen reads its own memory through its debugger interface",
		MEMORY("gdbsx on DOMID_IDLE"), 6, 13, 0, 0, NO_FLASK,
	},
	[LIVE_METHOD_GDBSX] = {
		"C", "creates a helper domain that never runs and maps Xen's memory into it; Xen reads it through its debugger interface",
		MEMORY("gdbsx on a helper domain"), 13, ANY, 15, ANY,
		WANTS_HVM | WANTS_GDBSX,
	},
	[LIVE_METHOD_DOM0] = {
		"B", "maps Xen's memory into dom0, above dom0's own memory, and reads it through /dev/mem",
		MEMORY("mapped into dom0"), 0, 0, 11, ANY, 0,
	},
	[LIVE_METHOD_COPY] = {
		"D", "creates a helper domain and maps Xen's memory into it read-only; a program in that domain copies the requested pages",
		MEMORY("copied by a helper domain"), 13, ANY, 0, 0, WANTS_HVM,
	},
};

const char *live_method_letter(enum live_method m)
{
	return methods[m].letter;
}

const char *live_method_name(enum live_method m)
{
	return methods[m].memory.name;
}

struct err *live_method_find(const char *letter, enum live_method *ret)
{
	unsigned int m;

	for (m = 0; m < LIVE_METHODS; m++) {
		if (!strcasecmp(letter, methods[m].letter)) {
			*ret = m;
			return NULL;
		}
	}
	return err_new(ERR_NOT_FOUND, "unknown method \"%s\" (A, B, C, D or auto)",
		       letter);
}

/* CONFIG_GDBSX is an option since 4.14. */
static bool has_gdbsx(struct xen *x, unsigned int minor)
{
	return minor < 14 || live_of(x)->has_gdbsx;
}

static struct err *refused(enum live_method m, const char *why)
{
	return err_new(ERR_REFUSED, "method %s, %s: %s", methods[m].letter,
		       methods[m].memory.name, why);
}

static struct err *check_version(const struct live_memory_facts *f,
				 enum live_method m)
{
	unsigned int first = f->is_pv ? methods[m].pv_first : methods[m].pvh_first;
	unsigned int last = f->is_pv ? methods[m].pv_last : methods[m].pvh_last;
	char why[80];

	if (!first)
		return refused(m, f->is_pv ? "requires a PVH dom0" : "requires a PV dom0");
	if (f->major == MAJOR && f->minor >= first && f->minor <= last)
		return NULL;
	if (last == ANY)
		snprintf(why, sizeof(why), "safe on Xen 4.%u and later, this is %u.%u",
			 first, f->major, f->minor);
	else
		snprintf(why, sizeof(why), "safe on Xen 4.%u to 4.%u, this is %u.%u",
			 first, last, f->major, f->minor);
	return refused(m, why);
}

struct err *live_method_check(struct xen *x,
			      const struct live_memory_facts *f,
			      enum live_method m)
{
	unsigned int wants = methods[m].wants;

	ERR_TRY(check_version(f, m));
	if (x->forced)
		return refused(m, "the hypervisor's image was loaded by force, and wrong symbols lead to wrong reads; use \"xen load\" without -f first");
	if (!x->symbols)
		return refused(m, "requires the hypervisor's symbols: /proc/xen/xensyms, or its xen-syms with \"xen load\"");
	if (!f->nr_ram)
		return refused(m, "the RAM map is not available to this dom0, and only RAM may be read");
	if (wants & NO_FLASK && f->has_flask)
		return refused(m, "Xen dereferences a null pointer while FLASK is enforcing");
	if (wants & WANTS_HVM && !f->has_hvm)
		return refused(m, "a helper domain requires VT-x or SVM with nested paging");
	if (wants & WANTS_GDBSX && !has_gdbsx(x, f->minor))
		return refused(m, "requires CONFIG_GDBSX, which is not visible in the running hypervisor's symbols; without it the call can crash the host");
	return NULL;
}

static bool flushes(const struct live_memory_facts *f, enum live_method m)
{
	return m != LIVE_METHOD_IDLE && f->major == MAJOR &&
	       f->minor <= FLUSH_LAST;
}

uint64_t live_method_flushes(const struct live_memory_facts *f,
			     enum live_method m)
{
	const uint64_t window = 1ULL << (LIVE_WINDOW_SHIFT - XPAGE_SHIFT);
	uint64_t calls = 0;
	unsigned int i;

	if (!flushes(f, m))
		return 0;
	for (i = 0; i < f->nr_ram; i++) {
		uint64_t at = f->ram[i].first, n;

		for (; at < f->ram[i].end; at += n) {
			n = window - at % window;
			if (n > f->ram[i].end - at)
				n = f->ram[i].end - at;
			calls += (n + FLUSH_FRAMES - 1) / FLUSH_FRAMES;
		}
	}
	return 2 * calls;
}

void live_method_effect(const struct live_memory_facts *f, enum live_method m,
			char *buf, size_t size)
{
	uint64_t most = live_method_flushes(f, m);

	snprintf(buf, size, "%s", methods[m].warning);
	if (most)
		snprintf(buf, size,
			 "%s; on Xen %u.%u this flushes the caches of all pcpus 1 to %u times for each %u MiB mapped, again when it is unmapped, and up to %" PRIu64 " times until all RAM was read",
			 methods[m].warning, f->major, f->minor,
			 (1U << (LIVE_WINDOW_SHIFT - XPAGE_SHIFT)) / FLUSH_FRAMES,
			 1U << (LIVE_WINDOW_SHIFT - 20), most);
}

/* auto leaves out methods that disturb the host; they can be selected by their letter. */
static struct err *check_auto(struct xen *x, const struct live_memory_facts *f,
			      enum live_method m, bool *is_left_out)
{
	char why[200];

	ERR_TRY(live_method_check(x, f, m));
	if (!flushes(f, m))
		return NULL;
	*is_left_out = true;
	snprintf(why, sizeof(why),
		 "not chosen by \"auto\": up to Xen 4.%u it flushes the caches of all pcpus, here up to %" PRIu64 " times; use \"-x %s\" to accept that",
		 FLUSH_LAST, live_method_flushes(f, m), methods[m].letter);
	return refused(m, why);
}

struct err *live_method_choose(struct xen *x,
			       const struct live_memory_facts *f,
			       enum live_method *ret)
{
	struct err *last = NULL;
	bool left_out = false;
	unsigned int m;

	for (m = 0; m < LIVE_METHODS; m++) {
		bool is_left_out = false;
		struct err *e = check_auto(x, f, m, &is_left_out);

		if (!e) {
			err_free(last);
			*ret = m;
			return NULL;
		}
		/* keeps the first reason that proposes an alternative */
		if (left_out) {
			err_free(e);
			continue;
		}
		err_free(last);
		last = e;
		left_out = is_left_out;
	}
	return err_prefix(last, "no method is safe on this host (\"xen source\" shows the reasons); the last one");
}

static const struct live_ram *ram_of(const struct live_memory *l, uint64_t frame)
{
	unsigned int i;

	for (i = 0; i < l->facts.nr_ram; i++)
		if (frame >= l->facts.ram[i].first && frame < l->facts.ram[i].end)
			return &l->facts.ram[i];
	return NULL;
}

/* Number of pages to read ahead, never across a multiple of AHEAD_PAGES. */
static unsigned int pages_from(struct live_memory *l, uint64_t frame,
			       const struct live_ram *ram)
{
	uint64_t n = AHEAD_PAGES - frame % AHEAD_PAGES;

	if (l->nr && frame == l->first + l->nr)
		l->want = l->want * 2 > AHEAD_PAGES ? AHEAD_PAGES : l->want * 2;
	else
		l->want = 1;
	if (n > l->want)
		n = l->want;
	return n < ram->end - frame ? n : ram->end - frame;
}

/*
 * Reduces *n to the frames before the first that Xen has marked broken, whose
 * reading causes a machine check.
 */
static struct err *leave_out_broken(struct live_memory *l, uint64_t frame,
				    unsigned int *n)
{
	int rc = l->ops->sound(l->priv, frame, n);

	if (rc)
		return err_io(-rc, "machine address %" PRIx64 ": checking its frame for memory errors",
			      frame << XPAGE_SHIFT);
	if (*n)
		return NULL;
	return err_new(ERR_REFUSED,
		       "machine address %" PRIx64 " is in a frame with a memory error, and not read on a running host",
		       frame << XPAGE_SHIFT);
}

static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	struct live_memory *l = priv;
	uint64_t frame = maddr >> XPAGE_SHIFT, at = maddr;
	const struct live_ram *ram = ram_of(l, frame);
	unsigned int n;
	int rc;

	ERR_TRY(interrupt_check());
	if (!ram)
		return err_new(ERR_REFUSED,
			       "machine address %" PRIx64 " is not RAM, and not read on a running host",
			       maddr);
	if (frame < l->first || frame >= l->first + l->nr) {
		n = pages_from(l, frame, ram);
		l->nr = 0;
		if (l->method == LIVE_METHOD_IDLE)
			at = space_directmap_va(l->x->space, maddr);
		ERR_TRY(leave_out_broken(l, frame, &n));
		rc = l->ops->read(l->priv, at, l->ahead, (size_t)n << XPAGE_SHIFT);
		if (rc)
			return err_io(-rc, "machine address %" PRIx64 ", %s",
				      maddr, methods[l->method].memory.name);
		l->first = frame;
		l->nr = n;
	}
	memcpy(page, l->ahead + ((frame - l->first) << XPAGE_SHIFT), XPAGE_SIZE);
	return NULL;
}

static void forget_ahead(void *priv)
{
	struct live_memory *l = priv;

	l->nr = 0;
}

static void end(void *priv)
{
	struct live_memory *l = priv;

	if (l->opened)
		live_of(l->x)->left = l->ops->close(l->priv);
	free(l);
}

/* True if xen_phys_start, in an image loaded at base, equals base. */
static bool is_base(struct memory *m, uint64_t base, uint64_t offset)
{
	uint64_t v = 0;
	struct err *e = memory_read(m, base + offset, &v, sizeof(v));

	err_free(e);
	return !e && v == base;
}

static struct err *find_base(struct xen *x, struct memory *m,
			     struct space_params *p)
{
	uint64_t variable, base;

	ERR_TRY(xen_symbol(x, "xen_phys_start", &variable));
	variable -= p->virt_start;
	if (p->phys_start && is_base(m, p->phys_start, variable))
		return NULL;
	for (base = BASE_STEP; base < BASE_LIMIT; base += BASE_STEP) {
		ERR_TRY(interrupt_check());
		if (is_base(m, base, variable)) {
			p->phys_start = base;
			return NULL;
		}
	}
	return err_new(ERR_MISMATCH,
		       "the memory is not that of this hypervisor: no xen_phys_start below 4 GiB");
}

static struct err *fill_params(struct xen *x, struct memory *m,
			       struct space_params *p)
{
	struct place info;
	uint64_t root;
	struct err *e;

	*p = *space_params(x->space);
	ERR_TRY(xen_symbol(x, "idle_pg_table", &root));
	ERR_TRY(find_base(x, m, p));
	p->root = root - p->virt_start + p->phys_start;
	e = record_resolve(x->records, "page_info", &info);
	p->bigmem = !e && info.size > PAGE_INFO_SMALL;
	err_free(e);
	return NULL;
}

/* Compares the build-id in memory with that of the hypercall. */
static struct err *check_identity(struct xen *x, struct space *s)
{
	unsigned char id[BUILD_ID_MAX];
	unsigned int len;

	if (!x->id.build_id_len)
		return NULL;
	ERR_TRY(image_memory_build_id(s, id, sizeof(id), &len));
	if (len == x->id.build_id_len && !memcmp(id, x->id.build_id, len))
		return NULL;
	return err_new(ERR_MISMATCH, "the memory is not that of this hypervisor: another build-id");
}

/* The host includes this program: its clock is the host's. */
static struct err *let_run(struct xen *x, unsigned int ms, uint64_t *ns)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	(void)x;
	if (ms)
		nanosleep(&t, NULL);
	clock_gettime(CLOCK_MONOTONIC, &t);
	*ns = (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	return interrupt_check();
}

/*
 * memory_source with these operations by hypercalls: guests' memory and pauses,
 * new console text and debug keys. The xenstore is read from xenstored.
 */
static const struct source_ops *memory_of_running(struct live *l)
{
	l->memory = memory_source;
	l->memory.is_running = live_source.is_running;
	l->memory.close = live_source.close;
	l->memory.guest_read = live_source.guest_read;
	l->memory.console_read_new = live_source.console_read_new;
	l->memory.domain_pause = live_source.domain_pause;
	l->memory.domain_unpause = live_source.domain_unpause;
	l->memory.press_key = live_source.press_key;
	l->memory.store_read = live_source.store_read;
	l->memory.let_run = let_run;
	return &l->memory;
}

static struct err *use_memory(struct xen *x, struct memory *m)
{
	struct space_params params;
	struct space *space = NULL;
	struct err *e = fill_params(x, m, &params);

	if (!e)
		e = space_create(m, &params, &space);
	if (!e)
		e = check_identity(x, space);
	if (!e)
		e = xen_switch_memory(x, m, space,
				      memory_of_running(live_of(x)));
	if (e)
		space_destroy(space);
	return e;
}

struct err *live_memory_open(struct xen *x, const struct live_memory_ops *ops,
			     const struct live_memory_facts *facts,
			     enum live_method m)
{
	const char *what = "opening the method";
	struct live_memory *l;
	struct memory *memory;
	struct err *e;
	int rc;

	ERR_TRY(live_method_check(x, facts, m));
	l = calloc(1, sizeof(*l));
	if (!l)
		return err_nomem();
	l->x = x;
	l->ops = ops;
	l->method = m;
	l->facts = *facts;
	e = memory_create(&methods[m].memory, l, &memory);
	if (e) {
		free(l);
		return e;
	}
	rc = ops->open(m, &l->facts, &l->priv, &what);
	l->opened = !rc;
	e = rc ? err_io(-rc, "%s", what) : use_memory(x, memory);
	if (e) {
		memory_destroy(memory);
		e = err_prefix(e, "method %s, %s", methods[m].letter,
			       methods[m].memory.name);
	}
	return e;
}

struct err *live_memory_close(struct xen *x)
{
	struct memory *memory;
	struct space *space;
	struct err *e;

	if (!xen_reads_memory(x))
		return NULL;
	ERR_TRY(live_no_memory(&memory));
	e = space_create(memory, space_params(x->space), &space);
	if (!e) {
		e = xen_switch_memory(x, memory, space, &live_source);
		if (e)
			space_destroy(space);
	}
	if (e)
		memory_destroy(memory);
	if (!e && live_of(x)->left)
		e = err_io(-live_of(x)->left,
			   "undoing the method; its watchdog tries again at the end of this session, later use \"xen source -x cleanup\"");
	return e;
}
