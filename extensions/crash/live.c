/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

/* How old what crash's own commands show of a running hypervisor may be. */
#define MAX_AGE_MS	100

/*
 * Live sessions of a dom0. /proc/kcore has the kernel's own view of its
 * memory: addresses that page tables map are read from it as they are.
 */
bool live_reads_virtual(void)
{
	return pc->flags & PROC_KCORE;
}

bool live_is_mapped(ulong va)
{
	return live_is_pv() && IS_VMALLOC_ADDR(va);
}

/* crash sets it for a kernel that Xen started (xen_start_info), PV only. */
bool live_is_pv(void)
{
	return ACTIVE() && XEN();
}

/* crash reads word by word: what was read last may serve for so long. */
void live_refresh(void)
{
	static struct timespec last;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - last.tv_sec) * 1000 +
	    (now.tv_nsec - last.tv_nsec) / 1000000 < MAX_AGE_MS)
		return;
	xen_refresh(session.xen);
	last = now;
}

bool live_reads_xen(void)
{
	return session.xen && xen_is_running(session.xen) &&
	       xen_reads_memory(session.xen);
}

int live_read_machine(void *buf, int cnt, physaddr_t maddr)
{
	struct err *e = memory_read(session.xen->memory, maddr, buf, cnt);

	if (e && CRASHDEBUG(1))
		fprintf(fp, "%s\n", err_text(e));
	err_free(e);
	return e ? READ_ERROR : cnt;
}

bool live_kernel_address(ulong va, physaddr_t *paddr)
{
	return m2p_walk(vt->kernel_pgd[0], va, paddr);
}

bool live_user_address(struct task_context *tc, ulong va, physaddr_t *paddr)
{
	ulong pgd = 0;

	if (!tc || !tc->mm_struct ||
	    !readmem(tc->mm_struct + OFFSET(mm_struct_pgd), KVADDR, &pgd,
		     sizeof(pgd), "mm_struct pgd", RETURN_ON_ERROR | QUIET))
		return false;
	return m2p_walk(pgd, va, paddr);
}

const char *live_source(struct session *s)
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

/* As crash finds it out (kernel.c, kernel_init), which it has not done yet. */
static bool will_be_pv(void)
{
	ulong start_info = 0;

	return symbol_exists("xen_start_info") &&
	       readmem(symbol_value("xen_start_info"), KVADDR, &start_info,
		       sizeof(start_info), "xen_start_info",
		       RETURN_ON_ERROR | QUIET) && start_info;
}

/* The others read what the kernel calls physical: page tables must be walked. */
struct err *live_check_source(const char *name)
{
	if (!strcmp(name, sources[0].name) || !(live_is_pv() || will_be_pv()))
		return NULL;
	return err_prefix(m2p_try(),
			  "%s: in a PV dom0 page tables hold machine addresses, and without hypercalls only /proc/kcore reads what they map",
			  name);
}

struct err *live_source_use(struct session *s, const char *name)
{
	size_t i;
	int fd;

	(void)s;
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (!strcmp(name, sources[i].name))
			break;
	if (i == sizeof(sources) / sizeof(sources[0]) || !ACTIVE())
		return err_new(ERR_NOT_FOUND, "%s is no source of this session", name);
	ERR_TRY(live_check_source(name));
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_io(errno, "%s", name);
	if (sources[i].flag == PROC_KCORE && !(pc->flags & PROC_KCORE) &&
	    !proc_kcore_init(fp, fd)) {
		close(fd);
		return err_new(ERR_UNSUPPORTED, "%s: crash cannot read its header", name);
	}
	if (pc->mfd >= 0)
		close(pc->mfd);
	pc->mfd = fd;
	pc->flags = (pc->flags & ~SOURCE_FLAGS) | sources[i].flag;
	pc->live_memsrc = (char *)sources[i].name;
	hooks_set_readmem(sources[i].read);
	return NULL;
}

void live_find(void)
{
	struct err *e = session_open_live(&session);

	if (e)
		session.why_no_xen = strdup(err_text(e));
	err_free(e);
}
