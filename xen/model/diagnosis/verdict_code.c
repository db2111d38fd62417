/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Xen's code in memory, compared with that of its image. */
#include "verdict_internal.h"

#include <inttypes.h>
#include <string.h>

#include "xen/model/host/livepatch.h"

/*
 * More bytes that differ are no damage, but another link of the same build, with
 * the same build-id: xen.efi and xen-syms.
 */
#define ALTERED_MAX (2 * XPAGE_SIZE)

/* An instruction has up to 15 bytes. */
#define NEAR 16

/* Up to 4.9 the places that Xen changes may be unknown. */
struct err *verdict_compare_code(struct verdict_job *j, const struct text_site *except,
				 struct text_compare *c)
{
	struct text_site sites[LIVEPATCH_SITES_MAX + 1];
	size_t nr = 0;

	memset(c, 0, sizeof(*c));
	if (!j->x->image || !j->x->image->has_bytes || j->x->forced)
		return NULL;
	ERR_TRY(livepatches_sites(j->x, sites, LIVEPATCH_SITES_MAX, &nr));
	if (except)
		sites[nr++] = *except;
	ERR_TRY(image_compare_text(j->x->image, image_read_space, j->x->space, sites, nr, c));
	if (c->unexplained > ALTERED_MAX || !c->knows_sites)
		c->unexplained = 0;
	return NULL;
}

/* Two comparisons of the whole code, so only if a byte differs there at all. */
static struct err *altered_near(struct verdict_job *j, uint64_t pc, uint64_t *nr)
{
	const struct text_site near = { pc - NEAR, 2 * NEAR };
	struct text_compare all, others;
	uint8_t memory[2 * NEAR];
	const void *file;

	*nr = 0;
	if (!j->x->image || !j->x->image->has_bytes)
		return NULL;
	ERR_TRY(image_bytes(j->x->image, near.va, near.len, &file));
	ERR_TRY(space_read(j->x->space, near.va, memory, near.len));
	if (!memcmp(file, memory, near.len))
		return NULL;
	ERR_TRY(verdict_compare_code(j, NULL, &all));
	ERR_TRY(verdict_compare_code(j, &near, &others));
	if (all.unexplained)
		*nr = all.unexplained - others.unexplained;
	return NULL;
}

struct err *verdict_add_altered(struct verdict_job *j, struct verdict_line *l, uint64_t pc)
{
	uint64_t nr;
	struct err *e = altered_near(j, pc, &nr);

	if (e)
		return err_drop(e);
	if (!nr)
		return NULL;
	MORE(l, "bytes of the code there that differ from the image: %" PRIu64, nr);
	EVIDENCE(l, "comparison with the image, %u bytes before and after %" PRIx64, NEAR, pc);
	return NULL;
}
