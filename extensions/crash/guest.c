/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest.h"
#include "hooks.h"
#include "hypervisor.h"

#include <inttypes.h>

#include "extensions/support/domains.h"
#include "extensions/support/progress.h"
#include "xen/image/image.h"
#include "xen/memory/corefile.h"
#include "xen/model/dom0/names.h"
#include "xen/model/guest/guest_core.h"

/* Linux, arch/x86/include/asm/page_64_types.h */
#define START_KERNEL_MAP	0xffffffff80000000UL

static struct guest_pages pages;
static char title[64];		/* "d1 (pv1)" */
static char release[96];	/* release of its kernel */
static char *own_dumpfile;	/* crash's core */
static bool is_open;
static struct {
	bool is, paused, down;	/* down: shut down, and kept */
	ulong command;		/* crash's command in which the cached memory was read */
} live;
static struct { bool known, is; } has_core;	/* guest_is_expected() */

bool guest_runs(void)
{
	return live.is && !live.paused && !live.down;
}

/* ---- memory ---- */

/*
 * Each command reads a running guest again. crash caches the page tables that
 * it read last, and drops them by clear_machdep_cache() (kernel.c) only for its
 * own live sources.
 */
static void renew_memory(void)
{
	if (!guest_runs() || live.command == pc->cmdgencur)
		return;
	live.command = pc->cmdgencur;
	guest_pages_refresh(&pages);
	machdep->last_pgd_read = 0;
	machdep->last_pmd_read = 0;
	machdep->last_ptbl_read = 0;
	if (machdep->clear_machdep_cache)
		machdep->clear_machdep_cache();
}

static int renew_before(struct task_context *tc, ulong va, physaddr_t *paddr,
			int verbose)
{
	(void)tc;
	(void)va;
	(void)paddr;
	(void)verbose;
	if (is_open)
		renew_memory();
	return HOOK_PASS;
}

static int answer_readmem(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	enum err_reason reason;
	struct err *e;

	(void)fd;
	(void)va;
	if (!is_open || paddr & TAG_BITS)
		return HOOK_PASS;
	if (cnt < 0)
		return READ_ERROR;
	renew_memory();
	e = guest_pages_read(&pages, paddr, buf, cnt);
	if (!e)
		return cnt;
	reason = err_reason(e);
	if (CRASHDEBUG(1))
		print_safe(fp, "%s\n", err_text(e));
	err_free(e);
	if (reason == ERR_EXCLUDED)
		return PAGE_EXCLUDED;
	return reason == ERR_NOT_FOUND || reason == ERR_NOT_IN_DUMP ? SEEK_ERROR : READ_ERROR;
}

/* A note of registers: its header, the padded name "CORE", struct elf_prstatus. */
#define NOTE_DESC	20
#define NOTE_SIZE	(NOTE_DESC + PRSTATUS_SIZE)

/* Lowest address of kernel code on x86_64; user space is below. */
#define KERNEL_START	0xffff800000000000UL

/* The note with the registers of a pcpu in crash's memory; NULL: none */
#ifdef HAVE_PRSTATUS
#define REGISTERS_RENEWED	true
#define note_of(pcpu)		netdump_get_prstatus_percpu(pcpu)
#else
#define REGISTERS_RENEWED	false
static char *note_of(int pcpu)
{
	(void)pcpu;
	return NULL;
}
#endif

/*
 * Start of the trace of a task in user mode. crash ignores registers whose
 * stack pointer is not on one of the task's kernel stacks, and prints the
 * frames of an earlier entry into the kernel, which are still on the stack
 * (netdump.c).
 */
static int answer_stack_frame(struct bt_info *bt, ulong *pcp, ulong *spp)
{
	struct note_regs regs;
	char *note;

	if (!is_open || guest_runs() || !bt->tc || bt->tc->processor < 0 ||
	    !is_task_active(bt->task))
		return HOOK_PASS;
	note = note_of(bt->tc->processor);
	if (!note)
		return HOOK_PASS;
	memcpy(&regs, note + NOTE_DESC + PRSTATUS_REGS, sizeof(regs));
	if (!regs.rip || !regs.rsp || regs.rip >= KERNEL_START)
		return HOOK_PASS;
	if (pcp)
		*pcp = regs.rip;
	if (spp)
		*spp = regs.rsp;
	/* crash prints the registers of the note */
	bt->flags |= BT_USER_SPACE;
	bt->flags &= ~(ulonglong)BT_DUMPFILE_SEARCH;
	return TRUE;
}

static const struct hook hook = {
	.kvtop = renew_before,
	.uvtop = renew_before,
	.readmem = answer_readmem,
	.stack_frame = answer_stack_frame,
};

/*
 * The variables by which is_pvops_xen() of crash recognises a PV kernel
 * (kernel.c), whose page tables it would translate a second time:
 * pv_init_ops.patch of kernels before 4.20, and xen_start_info.
 */
static void hide_variables(void)
{
	static char *const names[] = { "pv_init_ops", "xen_start_info" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (symbol_exists(names[i]))
			guest_pages_hide(&pages, symbol_value(names[i]) - START_KERNEL_MAP +
					 machdep->machspec->phys_base);
}

/* ---- registers of a running guest ---- */

/*
 * crash has the registers of the time when its core was made: once the guest is
 * paused, this copies the current ones into crash's copies of the notes.
 */
static struct err *renew_registers(struct session *s, const struct domain *d)
{
	struct note_regs *regs = calloc(VCPUS_MAX, sizeof(*regs));
	struct err *e;
	unsigned int nr, i;

	if (!regs)
		return err_nomem();
	e = guest_core_registers(s->xen, d, regs, VCPUS_MAX, &nr);
	for (i = 0; !e && i < nr; i++) {
		char *note = note_of(i);

		if (note)
			memcpy(note + NOTE_DESC + PRSTATUS_REGS, &regs[i],
			       sizeof(regs[i]));
	}
	free(regs);
	return e;
}

/* ---- checks ---- */

static const char *host_name(struct session *s)
{
	return s->dump_path ? s->dump_path : "the running host";
}

/*
 * Number of bytes of the notes with registers, which come first and change in a
 * running guest.
 */
static size_t changing(const struct guest_core *core)
{
	return live.is ? core->vcpus * NOTE_SIZE : 0;
}

/*
 * crash's core must have been made of this domain in this dump: the notes,
 * which contain registers and VMCOREINFO, are made again and have to be equal.
 */
static struct err *check_core(struct session *s, const struct domain *d,
			      const struct guest *g)
{
	struct guest_core core = { .empty = true };
	unsigned char *made;
	struct notes *notes;
	struct err *e;
	size_t len, skip;

	ERR_TRY(guest_core_notes(s->xen, d, g, &made, &len, &core));
	e = corefile_notes(pc->dumpfile, &notes);
	if (e) {
		free(made);
		return e;
	}
	skip = changing(&core);
	if (notes->raw_len != len || skip > len ||
	    memcmp(notes->raw + skip, made + skip, len - skip))
		e = err_new(ERR_MISMATCH, "%s was not made of domain %" PRIu64 " in %s",
			    pc->dumpfile, value_of(&d->domain_id), host_name(s));
	notes_destroy(notes);
	free(made);
	return e;
}

static struct err *check_vmlinux(const struct guest *g)
{
	const char *path = pc->namelist_debug ? pc->namelist_debug : pc->namelist;
	char id[2 * BUILD_ID_MAX + 1] = "";
	struct image *img;
	struct err *e;

	if (!path || !*g->build_id)
		return NULL;
	e = image_probe(path, &img);
	if (e) {
		/* readable in crash's core */
		err_free(e);
		return interrupt_check();
	}
	if (img->build_id_len)
		build_id_text(img->build_id, img->build_id_len, id, sizeof(id));
	image_close(img);
	if (!*id || !strcmp(id, g->build_id))
		return NULL;
	return err_new(ERR_MISMATCH,
		       "%s is not the kernel of this guest: its build-id is %s, domain %" PRIu64 " runs Linux %s with %s",
		       path, id, value_of(&g->domain.domain_id), g->release, g->build_id);
}

/* ---- opening ---- */

static struct err *open_host(struct session *s, const struct start_request *r)
{
	struct memory *memory = NULL;
	struct notes *notes;
	unsigned int i;
	struct err *e = NULL;

	ERR_TRY(corefile_open(r->dump[0], &memory, &notes));
	for (i = 1; !e && i < r->nr_dumps; i++)
		e = corefile_join(memory, r->dump[i]);
	if (!e) {
		free(s->dump_path);
		s->dump_path = strdup(r->dump[0]);
		e = session_open(s, memory, notes);
	}
	if (e) {
		memory_destroy(memory);
		notes_destroy(notes);
		return e;
	}
	free(s->why_no_xen);
	s->why_no_xen = NULL;
	hypervisor_register(s);
	hooks_install();
	return NULL;
}

/* Opens the running host; its guest is paused before it is read. */
static struct err *open_live(struct session *s)
{
	ERR_TRY(session_open_live(s));
	free(s->why_no_xen);
	s->why_no_xen = NULL;
	live.is = true;
	hypervisor_register(s);
	hooks_install();
	return NULL;
}

static struct err *pause_guest(struct session *s, const struct domain *d)
{
	if (!REGISTERS_RENEWED)
		return err_new(ERR_UNSUPPORTED,
			       "-P: this release of crash cannot take the registers of a paused guest");
	ERR_TRY(domain_pause(s->xen, d));
	live.paused = true;
	return renew_registers(s, d);
}

static struct err *open_domain(struct session *s, const struct domain *d)
{
	struct progress p;
	const struct page_progress progress = { progress_step, &p };
	struct guest *g = NULL;
	struct err *e;

	progress_start(&p, "guest's memory");
	e = guest_find_linux(s->xen, d, &progress, &g);
	if (!e)
		e = check_vmlinux(g);
	if (!e)
		e = check_core(s, d, g);
	if (!e)
		e = guest_pages_open(s->xen, d, false, &progress, &pages);
	progress_end(&p);
	if (!e)
		snprintf(release, sizeof(release), "%s", g->release);
	return err_prefix(e, "domain %" PRIu64, value_of(&d->domain_id));
}

static const char *guest_state(struct session *s)
{
	static char text[sizeof(title) + sizeof(release) + 80];
	char tasks[32] = "";

	(void)s;
	if (!(pc->flags & MINIMAL_MODE))
		snprintf(tasks, sizeof(tasks), ", %lu tasks", RUNNING_TASKS());
	snprintf(text, sizeof(text), "%s, Linux %s%s%s", title, release, tasks,
		 !live.is ? "" : live.down ? ", shut down" : live.paused ? ", paused" : ", running");
	return text;
}

static struct front_end front;

static void become(struct session *s, const struct domain *d)
{
	const char *name = name_of_domain(s->xen, d);

	snprintf(title, sizeof(title), "d%" PRIu64 "%s%.40s%s", value_of(&d->domain_id),
		 name ? " (" : "", name ? name : "", name ? ")" : "");
	front = *s->front;
	front.dom0_state = NULL;
	front.dom0_task = NULL;
	front.dom0_thread = NULL;
	front.dom0_irq = NULL;
	front.dom0_irq_count = NULL;
	front.guest_state = guest_state;
	s->front = &front;
	s->kernel_domid = value_of(&d->domain_id);
	/* for crash's "sys"; the file was opened earlier */
	own_dumpfile = pc->dumpfile;
	if (asprintf(&pc->dumpfile, "%s (domain %u)", host_name(s), s->kernel_domid) < 0)
		pc->dumpfile = own_dumpfile;
}

bool guest_is_expected(void)
{
	struct notes *notes;
	struct err *e;

	if (has_core.known)
		return has_core.is;
	has_core.known = true;
	has_core.is = false;
	if (ACTIVE())
		return false;
	e = corefile_notes(pc->dumpfile, &notes);
	if (!e) {
		has_core.is = notes->of_domain == OWN_NOTE_EMPTY;
		notes_destroy(notes);
	}
	err_free(e);
	return has_core.is;
}

struct err *guest_open(struct session *s, const struct start_request *r)
{
	struct domain d;
	struct err *e;

	if (is_open)
		return NULL;
	if (!guest_is_expected())
		return err_new(ERR_REFUSED,
			       "\"start -d\" requires a session on a core that \"xen extract -n -d DOMID\" wrote; \"xencrash -d DOMID\" does both");
	if (!s->xen)
		ERR_TRY(r->nr_dumps ? open_host(s, r) : open_live(s));
	ERR_TRY(domain_argument(s, r->domain, &d));
	if (!value_of(&d.domain_id))
		return err_new(ERR_REFUSED, "domain 0: dom0's session is \"xencrash VMCORE\"");
	live.down = live.is && domain_is_shut_down(&d);
	e = r->pause ? pause_guest(s, &d) : NULL;
	if (!e)
		e = open_domain(s, &d);
	if (e) {
		if (live.paused)
			err_free(domain_unpause(s->xen, &d));
		live.paused = false;
		return e;
	}
	hide_variables();
	become(s, &d);
	is_open = true;
	hooks_register(&hook);
	session_banner(s, fp);
	return NULL;
}

bool guest_is_open(void)
{
	return is_open;
}

void guest_close(void)
{
	has_core.known = false;
	if (!is_open)
		return;
	guest_pages_close(&pages);
	if (pc->dumpfile != own_dumpfile)
		free(pc->dumpfile);
	pc->dumpfile = own_dumpfile;
	/*
	 * crash's core contains zeros; this reader, without its file, fails on
	 * every address
	 */
	hooks_set_reader(read_proc_kcore);
	is_open = false;
	live.is = live.paused = live.down = false;
}
