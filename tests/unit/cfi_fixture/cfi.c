/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions with rules for their callers, in .debug_frame. Compiled and read, never run. */
#define FUNCTION(name, rules)					\
	".globl " #name "\n.type " #name ", @function\n"	\
	".balign 16\n" #name ":\n.cfi_startproc\n" rules "\n"	\
	"nop\nnop\nnop\nnop\n.cfi_endproc\n.size " #name ", . - " #name "\n"
/* CFA by an expression of len bytes */
#define CFA(name, len, ops) FUNCTION(name, ".cfi_escape 0x0f, " #len ", " ops)

#define LIT1 "0x31, "
#define LITS LIT1 LIT1 LIT1 LIT1 LIT1 LIT1 LIT1 LIT1
#define NOPS "0x96, 0x96, 0x96, 0x96, 0x96, 0x96, 0x96, 0x96, "

asm(".text\n.cfi_sections .debug_frame\n"
    /* one byte of push, after which the frame has 8 bytes more; ends with a call */
    FUNCTION(pushes, "push %rbx\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset %rbx, 0\n")
    ".balign 16\n.globl ends\n.type ends, @function\nends:\n.cfi_startproc\n"
    "push %rbx\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset %rbx, 0\ncall ends\n.cfi_endproc\n"
    ".globl behind\nbehind:\n.skip 16, 0x90\n"
    FUNCTION(in_register, ".cfi_register %rbx, %r12\n.cfi_undefined %r13\n.cfi_same_value %r14\n"
			  ".cfi_register %rbp, %r9\n")
    /* rbx is at CFA - 24, rbp is CFA - 32, r15 is rbx + 2 */
    FUNCTION(in_memory, ".cfi_escape 0x10, 3, 2, 0x48, 0x1c\n"
			".cfi_escape 0x16, 6, 3, 0x08, 32, 0x1c\n"
			".cfi_escape 0x16, 15, 2, 0x73, 2\n")
    FUNCTION(outermost, ".cfi_undefined %rip\n")
    /* of rsp (7), rbx (3), rcx (2) and rip (16) */
    CFA(plus, 5, "0x77, 0, 0x73, 0, 0x22")
    CFA(minus, 5, "0x77, 0, 0x73, 0, 0x1c")
    CFA(and_, 5, "0x77, 0x0d, 0x08, 0xf8, 0x1a")
    CFA(or_, 5, "0x77, 0x0d, 0x73, 0, 0x21")
    CFA(xor_, 5, "0x77, 0x18, 0x73, 0x18, 0x27")
    CFA(shl, 4, "0x73, 0, 0x39, 0x24")
    CFA(shr, 4, "0x77, 0, 0x34, 0x25")
    CFA(shl_all, 7, "0x77, 0, 0x31, 0x08, 64, 0x24, 0x22")
    CFA(shr_all, 7, "0x77, 0, 0x31, 0x08, 64, 0x25, 0x22")
    CFA(greater, 6, "0x77, 0, 0x77, 0, 0x2a, 0x96")
    CFA(less, 7, "0x77, 0, 0x09, 0xff, 0x30, 0x2a, 0x22")
    CFA(uconst, 5, "0x77, 1, 0x23, 0x85, 0x02")
    CFA(deref, 3, "0x77, 8, 0x06")
    CFA(dup, 4, "0x77, 3, 0x12, 0x22")
    CFA(drop, 5, "0x77, 5, 0x73, 0, 0x13")
    CFA(bregx, 3, "0x92, 7, 6")
    CFA(const2, 4, "0x0a, 0x34, 0x12, 0x96")
    CFA(const4, 5, "0x0c, 0x78, 0x56, 0x34, 0x12")
    CFA(const8, 9, "0x0e, 8, 7, 6, 5, 4, 3, 2, 1")
    CFA(constu, 3, "0x10, 0x85, 0x02")
    /* as in a procedure linkage table */
    CFA(linkage, 11, "0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x32, 0x2a, 0x33, 0x24, 0x22")
    /* corrupt */
    CFA(itself, 1, "0x9c")
    CFA(too_few, 3, "0x77, 0, 0x22")
    CFA(nothing_left, 3, "0x77, 0, 0x13")
    CFA(unknown, 2, "0x71, 0")
    CFA(multiplies, 4, "0x77, 0, 0x31, 0x1e")
    CFA(deep, 18, LITS LITS "0x13, 0x31")
    CFA(too_deep, 18, LITS LITS "0x31, 0x13")
    CFA(longest, 64, NOPS NOPS NOPS NOPS NOPS NOPS NOPS "0x96, 0x96, 0x96, 0x96, 0x96, 0x96, 0x96, 0x31")
    CFA(too_long, 65, NOPS NOPS NOPS NOPS NOPS NOPS NOPS NOPS "0x31")
    ".cfi_sections .debug_frame\n");
unsigned long data = 1;
