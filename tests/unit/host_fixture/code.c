/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * More code for the host of host.c, three pages, and the list of one place that
 * Xen patches at boot: struct alt_instr of 4.11 and later.
 */
asm(".text\n.globl far_code\n.type far_code, @function\nfar_code: .skip 0x3000, 0xcc\n.size far_code, 0x3000\n.globl _etext\n_etext:\n.skip 32, 0x90\n"
    ".data\n.globl __alt_instructions\n__alt_instructions:\n"
    ".long p2m_pt_get_entry - .\n.long innocent - .\n.word 7\n"
    /* lengths of the place, of the replacement, and of the padding */
    ".byte 5, 3, 2, 0\n"
    ".globl __alt_instructions_end\n__alt_instructions_end:\n.balign 16\n");
