/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "m2p.h"

#include <time.h>

#include "extensions/support/session.h"
#include "xen/model/memory/p2m.h"
#include "xen/base/array.h"

/*
 * If hypercalls are available, Xen's M2P is used. Otherwise the kernel's own
 * P2M, one array (xen_p2m_addr, arch/x86/xen/p2m.c, Linux 3.19 and later), is
 * inverted; it is in vmalloc space, which only /proc/kcore reads without such a
 * translation.
 */
#define P2M_FLAGS	(3UL << 62)	/* a foreign, identity or missing frame */
#define P2M_MAX		(1UL << 32)	/* limit of frames: 16 TiB */
#define P2M_CHUNK	512

#define ENTRY_PRESENT	1UL
#define ENTRY_LARGE	(1UL << 7)
#define ENTRY_FRAME	0x000ffffffffff000UL

/*
 * Ballooning moves frames: after a miss the array is read again if it is older
 * than this.
 */
#define OLD_ENOUGH	2	/* seconds */

struct frame {
	ulong mfn, pfn;
};

static struct {
	struct frame *frames;	/* sorted by mfn */
	size_t nr;
	time_t when;
} m2p;

static int by_mfn(const void *a, const void *b)
{
	ulong x = ((const struct frame *)a)->mfn;
	ulong y = ((const struct frame *)b)->mfn;

	return x < y ? -1 : x > y;
}

void m2p_forget(void)
{
	free(m2p.frames);
	memset(&m2p, 0, sizeof(m2p));
}

static bool read_word(ulong va, ulong *ret)
{
	return readmem(va, KVADDR, ret, sizeof(*ret), "p2m",
		       RETURN_ON_ERROR | QUIET);
}

/* The array has holes of whole pages for ranges without frames. */
static void collect(ulong array, ulong size)
{
	ulong chunk[P2M_CHUNK], pfn;
	size_t i;

	for (pfn = 0; pfn < size; pfn += P2M_CHUNK) {
		if (!readmem(array + pfn * sizeof(ulong), KVADDR, chunk,
			     sizeof(chunk), "p2m", RETURN_ON_ERROR | QUIET))
			continue;
		for (i = 0; i < P2M_CHUNK && pfn + i < size; i++) {
			if (chunk[i] & P2M_FLAGS)
				continue;
			m2p.frames[m2p.nr++] = (struct frame){ chunk[i], pfn + i };
		}
	}
}

static void load(void)
{
	ulong array, size;

	m2p_forget();
	m2p.when = time(NULL);
	if (!symbol_exists("xen_p2m_addr") || !symbol_exists("xen_p2m_size") ||
	    !read_word(symbol_value("xen_p2m_addr"), &array) ||
	    !read_word(symbol_value("xen_p2m_size"), &size) ||
	    !size || size > P2M_MAX)
		return;
	m2p.frames = calloc(size, sizeof(*m2p.frames));
	if (!m2p.frames)
		return;
	collect(array, size);
	array_sort(m2p.frames, m2p.nr, sizeof(*m2p.frames), by_mfn);
}

static const struct frame *find(ulong mfn)
{
	struct frame key = { .mfn = mfn };

	return m2p.nr ? bsearch(&key, m2p.frames, m2p.nr, sizeof(key), by_mfn) :
			NULL;
}

static bool to_pfn_by_p2m(ulong mfn, ulong *pfn)
{
	const struct frame *f = find(mfn);

	if (!f && time(NULL) - m2p.when >= OLD_ENOUGH) {
		load();
		f = find(mfn);
	}
	if (f)
		*pfn = f->pfn;
	return f;
}

struct err *m2p_try(struct session *s)
{
	uint64_t entry;

	if (!s->xen)
		return err_new(ERR_UNSUPPORTED, "%s", s->why_no_xen ?
			       s->why_no_xen : "no hypervisor was found");
	return m2p_lookup(s->xen, 0, &entry, NULL);
}

static bool to_pfn(struct session *s, ulong mfn, ulong *pfn)
{
	uint64_t entry = 0;
	struct err *e;
	bool known, found;

	if (!s->xen)
		return to_pfn_by_p2m(mfn, pfn);
	e = m2p_lookup(s->xen, mfn, &entry, NULL);
	found = !e;
	known = found || err_reason(e) == ERR_NOT_FOUND;
	err_free(e);
	if (!known)
		return to_pfn_by_p2m(mfn, pfn);
	*pfn = entry;
	return found && !(entry & M2P_INVALID);
}

/*
 * The M2P gives the place of a frame in its owner's memory. The owner is dom0
 * if dom0's P2M has the frame at that place. Reading that array calls this
 * function again, for frames of dom0.
 */
static bool is_own(struct session *s, ulong mfn, ulong pfn)
{
	static bool looking;
	ulong array, size, entry;
	bool own = true;

	if (looking || !s->xen)
		return true;
	looking = true;
	if (symbol_exists("xen_p2m_addr") && symbol_exists("xen_p2m_size"))
		own = read_word(symbol_value("xen_p2m_addr"), &array) &&
		      read_word(symbol_value("xen_p2m_size"), &size) &&
		      pfn < size && read_word(array + pfn * sizeof(entry), &entry) &&
		      entry == mfn;
	looking = false;
	return own;
}

bool m2p_walk(struct session *s, ulong pgd, ulong va, physaddr_t *paddr)
{
	ulong table = pgd, entry, pfn;
	int shift;

	for (shift = 39;; shift -= 9) {
		ulong below = (1UL << shift) - 1;

		if (!read_word(table + (va >> shift & 511) * sizeof(entry), &entry) ||
		    !(entry & ENTRY_PRESENT))
			return false;
		if (shift == 12 || (shift < 39 && entry & ENTRY_LARGE)) {
			ulong maddr = (entry & ENTRY_FRAME & ~below) | (va & below);

			if (!to_pfn(s, maddr >> 12, &pfn) ||
			    !is_own(s, maddr >> 12, pfn))
				return false;
			*paddr = (physaddr_t)pfn << 12 | (va & 0xfff);
			return true;
		}
		if (!to_pfn(s, (entry & ENTRY_FRAME) >> 12, &pfn))
			return false;
		table = PTOV(pfn << 12);
	}
}
