/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Linux, arch/x86/include/asm/page_64_types.h: the mapping of the kernel image. */
#define START_KERNEL_MAP	0xffffffff80000000ULL

/* struct new_utsname, include/uapi/linux/utsname.h: six fields of 65 bytes. */
enum { UTS_SYSNAME, UTS_NODENAME, UTS_RELEASE, UTS_VERSION, UTS_USED };

/* Reads the text of the note, which may continue in the guest's next page. */
static struct err *read_text(struct guest_tables *s, uint64_t maddr, size_t len,
			     char *buf, size_t *got)
{
	size_t first = XPAGE_SIZE - (maddr & ~XPAGE_MASK);
	uint64_t gfn, mfn;
	struct err *e;

	if (first > len)
		first = len;
	ERR_TRY(memory_read(s->p2m.memory, maddr, buf, first));
	*got = first;
	if (first == len)
		return NULL;
	e = guest_tables_gfn(s, maddr >> XPAGE_SHIFT, &gfn);
	if (!e)
		e = guest_tables_mfn(s, gfn + 1, &mfn);
	if (!e)
		e = memory_read(s->p2m.memory, mfn << XPAGE_SHIFT, buf + first,
				len - first);
	if (!e)
		*got = len;
	return err_drop(e);
}

static void take_numbers(struct guest *g)
{
	const struct vmcoreinfo *v = g->info;
	uint64_t n;

	vmcoreinfo_text(v, "OSRELEASE", g->release, sizeof(g->release));
	vmcoreinfo_text(v, "BUILD-ID", g->build_id, sizeof(g->build_id));
	g->has_kaslr = vmcoreinfo_hex(v, "KERNELOFFSET", &g->kaslr);
	g->has_phys_base = vmcoreinfo_number(v, "NUMBER(phys_base)", &n);
	if (g->has_phys_base)
		g->phys_base = n;
	if (vmcoreinfo_number(v, "NUMBER(pgtable_l5_enabled)", &n))
		g->levels = n ? 5 : 4;
}

/* Uses the page tables that the kernel was built with, which map all of its memory. */
static struct err *init_tables(const struct guest *g, uint64_t *root)
{
	uint64_t va, mfn;
	struct guest_tables s = g->tables;

	if (!vmcoreinfo_symbol(g->info, "init_top_pgt", &va) &&
	    !vmcoreinfo_symbol(g->info, "init_level4_pgt", &va) &&
	    !vmcoreinfo_symbol(g->info, "swapper_pg_dir", &va))
		return err_new(ERR_NOT_FOUND, "VMCOREINFO has no page tables");
	if (va < START_KERNEL_MAP || va & ~XPAGE_MASK)
		return err_new(ERR_CORRUPT, "invalid address of page tables: %" PRIx64, va);
	*root = va - START_KERNEL_MAP + g->phys_base;
	if (s.p2m.translated)
		return NULL;
	ERR_TRY(guest_tables_mfn(&s, *root >> XPAGE_SHIFT, &mfn));
	*root = mfn << XPAGE_SHIFT;
	return NULL;
}

/* Reads the kernel's uts name at va; ERR_MISMATCH if it does not agree with VMCOREINFO. */
static struct err *confirm_at(struct guest *g, struct guest_tables *s, uint64_t va)
{
	char name[UTS_USED][GUEST_NAME];

	ERR_TRY(guest_tables_read(s, va, name, sizeof(name)));
	for (unsigned int i = 0; i < UTS_USED; i++)
		name[i][GUEST_NAME - 1] = '\0';
	if (strcmp(name[UTS_RELEASE], g->release))
		return err_new(ERR_MISMATCH, "the release differs between VMCOREINFO and init_uts_ns");
	snprintf(g->hostname, sizeof(g->hostname), "%s", name[UTS_NODENAME]);
	snprintf(g->version, sizeof(g->version), "%s", name[UTS_VERSION]);
	g->tables = *s;
	g->confirmed = true;
	return NULL;
}

/* Up to 5.10 a reference count of 4 bytes is in front of the name. */
static struct err *confirm(struct guest *g, struct guest_tables *s)
{
	uint64_t va, offset;
	struct err *e;

	if (!vmcoreinfo_symbol(g->info, "init_uts_ns", &va))
		return err_new(ERR_NOT_FOUND, "VMCOREINFO has no init_uts_ns");
	if (vmcoreinfo_number(g->info, "OFFSET(uts_namespace.name)", &offset))
		return confirm_at(g, s, va + offset);
	e = confirm_at(g, s, va + 4);
	if (!e || err_reason(e) != ERR_MISMATCH)
		return e;
	err_free(e);
	return confirm_at(g, s, va);
}

static bool is_32bit(const struct guest *g)
{
	const struct value *v = &g->domain.is_32bit;

	return domain_type(&g->domain) == DOMAIN_PV && value_ok(v) && value_of(v);
}

/* Translates by the kernel's own tables, else by those that a vcpu uses. */
static struct err *find_space(struct guest *g)
{
	const struct table_format *f = g->levels == 5 ? &tables_la57 : &tables_amd64;
	struct guest_tables s;
	uint64_t root, va;
	struct err *e;

	e = is_32bit(g) ? err_new(ERR_UNSUPPORTED, "32-bit kernels are not supported")
			: init_tables(g, &root);
	if (!e) {
		guest_tables_init(&s, &g->tables.p2m, f, root);
		e = confirm(g, &s);
	}
	if (!e || err_is_final(e))
		return e;
	if (!vmcoreinfo_symbol(g->info, "init_uts_ns", &va))
		return e;
	err_free(e);
	ERR_TRY(guest_tables_of_vcpus(&s, &g->tables.p2m, &g->domain, va));
	return confirm(g, &s);
}

static struct err *take_note(struct guest *g, const struct p2m *p2m,
			     const struct clue *clue)
{
	struct vmcoreinfo *v = malloc(sizeof(*v));
	char text[VMCOREINFO_MAX];
	struct guest_tables s;
	struct err *e;
	size_t len;

	if (!v)
		return err_nomem();
	guest_tables_init(&s, p2m, &tables_amd64, 0);
	e = read_text(&s, clue->maddr + VMCOREINFO_HEADER, clue->len, text, &len);
	if (!e)
		e = vmcoreinfo_take(text, len, v);
	if (e) {
		free(v);
		return e;
	}
	g->info = v;
	g->os = GUEST_LINUX;
	g->evidence = clue->maddr >> XPAGE_SHIFT;
	g->tables = s;
	take_numbers(g);
	e = find_space(g);
	if (err_is_final(e))
		return e;
	if (e)
		snprintf(g->how, sizeof(g->how), "VMCOREINFO; not confirmed: %s", err_text(e));
	else
		snprintf(g->how, sizeof(g->how), "VMCOREINFO, confirmed by init_uts_ns");
	err_free(e);
	return NULL;
}

struct err *guest_take_linux(struct guest *g, struct xen *x,
			     const struct guest_notes *notes, bool *ret)
{
	struct guest best = { .domain = g->domain }, one;
	struct p2m p2m;
	struct err *e;

	*ret = false;
	if (!notes->nr)
		return NULL;
	ERR_TRY(p2m_open(x, &g->domain, &p2m));
	for (unsigned int i = 0; i < notes->nr && !best.confirmed; i++) {
		one = (struct guest){ .domain = g->domain };
		e = take_note(&one, &p2m, &notes->note[i]);
		if (err_is_final(e)) {
			free(one.info);
			free(best.info);
			return e;
		}
		err_free(e);
		if (!e && (one.confirmed || !best.info)) {
			free(best.info);
			best = one;
		} else {
			free(one.info);
		}
	}
	if (!best.info)
		return NULL;
	if (!best.confirmed && notes->nr == CANDIDATES_MAX) {
		size_t len = strlen(best.how);

		snprintf(best.how + len, sizeof(best.how) - len,
			 "; no more than %u notes are examined", CANDIDATES_MAX);
	}
	*g = best;
	*ret = true;
	return NULL;
}
