/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers saved on a stack by an entry into the hypervisor, struct
 * cpu_user_regs. Its first 168 bytes are the same from 4.4 to master (SAVE_ALL of
 * asm/asm_defns.h, and the words pushed by the processor): no types are required.
 */
#ifndef XEN_STACK_ENTRY_H
#define XEN_STACK_ENTRY_H

#include "xen/base/error.h"
#include "state.h"

#define ENTRY_SIZE	168	/* bytes up to es, or up to the end in 4.21+ */
#define ENTRY_RBP	32	/* offset of rbp, in which exception entries set a mark */
#define ENTRY_ERROR	120	/* offset of error_code, with entry_vector */
#define ENTRY_RIP	128	/* offset of rip, the lowest word that the processor always pushes */
#define ENTRY_CS	136
#define ENTRY_RFLAGS	144
#define ENTRY_RSP	152
#define ENTRY_SS	160
#define HARDWARE_SIZE	(ENTRY_SIZE - ENTRY_RIP)	/* mask of that */

#define XEN_CS		0xe008	/* __HYPERVISOR_CS, asm/config.h */
#define XEN_DS		0xe010

/* entry_vector of a PV guest's syscall and sysenter (TRAP_syscall) */
#define ENTRY_SYSCALL	0x100

/* Value of vector if only the words pushed by the processor exist */
#define ENTRY_UNKNOWN	0xffffffff

#define ENTRY_PAGE_FAULT	14
#define ENTRY_FETCH		0x10	/* bit of the error code: instruction fetch */

/* The registers below error_code, in the order of their addresses: enum x64_reg. */
#define ENTRY_GENERAL	15
extern const uint8_t entry_general[ENTRY_GENERAL];

struct entry {
	uint64_t va;		/* va of the cpu_user_regs */
	struct cpu_state state;	/* as far as they are known */
	uint64_t rflags;
	uint32_t vector, error_code;
	uint16_t cs, ss;
};

typedef struct err *(*entry_read_fn)(void *ctx, uint64_t va, uint64_t *ret);

/* Reads the words at va without checks. */
struct err *entry_read(entry_read_fn read, void *ctx, uint64_t va,
		       struct entry *ret) ERR_MUST_CHECK;

/*
 * True if the words at va are those that the processor pushes on the same
 * stack: rip, cs, rflags, rsp and ss, with rsp just above them, apart from
 * alignment to 16 bytes. In this case only the registers rip and rsp are known.
 */
bool entry_read_hardware(entry_read_fn read, void *ctx, uint64_t va,
			 struct entry *ret) ERR_MUST_CHECK;

/*
 * Up to 4.5 entry_vector has two flags beside the vector (TRAP_regs_partial and
 * TRAP_regs_dirty of asm_defns.h). entry_is_partial(): r12 to r15 have not been
 * saved, as in a hypercall. entry_vector(): the vector without the flags.
 */
bool entry_is_partial(uint32_t word);
uint32_t entry_vector(uint32_t word);

/* True if the registers may be those of an entry from code of Xen, or of a guest. */
bool entry_is_from_xen(const struct entry *e);
bool entry_is_from_guest(const struct entry *e);

/* "NMI", "page fault" ...; NULL for numbers that are not exceptions */
const char *vector_name(unsigned int vector);
/* True if the processor pushes an error code for the vector. */
bool vector_has_error(unsigned int vector);

#endif
