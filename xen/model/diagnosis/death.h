/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kinds of crash of a host under Xen, and their messages on the hypervisor's
 * console in Xen 4.4 to master: traps.c, nmi.c, crash.c, cpu/mcheck/mce.c of
 * arch/x86; bug.c, kexec.c, shutdown.c of common; drivers/char/console.c.
 */
#ifndef XEN_MODEL_DEATH_H
#define XEN_MODEL_DEATH_H

#include <stdbool.h>
#include <stdint.h>

enum death {
	DEATH_UNKNOWN,
	DEATH_PANIC,		/* panic() for any cause not listed below */
	DEATH_TRAP,		/* unhandled exception */
	DEATH_PAGE_FAULT,
	DEATH_PROTECTION,	/* general protection */
	DEATH_CONTROL_FLOW,	/* #CP */
	DEATH_BUG,
	DEATH_ASSERT,
	DEATH_DOUBLE_FAULT,
	DEATH_NMI,
	DEATH_WATCHDOG,		/* Xen's watchdog for pcpus */
	DEATH_MCE,
	DEATH_DOM0,		/* dom0 shut down with the reason "crash" */
	DEATH_DOM0_WATCHDOG,	/* dom0's watchdog timer in Xen expired */
	DEATH_KEY,		/* debug key C */
	DEATH_HYPERCALL,	/* KEXEC_CMD_kexec: crash */
	DEATH_NONE,		/* no crash: the dump was taken from outside */
	NR_DEATHS
};

/* "page fault in the hypervisor" ...; "unknown" for DEATH_UNKNOWN */
const char *death_name(enum death d);

/* "write to" ..., by the error code of a page fault (Intel's manual, volume 3, 4.7) */
const char *death_fault_access(uint32_t error_code);
/* "not mapped", "protection violation", or a faulty page table */
const char *death_fault_reason(uint32_t error_code);

#define DEATH_BANKS 8

struct death_bank {
	unsigned int number;
	uint64_t status, misc, address;	/* MCi_STATUS, MCi_MISC, MCi_ADDR */
	bool has_misc, has_address;
};

/* The contents of a console text that describe its last crash. */
struct death_report {
	enum death kind;
	/* pcpus; -1: not in the text */
	int panic_pcpu;		/* "Panic on CPU" */
	int kexec_pcpu;		/* the pcpu that executed the crash kernel */
	int stuck_pcpu;		/* reported by the watchdog */
	bool has_error_code, has_linear, has_rip, has_mcg_status;
	uint32_t error_code;
	uint64_t linear;	/* va of a page fault */
	uint64_t rip;		/* va; the last RIP printed before the panic */
	uint64_t mcg_status;	/* MCG_STATUS */
	struct death_bank bank[DEATH_BANKS];
	unsigned int nr_banks;
	char text[256];		/* the panic's lines, joined by "; " */
	char evidence[160];	/* the line that determined the kind */
	char stuck[64];		/* the line printed by the watchdog */
	char nmi[128];		/* Xen's line on the source of an NMI */
	char mce[128];		/* "MCE: Fatal error happened on CPUs 0" */
	char lost[128];		/* pcpus that Xen could not stop: "0,3" */
	char dom0_panic[200];	/* Linux's panic, if the text has dom0's console */
};

void death_from_console(const char *console, struct death_report *ret);

/*
 * True if Xen printed a text for a guest, which can contain anything: "(d1) " is
 * before it, in the bytes up to end. dom0 is trusted.
 */
bool console_of_guest(const char *text, const char *end);

/*
 * The text of a console line after "(XEN) " and an optional time stamp, or NULL
 * for a line that Xen did not print. *len: length of the text, without white
 * space at the end.
 */
const char *console_line(const char *line, const char *end, unsigned int *len);

/* Parses the rest of a line after "Bank ": "2: b600000000000135[       0] at      1234000". */
bool death_parse_bank(const char *text, struct death_bank *ret);

/*
 * Converts Xen's hexadecimal set of pcpus, "3" or "1,00000000", to a list,
 * "0-1" or "32". False if hex is not a set or buf is too small.
 */
bool pcpu_bitmap_text(const char *hex, char *buf, unsigned int size);

#endif
