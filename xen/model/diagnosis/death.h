/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways in which a host under Xen dies, and what the hypervisor's console says
 * of them. The messages are those of Xen 4.4 to master: traps.c, nmi.c,
 * crash.c, cpu/mcheck/mce.c of arch/x86; bug.c, kexec.c, shutdown.c of common;
 * drivers/char/console.c.
 */
#ifndef XEN_MODEL_DEATH_H
#define XEN_MODEL_DEATH_H

#include <stdbool.h>
#include <stdint.h>

enum death {
	DEATH_UNKNOWN,
	DEATH_PANIC,		/* panic() of a cause not named below */
	DEATH_TRAP,		/* an exception Xen has no answer to */
	DEATH_PAGE_FAULT,
	DEATH_PROTECTION,	/* general protection */
	DEATH_CONTROL_FLOW,	/* #CP */
	DEATH_BUG,
	DEATH_ASSERT,
	DEATH_DOUBLE_FAULT,
	DEATH_NMI,
	DEATH_WATCHDOG,		/* Xen's, of a pcpu */
	DEATH_MCE,
	DEATH_DOM0,		/* dom0 shut down as crashed */
	DEATH_DOM0_WATCHDOG,	/* dom0's watchdog timer in Xen ran out */
	DEATH_KEY,		/* debug key C */
	DEATH_HYPERCALL,	/* KEXEC_CMD_kexec: crash */
	DEATH_NONE,		/* it lived: the dump was taken from outside */
	NR_DEATHS
};

/* "hypervisor page fault" ...; for DEATH_UNKNOWN "not known" */
const char *death_name(enum death d);

#define DEATH_BANKS 8

struct death_bank {
	unsigned int number;
	uint64_t status, misc, address;	/* MCi_STATUS, MCi_MISC, MCi_ADDR */
	bool has_misc, has_address;
};

/* What a console text says; the latest death in it counts. */
struct death_report {
	enum death kind;
	int panic_pcpu;		/* "Panic on CPU"; -1: not told */
	int kexec_pcpu;		/* that executed the crash kernel; -1 */
	int stuck_pcpu;		/* that the watchdog found; -1 */
	bool has_error_code, has_linear, has_rip, has_mcg_status;
	uint32_t error_code;
	uint64_t linear;	/* va of a page fault */
	uint64_t rip;		/* va; last one shown before the panic */
	uint64_t mcg_status;	/* MCG_STATUS */
	struct death_bank bank[DEATH_BANKS];
	unsigned int nr_banks;
	char text[256];		/* the panic's lines, joined by "; " */
	char evidence[160];	/* the line that told the kind */
	char stuck[64];		/* the watchdog's line */
	char nmi[128];		/* where an NMI came from, in Xen's words */
	char mce[128];		/* "MCE: Fatal error happened on CPUs 0" */
	char lost[128];		/* pcpus that could not be stopped: "0,3" */
	char dom0_panic[200];	/* Linux's own, where dom0's console is in it */
};

void death_from_console(const char *console, struct death_report *ret);

/*
 * A line of a console without its end: the text behind "(XEN) " and a time
 * stamp, if there is one. NULL when it is not Xen's. *len is that of the text.
 */
const char *console_line(const char *line, const char *end, unsigned int *len);

/* "2: b600000000000135[       0] at      1234000", what follows "Bank ". */
bool death_parse_bank(const char *text, struct death_bank *ret);

/*
 * A set of pcpus as Xen prints it in hexadecimal, "3" or "1,00000000", as the
 * list "0-1", "32"; false when it is none.
 */
bool pcpu_bitmap_text(const char *hex, char *buf, unsigned int size);

#endif
