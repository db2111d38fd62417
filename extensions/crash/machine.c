/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest.h"
#include "hooks.h"
#include "machine.h"

#include "xen/model/dom0/dom0.h"
#include "xen/output/output.h"

/*
 * The missing note contains the frame list of a PV dom0 (xen_dom0.c), which is
 * built here and passed to crash. A PVH dom0 has no such list: addresses are
 * translated at each read.
 */
#define XEN_ELFNOTE_CRASH_INFO	0x1000001
#define NOTE_WORDS		10
#define NOTE_PHYS_START		8
#define NOTE_FRAME_LIST		9

/*
 * xen_dom0.h, which is not installed: unchanged from 7.1.4 to 9.0.2. Crash 7.1.3
 * lacks it: NULL.
 */
void process_xen_note(ulong type, void *data, size_t size) __attribute__((weak));

static struct dom0 dom0;
static bool adopted, translates;

static int answer_readmem(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	struct err *e;
	uint64_t mfn;

	if (!translates || paddr & TAG_BITS || pc->curcmd_flags & XEN_MACHINE_ADDR)
		return HOOK_PASS;
	e = dom0_mfn(&dom0, paddr >> XPAGE_SHIFT, &mfn);
	if (e) {
		err_free(e);
		return SEEK_ERROR;
	}
	return hooks_read_machine(fd, buf, cnt, va,
				  mfn << XPAGE_SHIFT | (paddr & (XPAGE_SIZE - 1)));
}

static const struct hook hook = { .readmem = answer_readmem };

static struct err *make_note(const struct xen *x)
{
	ulong note[NOTE_WORDS] = { x->id.major, x->id.minor };

	if (!process_xen_note)
		return err_new(ERR_UNSUPPORTED,
			       "this release of crash requires the note of a Xen crash kernel in the dump");
	note[NOTE_PHYS_START] = space_params(x->space)->phys_start;
	note[NOTE_FRAME_LIST] = dom0.list_list;
	process_xen_note(XEN_ELFNOTE_CRASH_INFO, note, sizeof(note));
	return NULL;
}

void machine_register(struct xen *x)
{
	struct err *e;

	if (notes_are_xen(x->notes) || pc->flags & XEN_CORE)
		return;
	e = dom0_open(x, &dom0);
	if (!e && dom0.list_list)
		e = make_note(x);
	if (e) {
		print_safe(fp, "xen.so: dom0's memory not found, only the hypervisor is available: %s\n",
			   err_text(e));
		err_free(e);
		return;
	}
	adopted = true;
	translates = !dom0.list_list;
	hooks_register(&hook);
}

void machine_forget(void)
{
	adopted = translates = false;
}

/*
 * crash read the kernel's place and address ranges (x86_64.c, PRE_GDB and
 * POST_RELOC) from wrong frames, or not at all; this reads them again. A dom0
 * started by Xen does not relocate itself (KASLR).
 */
void machine_restart(void)
{
	if (!adopted && !guest_is_open())
		return;
	machdep->flags &= ~(VM_5LEVEL | RANDOMIZED);
	if (adopted) {
		machdep->flags |= PHYS_BASE;
		machdep->machspec->phys_base = 0;
	}
	hooks_remove();
	machdep_init(PRE_GDB);
	hooks_install();
#ifdef HAVE_RELOC
	machdep_init(POST_RELOC);
#endif
}
