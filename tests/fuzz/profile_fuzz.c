/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as a layout profile; records are read with the places in it. */
#include <stdlib.h>
#include <string.h>

#include "xen/profile/profile.h"
#include "xen/types/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sample {
	struct value a, b, c, d, e;
};

/* Names that occur in the seeds. */
static const struct field fields[] = {
	FIELD(struct sample, a, "vcpu.domain"),
	FIELD(struct sample, b, "vcpu.sched_unit->priv"),
	FIELD(struct sample, c, "vcpu.is_urgent"),
	FIELD_AT(struct sample, d, "vcpu.sched_unit->cpu_hard_affinity[0].bits"),
	FIELD(struct sample, e, "vcpu.runstate.state"),
};
static const struct record_type sample_type = RECORD_TYPE("sample", fields);
static const struct field whole = FIELD_PLACE("vcpu | enum system_state=SYS_STATE_boot");

/* Every word points to the next page. */
static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	uint64_t *word = page;

	(void)priv;
	for (size_t i = 0; i < XPAGE_SIZE / sizeof(*word); i++)
		word[i] = 0xffff82d040000000 + (maddr & 0x3fffffff) + XPAGE_SIZE + i;
	return NULL;
}

static const struct memory_ops ops = {
	.name = "fuzz", .read_page = read_page,
};

static void read_by(struct profile *p)
{
	struct space_params params = {
		.virt_start = 0xffff82d040000000, .phys_start = 0x1000000,
	};
	struct memory *memory;
	struct records *r;
	struct sample sample;
	struct space *space;
	struct place place;

	err_free(memory_create(&ops, NULL, &memory));
	err_free(space_create(memory, &params, &space));
	err_free(records_create(profile_places(p), &r));
	err_free(record_read(r, space, &sample_type, 0xffff82d040003000, &sample));
	err_free(record_place(r, &whole, &place));
	records_destroy(r);
	space_destroy(space);
	memory_destroy(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t all, proved;
	struct profile *p;
	struct err *e = profile_parse("fuzz", (const char *)data, size, &p);

	if (e) {
		err_free(e);
		return 0;
	}
	profile_prove(p, "vcpu.domain");
	profile_count(p, &all, &proved);
	if (!all || proved > 1)
		abort();
	read_by(p);
	profile_destroy(p);
	return 0;
}
