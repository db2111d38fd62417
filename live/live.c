/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen-live.so: hypercalls for xen.so, through the libraries of the running Xen,
 * whose administrative interface is bound to one release. Only asks, changes
 * nothing, and calls nothing that is known to bring down a hypervisor.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xen/kexec.h>
#include <xen/version.h>

#include "../xen/model/live_ops.h"
#include "quiet.h"

#define PAGE	4096

/* The image begins 1 MiB (to 4.8) or 2 MiB behind a multiple of this. */
#define BASE_STEP	(2ULL << 20)

struct live {
	xc_interface *xc;
	xenforeignmemory_handle *fmem;
	uint32_t cpus;
};

static int failed(void)
{
	return errno ? -errno : -EIO;
}

static void live_close(void *priv)
{
	struct live *l = priv;

	if (l->fmem)
		xenforeignmemory_close(l->fmem);
	if (l->xc)
		xc_interface_close(l->xc);
	free(l);
}

static int live_open(void **priv)
{
	struct live *l = calloc(1, sizeof(*l));
	int rc;

	if (!l)
		return -ENOMEM;
	errno = 0;
	l->xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	if (l->xc)
		l->fmem = xenforeignmemory_open(quiet_logger(), 0);
	if (!l->xc || !l->fmem) {
		rc = failed();
		live_close(l);
		return rc;
	}
	*priv = l;
	return 0;
}

static void text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void read_build_id(struct live *l, struct live_identity *id)
{
	char buf[sizeof(xen_build_id_t) + sizeof(id->build_id)] = { 0 };
	xen_build_id_t *b = (void *)buf;
	int n;

	b->len = sizeof(id->build_id);
	n = xc_version(l->xc, XENVER_build_id, b);
	if (n <= 0 || (size_t)n > sizeof(id->build_id))
		return;
	memcpy(id->build_id, b->buf, n);
	id->build_id_len = n;
}

static int live_identity(void *priv, struct live_identity *ret)
{
	struct live *l = priv;
	struct live_identity id = { 0 };
	int version = xc_version(l->xc, XENVER_version, NULL);
	union {
		xen_extraversion_t extra;
		xen_changeset_info_t changeset;
		xen_compile_info_t compile;
		xen_capabilities_info_t capabilities;
		xen_commandline_t command_line;
	} u;
	uint64_t size, start;

	if (version < 0)
		return failed();
	id.major = version >> 16;
	id.minor = version & 0xffff;
	if (xc_version(l->xc, XENVER_extraversion, &u.extra) >= 0)
		text(id.extra, sizeof(id.extra), u.extra);
	if (xc_version(l->xc, XENVER_changeset, &u.changeset) >= 0)
		text(id.changeset, sizeof(id.changeset), u.changeset);
	if (xc_version(l->xc, XENVER_compile_info, &u.compile) >= 0) {
		text(id.compiler, sizeof(id.compiler), u.compile.compiler);
		text(id.compile_date, sizeof(id.compile_date),
		     u.compile.compile_date);
	}
	if (xc_version(l->xc, XENVER_capabilities, &u.capabilities) >= 0)
		text(id.capabilities, sizeof(id.capabilities), u.capabilities);
	if (xc_version(l->xc, XENVER_commandline, &u.command_line) >= 0)
		text(id.command_line, sizeof(id.command_line), u.command_line);
	read_build_id(l, &id);
	/* not for a PVH dom0 (-ENOSYS) */
	if (!xc_kexec_get_range(l->xc, KEXEC_RANGE_MA_XEN, 0, &size, &start))
		id.phys_start = (start - 1) & ~(BASE_STEP - 1);
	*ret = id;
	return 0;
}

static int live_host(void *priv, struct live_host *ret)
{
	struct live *l = priv;
	struct live_host h = { 0 };
	xc_physinfo_t info = { 0 };
	int sched;

	if (xc_physinfo(l->xc, &info))
		return failed();
	h.cpus_online = info.nr_cpus;
	h.cpus = l->cpus = info.max_cpu_id + 1;
	h.cpu_khz = info.cpu_khz;
	h.total_pages = info.total_pages;
	h.free_pages = info.free_pages;
	h.max_page = info.max_mfn + 1;
	if (!xc_sched_id(l->xc, &sched))
		h.scheduler = sched;
	*ret = h;
	return 0;
}

static int live_log(void *priv, char *buf, size_t size, uint32_t *index,
		    size_t *len)
{
	struct live *l = priv;
	unsigned int n = size > 1U << 30 ? 1U << 30 : size;

	if (xc_readconsolering(l->xc, buf, &n, 0, 1, index))
		return failed();
	*len = n;
	return 0;
}

static const struct {
	uint32_t theirs, ours;
} flags[] = {
	{ XEN_DOMINF_dying, LIVE_DYING }, { XEN_DOMINF_hvm_guest, LIVE_HVM },
	{ XEN_DOMINF_shutdown, LIVE_SHUTDOWN },
	{ XEN_DOMINF_paused, LIVE_PAUSED },
	{ XEN_DOMINF_debugged, LIVE_DEBUGGED },
	{ XEN_DOMINF_xs_domain, LIVE_XENSTORE },
	{ XEN_DOMINF_hap, LIVE_HAP },
};

static int live_domain(void *priv, uint32_t first, struct live_domain *ret)
{
	struct live *l = priv;
	struct live_domain d = { 0 };
	xc_domaininfo_t i;
	unsigned int width;
	size_t n;
	int nr;

	memset(&i, 0, sizeof(i));
	nr = xc_domain_getinfolist(l->xc, first, 1, &i);
	if (nr < 0)
		return failed();
	if (!nr)
		return -ENOENT;
	d.domid = i.domain;
	for (n = 0; n < sizeof(flags) / sizeof(flags[0]); n++)
		if (i.flags & flags[n].theirs)
			d.flags |= flags[n].ours;
	d.shutdown_code = i.flags >> XEN_DOMINF_shutdownshift &
			  XEN_DOMINF_shutdownmask;
	d.max_vcpu_id = i.max_vcpu_id;
	d.cpupool = i.cpupool;
	d.tot_pages = i.tot_pages;
	d.max_pages = i.max_pages;
	d.outstanding_pages = i.outstanding_pages;
	d.shr_pages = i.shr_pages;
	d.paged_pages = i.paged_pages;
	d.emulation_flags = i.arch_config.emulation_flags;
	memcpy(d.handle, i.handle, sizeof(d.handle));
	/* in bytes */
	if (!xc_domain_get_guest_width(l->xc, d.domid, &width))
		d.width = width * 8;
	*ret = d;
	return 0;
}

static int live_vcpu(void *priv, uint32_t domid, uint32_t id,
		     struct live_vcpu *ret)
{
	struct live *l = priv;
	xc_vcpuinfo_t v = { 0 };

	if (xc_vcpu_getinfo(l->xc, domid, id, &v))
		return errno == ESRCH ? -ENOENT : failed();
	*ret = (struct live_vcpu){ .online = v.online, .blocked = v.blocked,
				   .running = v.running, .cpu = v.cpu,
				   .cpu_time = v.cpu_time };
	return 0;
}

static int live_affinity(void *priv, uint32_t domid, uint32_t id, int soft,
			 void *set, size_t size)
{
	struct live *l = priv;
	xc_cpumap_t h = xc_cpumap_alloc(l->xc), s = xc_cpumap_alloc(l->xc);
	int n = xc_get_cpumap_size(l->xc), rc = 0;

	if (!h || !s || n < 0)
		rc = -ENOMEM;
	else if (xc_vcpu_getaffinity(l->xc, domid, id, h, s,
				     XEN_VCPUAFFINITY_HARD |
				     XEN_VCPUAFFINITY_SOFT))
		rc = failed();
	if (!rc) {
		memset(set, 0, size);
		memcpy(set, soft ? s : h, (size_t)n < size ? (size_t)n : size);
	}
	free(h);
	free(s);
	return rc;
}

static int live_registers(void *priv, uint32_t domid, uint32_t id,
			  struct live_regs *ret)
{
	struct live *l = priv;
	vcpu_guest_context_any_t *c = calloc(1, sizeof(*c));
	const vcpu_guest_context_x86_64_t *v;
	int rc = 0;

	if (!c)
		return -ENOMEM;
	v = &c->x64;
	if (xc_vcpu_getcontext(l->xc, domid, id, c))
		rc = failed();
#define R(to, from) .to = v->user_regs.from
	else
		*ret = (struct live_regs){
			R(rax, rax), R(rbx, rbx), R(rcx, rcx), R(rdx, rdx),
			R(rsi, rsi), R(rdi, rdi), R(rbp, rbp), R(rsp, rsp),
			R(r8, r8), R(r9, r9), R(r10, r10), R(r11, r11),
			R(r12, r12), R(r13, r13), R(r14, r14), R(r15, r15),
			R(rip, rip), R(rflags, rflags), R(cs, cs), R(ss, ss),
			.cr0 = v->ctrlreg[0], .cr2 = v->ctrlreg[2],
			.cr3 = v->ctrlreg[3], .cr4 = v->ctrlreg[4],
		};
#undef R
	free(c);
	return rc;
}

static int live_guest_frame(void *priv, uint32_t domid, uint32_t vcpu,
			    uint64_t va, uint64_t *frame)
{
	struct live *l = priv;
	unsigned long f = xc_translate_foreign_address(l->xc, domid, vcpu, va);

	if (!f)
		return -EFAULT;
	*frame = f;
	return 0;
}

static int live_guest_page(void *priv, uint32_t domid, uint64_t frame,
			   void *page)
{
	struct live *l = priv;
	xen_pfn_t pfn = frame;
	int rc = 0;
	void *map = xenforeignmemory_map(l->fmem, domid, PROT_READ, 1, &pfn, &rc);

	if (!map)
		return failed();
	if (!rc)
		memcpy(page, map, PAGE);
	xenforeignmemory_unmap(l->fmem, map, 1);
	return rc > 0 ? -rc : rc;
}

__attribute__((visibility("default")))
const struct live_ops xen_live_ops = {
	.version = LIVE_OPS_VERSION,
	.size = sizeof(struct live_ops),
	.open = live_open,
	.close = live_close,
	.identity = live_identity,
	.host = live_host,
	.log = live_log,
	.domain = live_domain,
	.vcpu = live_vcpu,
	.affinity = live_affinity,
	.registers = live_registers,
	.guest_frame = live_guest_frame,
	.guest_page = live_guest_page,
};
