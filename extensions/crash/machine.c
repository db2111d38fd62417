/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

#include "xen/model/dom0/dom0.h"

/*
 * Dumps of a whole machine have no Xen notes: crash takes dom0's addresses for
 * machine addresses. A PV dom0's frame list is what the note would have told it
 * (xen_dom0.c), and all the rest follows from that. A PVH dom0 has no such list:
 * what crash reads is translated here.
 */
#define XEN_ELFNOTE_CRASH_INFO	0x1000001
#define NOTE_WORDS		10
#define NOTE_PHYS_START		8
#define NOTE_FRAME_LIST		9

/* xen_dom0.h, which is not installed: unchanged from 7.2.9 to 9.0.2 */
void process_xen_note(ulong type, void *data, size_t size);

static struct dom0 dom0;
static bool adopted, translates;

bool machine_translates(void)
{
	return translates;
}

bool machine_address(physaddr_t paddr, physaddr_t *maddr)
{
	struct err *e;
	uint64_t mfn;

	e = dom0_mfn(&dom0, paddr >> XPAGE_SHIFT, &mfn);
	if (e) {
		err_free(e);
		return false;
	}
	*maddr = mfn << XPAGE_SHIFT | (paddr & (XPAGE_SIZE - 1));
	return true;
}

static void tell_frame_list(const struct xen *x)
{
	ulong note[NOTE_WORDS] = { x->id.major, x->id.minor };

	note[NOTE_PHYS_START] = space_params(x->space)->phys_start;
	note[NOTE_FRAME_LIST] = dom0.list_list;
	process_xen_note(XEN_ELFNOTE_CRASH_INFO, note, sizeof(note));
}

void machine_adopt(struct xen *x)
{
	struct err *e;

	if (notes_are_xen(x->notes) || pc->flags & XEN_CORE)
		return;
	e = dom0_open(x, &dom0);
	if (e) {
		fprintf(fp, "xen.so: dom0's memory cannot be found, only the hypervisor can be looked at: %s\n",
			err_text(e));
		err_free(e);
		return;
	}
	adopted = true;
	if (dom0.list_list)
		tell_frame_list(x);
	else
		translates = true;
}

void machine_forget(void)
{
	adopted = translates = false;
}

/*
 * What crash read of the kernel before (x86_64.c, PRE_GDB and POST_RELOC: where
 * it is, and the ranges of its addresses) was read from the wrong frames. No
 * kernel that Xen starts moves itself (KASLR).
 */
void machine_relearn(void)
{
	if (!adopted)
		return;
	machdep->flags &= ~(VM_5LEVEL | RANDOMIZED);
	machdep->flags |= PHYS_BASE;
	machdep->machspec->phys_base = 0;
	hooks_remove();
	machdep_init(PRE_GDB);
	hooks_install();
	machdep_init(POST_RELOC);
}
