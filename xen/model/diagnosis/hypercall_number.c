/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hypercall_number.h"

#include "xen/base/array.h"

/* Offset of rax in struct cpu_user_regs, 4.4 to master. */
#define REGS_RAX	80

/* __HYPERVISOR_* of public/xen.h, __HYPERVISOR_mca of public/arch-x86/xen-mca.h; 4.4 to master */
static const char *const names[] = {
	[0] = "set_trap_table", [1] = "mmu_update", [2] = "set_gdt",
	[3] = "stack_switch", [4] = "set_callbacks", [5] = "fpu_taskswitch",
	[6] = "sched_op_compat", [7] = "platform_op", [8] = "set_debugreg",
	[9] = "get_debugreg", [10] = "update_descriptor", [12] = "memory_op",
	[13] = "multicall", [14] = "update_va_mapping", [15] = "set_timer_op",
	[16] = "event_channel_op_compat", [17] = "xen_version",
	[18] = "console_io", [19] = "physdev_op_compat", [20] = "grant_table_op",
	[21] = "vm_assist", [22] = "update_va_mapping_otherdomain", [23] = "iret",
	[24] = "vcpu_op", [25] = "set_segment_base", [26] = "mmuext_op",
	[27] = "xsm_op", [28] = "nmi_op", [29] = "sched_op", [30] = "callback_op",
	[31] = "xenoprof_op", [32] = "event_channel_op", [33] = "physdev_op",
	[34] = "hvm_op", [35] = "sysctl", [36] = "domctl", [37] = "kexec_op",
	[38] = "tmem_op", [39] = "argo_op", [40] = "xenpmu_op", [41] = "dm_op",
	[42] = "hypfs_op", [48] = "mca",
};

const char *hypercall_name(uint64_t number)
{
	return number < ARRAY_SIZE(names) ? names[number] : NULL;
}

const char *hypercall_in(struct xen *x, uint64_t va)
{
	uint64_t rax;
	struct err *e = space_read_u64(x->space, va + REGS_RAX, &rax);

	if (e) {
		err_free(e);
		return NULL;
	}
	return hypercall_name(rax);
}
