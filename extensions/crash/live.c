/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooks.h"
#include "live.h"
#include "m2p.h"

#include <errno.h>
#include <fcntl.h>

#include "extensions/support/session.h"

/* All kernel addresses have these bits set; KERNEL_TAG passes the ones below. */
#define KERNEL_BITS	(~0ULL << 47)

static struct session *session;

/* crash sets XEN() for a kernel with xen_start_info (kernel.c), which is PV. */
static bool is_pv(void)
{
	return ACTIVE() && XEN();
}

static bool kernel_address(ulong va, physaddr_t *paddr)
{
	return m2p_walk(session, vt->kernel_pgd[0], va, paddr);
}

/*
 * /proc/kcore is read by virtual address, so that page tables are not walked.
 * Only vtop requires the physical address; the others require the bytes.
 */
static int answer_kvtop(struct task_context *tc, ulong va, physaddr_t *paddr,
			int verbose)
{
	(void)tc;
	if (!is_pv() || !IS_VMALLOC_ADDR(va))
		return HOOK_PASS;
	if (!(pc->flags & PROC_KCORE))
		return kernel_address(va, paddr);
	if (verbose && kernel_address(va, paddr))
		return TRUE;
	*paddr = (va & ~KERNEL_BITS) | KERNEL_TAG;
	return TRUE;
}

static bool user_address(struct task_context *tc, ulong va, physaddr_t *paddr)
{
	ulong pgd = 0;

	if (!tc || !tc->mm_struct ||
	    !readmem(tc->mm_struct + OFFSET(mm_struct_pgd), KVADDR, &pgd,
		     sizeof(pgd), "mm_struct pgd", RETURN_ON_ERROR | QUIET))
		return false;
	return m2p_walk(session, pgd, va, paddr);
}

static int answer_uvtop(struct task_context *tc, ulong va, physaddr_t *paddr,
			int verbose)
{
	(void)verbose;
	if (!is_pv())
		return HOOK_PASS;
	if (user_address(tc, va, paddr))
		return TRUE;
	*paddr = 0;
	return FALSE;
}

#ifdef HAVE_KCORE_VADDR
#define KCORE_BY_VADDR	true

static int read_kcore(int fd, void *buf, int cnt, ulong va)
{
	return hooks_read(fd, buf, cnt, va, KCORE_USE_VADDR);
}
#else
#define KCORE_BY_VADDR	false

static int read_kcore(int fd, void *buf, int cnt, ulong va)
{
	(void)fd;
	(void)buf;
	(void)cnt;
	(void)va;
	return SEEK_ERROR;
}
#endif

/*
 * In /proc/kcore the array of struct page has holes where there is no RAM,
 * although the kernel has mapped them.
 */
static int answer_readmem(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	int n;

	if ((paddr & TAG_BITS) != KERNEL_TAG)
		return HOOK_PASS;
	va = (paddr & ~TAG_BITS) | KERNEL_BITS;
	n = read_kcore(fd, buf, cnt, va);
	if (n == SEEK_ERROR && kernel_address(va, &paddr))
		n = hooks_read(fd, buf, cnt, va, paddr);
	return n;
}

static const struct hook hook = {
	.kvtop = answer_kvtop,
	.uvtop = answer_uvtop,
	.readmem = answer_readmem,
};

const char *live_source_name(struct session *s)
{
	(void)s;
	return ACTIVE() ? pc->live_memsrc : NULL;
}

static const struct {
	const char *name;
	ulonglong flag;
	hooks_reader *read;
} sources[] = {
	{ "/proc/kcore", PROC_KCORE, read_proc_kcore },
	{ "/dev/crash", MEMMOD, read_memory_device },
	{ "/dev/mem", DEVMEM, read_dev_mem },
};

#define SOURCE_FLAGS	(PROC_KCORE | MEMMOD | DEVMEM | CRASHBUILTIN)

/* The test in crash's kernel_init() (kernel.c), which has not run in a minimal session. */
static bool will_be_pv(void)
{
	ulong start_info = 0;

	return symbol_exists("xen_start_info") &&
	       readmem(symbol_value("xen_start_info"), KVADDR, &start_info,
		       sizeof(start_info), "xen_start_info",
		       RETURN_ON_ERROR | QUIET) && start_info;
}

/*
 * Other sources than /proc/kcore are read by dom0's physical address, found in
 * page tables; in crash before 7.2.4 /proc/kcore, too.
 */
struct err *live_check_source(struct session *s, const char *name)
{
	bool kcore = !strcmp(name, sources[0].name);

	if ((kcore && KCORE_BY_VADDR) || !(is_pv() || will_be_pv()))
		return NULL;
	if (kcore)
		return err_prefix(m2p_try(s),
				  "%s: crash before 7.2.4 does not read it by virtual address; dom0's modules and vmalloc memory require hypercalls",
				  name);
	return err_prefix(m2p_try(s),
			  "%s: page tables of a PV dom0 contain machine addresses; without hypercalls use /proc/kcore",
			  name);
}

void live_register(struct session *s)
{
	struct err *e;

	session = s;
	hooks_register(&hook);
	if (KCORE_BY_VADDR || !ACTIVE() || !(pc->flags & PROC_KCORE))
		return;
	e = live_check_source(s, sources[0].name);
	if (e)
		print_safe(fp, "xen.so: %s\n", err_text(e));
	err_free(e);
}

static bool init_kcore(int fd)
{
#ifdef HAVE_KCORE_INIT_FD
	return proc_kcore_init(fp, fd);
#else
	int (*init)(FILE *) = (void *)proc_kcore_init;
	int before = pc->mfd;
	bool ok;

	pc->mfd = fd;
	ok = init(fp);
	pc->mfd = before;
	return ok;
#endif
}

struct err *live_source_use(struct session *s, const char *name)
{
	size_t i;
	int fd;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (!strcmp(name, sources[i].name))
			break;
	if (i == sizeof(sources) / sizeof(sources[0]) || !ACTIVE())
		return err_new(ERR_NOT_FOUND, "no memory source \"%s\" in this session", name);
	ERR_TRY(live_check_source(s, name));
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_io(errno, "%s", name);
	if (sources[i].flag == PROC_KCORE && !(pc->flags & PROC_KCORE) &&
	    !init_kcore(fd)) {
		close(fd);
		return err_new(ERR_UNSUPPORTED, "%s: crash cannot read its header", name);
	}
	if (pc->mfd >= 0)
		close(pc->mfd);
	pc->mfd = fd;
	pc->flags = (pc->flags & ~SOURCE_FLAGS) | sources[i].flag;
	pc->live_memsrc = (char *)sources[i].name;
	hooks_set_reader(sources[i].read);
	return NULL;
}
