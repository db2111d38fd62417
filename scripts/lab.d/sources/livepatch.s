# SPDX-License-Identifier: GPL-2.0-or-later
# A livepatch payload: xen_extra_version() returns another text. The lab fills in the build-id of the
# hypervisor.
	.text
	.globl	lab_extra_version
	.type	lab_extra_version, @function
lab_extra_version:
	leaq	text(%rip), %rax
	ret
	.size	lab_extra_version, . - lab_extra_version

	.section .rodata, "a"
text:
	.asciz	".livepatched"
name:
	.asciz	"xen_extra_version"

# struct livepatch_func of xen/include/public/sysctl.h, version 2 of the payloads; 104 bytes in 4.20
	.section .livepatch.funcs, "aw"
	.quad	name
	.quad	lab_extra_version
	.quad	0			# Xen finds the old one by its name
	.long	8			# new_size
	.long	8			# old_size
	.byte	2
	.fill	104 - 33, 1, 0

# Notes of GNU build-ids: of the payload, of the payload it is for, of the hypervisor it is for
	.macro	build_id section, bytes:vararg
	.section \section, "a", @note
	.long	4, 20, 3
	.asciz	"GNU"
	.byte	\bytes
	.endm
	build_id .note.gnu.build-id, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20
	build_id .livepatch.depends, @XEN_BUILD_ID@
	build_id .livepatch.xen_depends, @XEN_BUILD_ID@
	.section .note.GNU-stack, "", @progbits
