/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack of a pcpu follows from the stack pointer in its note; at its top is
 * struct cpu_info with the number of the pcpu, its vcpu and its per-cpu offset.
 * The arrays in Xen's data that hold exactly these values for all pcpus are
 * stack_base and __per_cpu_offset; the other variables follow from those two.
 * The heap is found by its lists, whose heads point to the frame table.
 */
#include "variables.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "xen/stack/entry.h"
#include "xen/stack/geometry.h"
#include "xen/symbols/build.h"

/* Limit of a per-cpu area, bytes; 4.4 to 4.9 have 8 to 16 KiB. */
#define PERCPU_MAX	(64UL << 10)

#define AREAS_MAX	32	/* number of per-cpu areas that are compared */

/* sizeof(struct cpu_user_regs), 4.4 to 4.20 (asm/current.h: the first member) */
#define REGS_SIZE	200

/* Largest distance of cpu_info.processor_id to the top of the stack; 32 in 4.4 */
#define TAIL_MAX	128
#define TAIL_MIN	24

#define TSS_RSP0	4	/* segment of the processor (Intel SDM 3, 64-bit TSS) */

/* Offsets in struct schedule_data (xen/sched-if.h) of curr and s_timer.function */
#define SCHED_CURR	16
#define SCHED_TIMER_FN	56

#define PERCPU_WORDS	(SCHED_TIMER_FN + 8)	/* number of bytes that a percpu_fn reads */

/* NR_ZONES (common/page_alloc.c), orders (asm/config.h), MAX_NUMNODES; 4.4 to 4.9 */
#define HEAP_ZONES	41
#define HEAP_ORDERS	19
#define HEAP_NODES	64
/* sizeof(struct page_list_head) (asm/mm.h): the first and the last page */
#define HEAD_SIZE	16
#define HEAP_SIZE	(HEAP_ZONES * HEAP_ORDERS * HEAD_SIZE)
/* Least number of lists with pages; with fewer, the place might be something else. */
#define HEAP_LISTS_MIN	2

/* Limit of comparisons: in hostile data each place differs at the last pcpu only. */
#define STEPS_MAX	(1U << 26)

#define DOMID_IDLE	0x7fff	/* public/xen.h */
/* Offset of the domain in struct vcpu, which begins with its id (xen/sched.h, 4.4 to 4.9) */
#define VCPU_DOMAIN	16
#define VCPU_HEAD	24

/* State of a pcpu, found before any symbol. */
struct known {
	bool seen;		/* its note and its struct cpu_info were found */
	bool idle;		/* its vcpu is one of the idle domain */
	uint64_t stack, vcpu, offset;
	uint64_t rsp0;		/* the stack pointer that entries start with */
	uint8_t *area;		/* copy of its per-cpu area, or NULL */
};

struct finder {
	struct xen *x;
	struct symbols *found;
	bool has_domain_id;
	uint64_t domain_id;	/* OFFSET(domain.domain_id) */
	uint64_t start;		/* va of data[0] */
	uint8_t *data;
	size_t len;
	uint64_t percpu;	/* __per_cpu_start; 0: not known */
	size_t percpu_len;
	size_t sched;		/* offset of schedule_data in an area; 0: not known */
	uint64_t s_timer_fn;
	struct known *pcpu;
	unsigned int nr;
	uint64_t steps;		/* number of comparisons; beyond STEPS_MAX no place is found */
};

static struct err *add(struct finder *f, const char *name, uint64_t va)
{
	struct symbol sym = { .addr = va, .size = 0, .name = name, .type = 'D' };

	return symbols_add(f->found, &sym, RANK_TYPED_GLOBAL, NULL);
}

/* ---- the notes ---- */

/* kexec_crash_save_info() of common/kexec.c, 4.4 to master */
static struct err *add_noted(struct finder *f)
{
	static const struct {
		const char *key, *name;
	} noted[] = {
		{ "SYMBOL(domain_list)", "domain_list" },
		{ "SYMBOL(frame_table)", "frame_table" },
		{ "SYMBOL(max_page)", "max_page" },
		{ "SYMBOL(dom_xen)", "dom_xen" },
		{ "SYMBOL(dom_io)", "dom_io" },
		{ "SYMBOL(pgd_l4)", "idle_pg_table" },
	};
	uint64_t va;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(noted); i++) {
		struct err *e = notes_vmcoreinfo_xen(f->x->notes, noted[i].key, &va);

		if (!e)
			ERR_TRY(add(f, noted[i].name, va));
		err_free(e);
	}
	return NULL;
}

static void find_domain_id(struct finder *f)
{
	struct err *e = notes_vmcoreinfo_xen(f->x->notes, "OFFSET(domain.domain_id)",
					     &f->domain_id);

	f->has_domain_id = !e && f->domain_id < XPAGE_SIZE;
	err_free(e);
}

/* ---- memory ---- */

static bool read_at(struct finder *f, uint64_t va, void *buf, size_t len)
{
	struct err *e = space_read(f->x->space, va, buf, len);

	err_free(e);
	return !e;
}

static uint64_t read_word(struct finder *f, uint64_t va)
{
	uint8_t buf[8];

	return read_at(f, va, buf, sizeof(buf)) ? get_le64(buf) : 0;
}

/* Copies the pages above the text, with zeros for those missing in the dump. */
static struct err *read_data(struct finder *f)
{
	uint64_t base = space_params(f->x->space)->virt_start, text;
	struct err *e = xen_symbol(f->x, "_etext", &text);
	uint64_t end = base + XEN_IMAGE_END;
	size_t i;

	f->start = base + XEN_IMAGE_START;
	if (!e && text > f->start && text < end)
		f->start = text & ~(uint64_t)(XPAGE_SIZE - 1);
	err_free(e);
	f->len = end - f->start;
	f->data = calloc(1, f->len);
	if (!f->data)
		return err_nomem();
	for (i = 0; i < f->len; i += XPAGE_SIZE) {
		ERR_TRY(interrupt_check());
		if (!read_at(f, f->start + i, f->data + i, XPAGE_SIZE))
			memset(f->data + i, 0, XPAGE_SIZE);
	}
	return NULL;
}

/* ---- stacks ---- */

/* A struct vcpu or domain is a page of its own in the direct map, 4.4 to master. */
static bool is_page(struct finder *f, uint64_t va)
{
	return va && va % XPAGE_SIZE == 0 &&
	       space_region(f->x->space, va)->id == REGION_DIRECTMAP;
}

/* Reads the number of a vcpu and the id of its domain; false if there is no vcpu at va. */
static bool read_vcpu(struct finder *f, uint64_t va, uint32_t *id,
		      unsigned int *domid)
{
	uint8_t head[VCPU_HEAD], number[2];

	if (!f->has_domain_id || !is_page(f, va) ||
	    !read_at(f, va, head, sizeof(head)) ||
	    !is_page(f, get_le64(head + VCPU_DOMAIN)) ||
	    !read_at(f, get_le64(head + VCPU_DOMAIN) + f->domain_id, number,
		     sizeof(number)))
		return false;
	*id = get_le32(head);
	*domid = get_le16(number);
	return true;
}

/* The words from processor_id on, at the given distance from the top of the stack. */
static bool is_cpu_info(struct finder *f, unsigned int cpu, size_t distance)
{
	uint64_t offset, va = f->pcpu[cpu].stack + STACK_SIZE - distance;
	uint8_t words[24];

	if (!read_at(f, va, words, sizeof(words)))
		return false;
	offset = get_le64(words + 16);
	return get_le32(words) == cpu && is_page(f, get_le64(words + 8)) &&
	       !cpu == !offset && offset % 8 == 0;
}

/* Returns the only distance that fits all pcpus; 0 if there is none or more than one. */
static size_t find_distance(struct finder *f)
{
	size_t distance, found = 0;
	unsigned int i;

	for (distance = TAIL_MIN; distance <= TAIL_MAX; distance += 8) {
		for (i = 0; i < f->nr; i++)
			if (f->pcpu[i].seen && !is_cpu_info(f, i, distance))
				break;
		if (i < f->nr)
			continue;
		if (found)
			return 0;
		found = distance;
	}
	return found;
}

static struct err *find_pcpus(struct finder *f)
{
	const struct notes *notes = f->x->notes;
	size_t distance;
	unsigned int i, domid, seen = 0;
	uint32_t id;

	f->nr = notes->nr_pcpus;
	f->pcpu = calloc(f->nr + 1, sizeof(*f->pcpu));
	if (!f->pcpu)
		return err_nomem();
	for (i = 0; i < f->nr; i++) {
		uint64_t rsp = notes->pcpu[i].regs.rsp;
		enum region_id region = space_region(f->x->space, rsp)->id;

		ERR_TRY(interrupt_check());
		f->pcpu[i].stack = rsp & ~(uint64_t)(STACK_SIZE - 1);
		f->pcpu[i].seen = notes->pcpu[i].has_regs &&
			(region == REGION_IMAGE || region == REGION_DIRECTMAP);
		seen += f->pcpu[i].seen;
	}
	distance = seen ? find_distance(f) : 0;
	for (i = 0; i < f->nr; i++) {
		struct known *p = &f->pcpu[i];
		uint64_t va = p->stack + STACK_SIZE - distance;

		ERR_TRY(interrupt_check());
		if (!distance || !p->seen) {
			p->seen = false;
			continue;
		}
		p->vcpu = read_word(f, va + 8);
		p->offset = read_word(f, va + 16);
		p->rsp0 = va - REGS_SIZE + ENTRY_SIZE;
		p->idle = read_vcpu(f, p->vcpu, &id, &domid) && domid == DOMID_IDLE;
	}
	return NULL;
}

/* ---- arrays with an element for each pcpu ---- */

typedef bool array_fn(struct finder *f, const uint8_t *words);

/* Adds the variable at the only place in Xen's data whose words are such an array. */
static struct err *add_array(struct finder *f, const char *name, array_fn *is,
			     uint64_t *ret)
{
	size_t at, size = 8 * ((size_t)f->nr + 1);
	uint64_t va = 0;

	*ret = 0;
	for (at = 0; at + size <= f->len; at += 8) {
		if (at % XPAGE_SIZE == 0)
			ERR_TRY(interrupt_check());
		if (!is(f, f->data + at))
			continue;
		if (va)
			return NULL;
		va = f->start + at;
	}
	if (!va)
		return NULL;
	*ret = va;
	return add(f, name, va);
}

static bool is_stack_base(struct finder *f, const uint8_t *words)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (f->steps++ >= STEPS_MAX || (f->pcpu[i].seen && get_le64(words + 8 * i) != f->pcpu[i].stack))
			return false;
	return true;
}

/*
 * Pcpus that do not exist have an offset which makes the address of their area
 * 0 (4.4) or not canonical (arch/x86/percpu.c): it holds __per_cpu_start.
 */
static uint64_t percpu_start(const struct finder *f, const uint8_t *words)
{
	uint64_t word = get_le64(words + 8 * f->nr);
	uint64_t va = -word;

	if (va < f->start || va - f->start >= f->len)
		va = 0x8000000000000000ULL - word;
	return va >= f->start && va - f->start < f->len && va % 8 == 0 ? va : 0;
}

static bool is_offsets(struct finder *f, const uint8_t *words)
{
	uint64_t start;
	unsigned int i;

	if (f->pcpu[0].seen && get_le64(words))
		return false;
	for (i = 0; i < f->nr; i++)
		if (f->steps++ >= STEPS_MAX || (f->pcpu[i].seen && get_le64(words + 8 * i) != f->pcpu[i].offset))
			return false;
	start = percpu_start(f, words);
	/* each area has pages of its own, except that of pcpu 0 */
	for (i = 1; start && i < f->nr; i++)
		if (f->pcpu[i].seen && !is_page(f, start + f->pcpu[i].offset))
			return false;
	return start != 0;
}

static bool is_idle_vcpus(struct finder *f, const uint8_t *words)
{
	unsigned int i, domid;
	uint32_t id;

	for (i = 0; i < f->nr; i++) {
		uint64_t va = get_le64(words + 8 * i);

		if (f->steps++ >= STEPS_MAX || !is_page(f, va) || (f->pcpu[i].idle && va != f->pcpu[i].vcpu))
			return false;
	}
	for (i = 0; i < f->nr; i++)
		if (f->steps++ >= STEPS_MAX || !read_vcpu(f, get_le64(words + 8 * i), &id, &domid) ||
		    id != i || domid != DOMID_IDLE)
			return false;
	return true;
}

/* ---- per-cpu variables ---- */

static struct err *read_areas(struct finder *f)
{
	unsigned int i;

	f->percpu_len = PERCPU_MAX;
	for (i = 0; i < f->nr && i < AREAS_MAX; i++) {
		struct known *p = &f->pcpu[i];
		size_t len = 0, n;

		if (!p->seen)
			continue;
		p->area = calloc(1, PERCPU_MAX);
		if (!p->area)
			return err_nomem();
		for (; len < PERCPU_MAX; len += n) {
			uint64_t va = f->percpu + p->offset + len;

			ERR_TRY(interrupt_check());
			n = XPAGE_SIZE - va % XPAGE_SIZE;
			if (n > PERCPU_MAX - len)
				n = PERCPU_MAX - len;
			if (!read_at(f, va, p->area + len, n))
				break;
		}
		if (len < f->percpu_len)
			f->percpu_len = len;
	}
	return NULL;
}

/* Reads the words of a variable in the area of a pcpu. */
typedef bool percpu_fn(struct finder *f, const struct known *p,
		       const uint8_t *words);

static bool is_tss(struct finder *f, const struct known *p, const uint8_t *words)
{
	(void)f;
	return get_le64(words + TSS_RSP0) == p->rsp0;
}

static bool in_all(struct finder *f, percpu_fn *is, size_t at)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (f->pcpu[i].area && !is(f, &f->pcpu[i], f->pcpu[i].area + at))
			return false;
	return true;
}

/* Counts the places with such words on each pcpu; *ret is the last. */
static unsigned int find_percpu(struct finder *f, percpu_fn *is, size_t *ret)
{
	unsigned int nr = 0;
	size_t at;

	for (at = 0; at + PERCPU_WORDS <= f->percpu_len; at += 8) {
		if (!in_all(f, is, at))
			continue;
		*ret = at;
		nr++;
	}
	return nr;
}

/* Returns the only segment that contains the stack of each pcpu. */
static struct err *add_tss(struct finder *f)
{
	size_t at;

	return find_percpu(f, is_tss, &at) == 1 ?
	       add(f, "per_cpu__init_tss", f->percpu + at) : NULL;
}

static bool is_curr(struct finder *f, const struct known *p, const uint8_t *words)
{
	return get_le64(words + SCHED_CURR) == p->vcpu &&
	       get_le64(words + SCHED_TIMER_FN) == f->s_timer_fn;
}

/*
 * struct schedule_data (xen/sched-if.h, 4.4 to 4.9): pointer to a lock, a lock,
 * the current vcpu, the scheduler's data, and the timer that calls s_timer_fn().
 */
static struct err *add_schedule_data(struct finder *f, size_t *at)
{
	struct err *e = xen_symbol(f->x, "s_timer_fn", &f->s_timer_fn);

	if (e) {
		err_free(e);
		return NULL;
	}
	return find_percpu(f, is_curr, at) == 1 ?
	       add(f, "per_cpu__schedule_data", f->percpu + *at) : NULL;
}

/*
 * curr_vcpu is the current vcpu, or, if the current one is idle, one that ran
 * before. The member of struct schedule_data, which is always the current vcpu,
 * is at another place.
 */
static bool is_curr_vcpu(struct finder *f, const struct known *p, const uint8_t *words)
{
	uint64_t va = get_le64(words);
	unsigned int domid;
	uint32_t id;

	if (f->sched && words == p->area + f->sched + SCHED_CURR)
		return false;
	return va == p->vcpu || (p->idle && read_vcpu(f, va, &id, &domid));
}

static struct err *add_curr_vcpu(struct finder *f)
{
	size_t at;

	return find_percpu(f, is_curr_vcpu, &at) == 1 ?
	       add(f, "per_cpu__curr_vcpu", f->percpu + at) : NULL;
}

/* ---- the heap ---- */

static bool is_frame(struct finder *f, uint64_t va)
{
	return va % 8 == 0 && space_region(f->x->space, va)->id == REGION_FRAMETABLE;
}

/* True for the list heads of a node: each has two pages, or is empty. */
static bool is_lists(struct finder *f, const uint8_t *heads)
{
	unsigned int used = 0;
	size_t at;

	for (at = 0; at < HEAP_SIZE && f->steps++ < STEPS_MAX; at += HEAD_SIZE) {
		uint64_t first = get_le64(heads + at), last = get_le64(heads + at + 8);

		if (!first && !last)
			continue;
		if (!is_frame(f, first) || !is_frame(f, last))
			return false;
		used++;
	}
	return at >= HEAP_SIZE && used >= HEAP_LISTS_MIN;
}

/* The list heads of the first node are in Xen's data. */
static bool is_first_node(struct finder *f, uint64_t va)
{
	return va % 8 == 0 && va >= f->start && va - f->start < f->len &&
	       f->len - (va - f->start) >= HEAP_SIZE &&
	       is_lists(f, f->data + (va - f->start));
}

/* The list heads of another node are in that node's memory. */
static bool is_node(struct finder *f, uint64_t va)
{
	uint8_t heads[HEAP_SIZE];

	return is_page(f, va) && read_at(f, va, heads, sizeof(heads)) &&
	       is_lists(f, heads);
}

/* _heap[] (common/page_alloc.c): the lists of each node, or NULL. */
static struct err *add_heap(struct finder *f)
{
	struct symbol sym = {
		.size = 8 * HEAP_NODES, .file = "page_alloc.c", .name = "_heap",
		.type = 'b',
	};
	unsigned int i;
	size_t at;

	for (at = 0; at + sym.size <= f->len; at += 8) {
		const uint8_t *words = f->data + at;

		if (at % XPAGE_SIZE == 0)
			ERR_TRY(interrupt_check());
		if (!is_first_node(f, get_le64(words)))
			continue;
		for (i = 1; i < HEAP_NODES; i++)
			if (get_le64(words + 8 * i) && !is_node(f, get_le64(words + 8 * i)))
				break;
		if (i < HEAP_NODES)
			continue;
		if (sym.addr)
			return NULL;
		sym.addr = f->start + at;
	}
	return sym.addr ? symbols_add(f->found, &sym, RANK_TYPED, NULL) : NULL;
}

static struct err *find_variables(struct finder *f)
{
	uint64_t va;
	unsigned int i;

	for (i = 0; i < f->nr && !f->pcpu[i].seen; i++)
		;
	if (i == f->nr)
		return NULL;	/* no pcpu to compare with */
	ERR_TRY(add_array(f, "stack_base", is_stack_base, &va));
	ERR_TRY(add_array(f, "__per_cpu_offset", is_offsets, &va));
	if (va) {
		f->percpu = percpu_start(f, f->data + (va - f->start));
		ERR_TRY(add(f, "__per_cpu_start", f->percpu));
		ERR_TRY(read_areas(f));
		ERR_TRY(add_tss(f));
		ERR_TRY(add_schedule_data(f, &f->sched));
		ERR_TRY(add_curr_vcpu(f));
	}
	return f->has_domain_id ? add_array(f, "idle_vcpu", is_idle_vcpus, &va) : NULL;
}

struct err *variables_find(struct xen *x, struct symbols **ret)
{
	struct finder f = { .x = x };
	struct err *e;
	unsigned int i;

	*ret = NULL;
	if (!x->notes || !x->notes->vmcoreinfo_xen)
		return NULL;
	ERR_TRY(symbols_create(&f.found));
	e = add_noted(&f);
	find_domain_id(&f);
	if (!e)
		e = find_pcpus(&f);
	if (!e)
		e = read_data(&f);
	if (!e)
		e = add_heap(&f);
	if (!e)
		e = find_variables(&f);
	if (!e)
		e = symbols_finish(f.found);
	for (i = 0; i < f.nr; i++)
		free(f.pcpu[i].area);
	free(f.pcpu);
	free(f.data);
	if (e)
		symbols_destroy(f.found);
	else
		*ret = f.found;
	return e;
}
