/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices in a generated xenstore, a ring page found by a grant, and channels; for the tests of them. */
#ifndef TESTS_UNIT_MADE_DEVICES_H
#define TESTS_UNIT_MADE_DEVICES_H

#include "tests/unit/model_fixture/shapes.h"

#include <inttypes.h>

#include "extensions/support/command.h"
#include "xen/base/array.h"
#include "xen/model/dom0/xenstore.h"
#include "xen/model/io/pv_device.h"
#include "xen/model/source.h"

static const struct shape shapes[] = { { 404, 64 }, { 412, 64 }, { 423, 64 } };

#define FRONT	"/local/domain/1/device/vbd/51712"
#define BACK	"/local/domain/0/backend/vbd/1/51712"

struct made_value {
	const char *path, *value;
};

/* Nodes of the store that the next reader receives; ends with a NULL path. */
static const struct made_value *store;

static const struct made_value disk[] = {
	{ "/local/domain/1/name", "one" },
	{ FRONT, "" }, { FRONT "/backend", BACK }, { FRONT "/backend-id", "0" },
	{ FRONT "/state", "4" }, { FRONT "/ring-ref", "1" },
	{ FRONT "/event-channel", "3" },
	{ BACK "/frontend", FRONT }, { BACK "/state", "4" }, { BACK "/dev", "xvda" },
	{ NULL, NULL }
};

static struct err *made_store(struct xen *x, const char *path, unsigned int flags,
			      struct store *ret)
{
	(void)x;
	(void)path;
	(void)flags;
	memset(ret, 0, sizeof(*ret));
	if (!store)
		return err_new(ERR_NOT_FOUND, "no process xenstored found in dom0");
	for (unsigned int i = 0; store[i].path; i++) {
		struct store_node n = { .path = store[i].path,
			.value = store[i].value, .len = strlen(store[i].value) };

		assert_ok(store_add(ret, &n));
	}
	store_sort(ret);
	return NULL;
}

static struct source_ops source;

static uint64_t active_of(struct fixture *f, unsigned int ref)
{
	struct place size;

	assert_ok(record_resolve(f->xen.records, "active_grant_entry", &size));
	return fixture_va(f, "active1") + ref * size.size;
}

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/channels_fixture/channels.c tests/unit/channels_fixture/page_alloc.c tests/unit/io_fixture/ring.c",
		      shapes, ARRAY_SIZE(shapes));
	source = memory_source;
	source.store_read = made_store;
	for_each_shape(f) {
		f->xen.source = &source;
		fixture_poke(f, active_of(f, 1),
			     "active_grant_entry.mfn | active_grant_entry.frame",
			     (fixture_va(f, "ring_page") - FIXTURE_BASE +
			      FIXTURE_PHYS) >> XPAGE_SHIFT);
	}
	return 0;
}

static void put_ring(struct fixture *f, uint32_t req_prod, uint32_t req_event,
		     uint32_t rsp_prod, uint32_t rsp_event)
{
	const uint32_t word[] = { req_prod, req_event, rsp_prod, rsp_event };

	memcpy(f->image + (fixture_va(f, "ring_page") - FIXTURE_BASE), word,
	       sizeof(word));
	memory_flush(f->xen.memory);
}

static struct pv_devices devices;

static const struct pv_device *read_devices(struct fixture *f,
					    const struct made_value *nodes)
{
	store = nodes;
	assert_ok(pv_devices_read(&f->xen, NULL, &devices));
	return devices.at;
}

#endif
