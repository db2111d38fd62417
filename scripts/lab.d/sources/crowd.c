/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crowd NUMBER: creates that many PV domains without a kernel, for figures of
 * large hosts. Each has 4 vcpus, 16 pages, 8 event channels, 4 grants to dom0,
 * one of which dom0 maps for every tenth domain, and a few nodes in xenstore.
 * The domains are not started. The program does not end, and keeps the
 * mappings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>
#include <xenstore.h>
#include <xen/grant_table.h>
#include <xen/memory.h>

#define VCPUS		4
#define PAGES		16
#define CHANNELS	8
#define GRANTS		4
#define FIRST_GRANT	8	/* lower references are reserved */

struct host {
	xc_interface *xc;
	xenforeignmemory_handle *memory;
	xengnttab_handle *table;
	struct xs_handle *store;
};

static int create(struct host *h, unsigned int number, uint32_t *domid)
{
	struct xen_domctl_createdomain config = {
		.max_vcpus = VCPUS,
		.max_evtchn_port = 1023,
		.max_grant_frames = 4,
		.max_maptrack_frames = 4,
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
	};

	memcpy(config.handle, &number, sizeof(number));
	*domid = 0;
	return xc_domain_create(h->xc, domid, &config) ||
	       xc_domain_max_vcpus(h->xc, *domid, VCPUS) ||
	       xc_domain_setmaxmem(h->xc, *domid, PAGES * 4 + 1024) ? -1 : 0;
}

/* Grants the first pages; with map, dom0 maps the first grant. */
static int grant(struct host *h, uint32_t domid, const xen_pfn_t *mfn, bool map)
{
	xenforeignmemory_resource_handle *resource;
	grant_entry_v1_t *entry;
	void *frame = NULL;
	unsigned int i;

	resource = xenforeignmemory_map_resource(h->memory, domid, XENMEM_resource_grant_table,
						 XENMEM_resource_grant_table_id_shared, 0, 1,
						 &frame, PROT_READ | PROT_WRITE, 0);
	if (!resource)
		return -1;
	entry = frame;
	for (i = 0; i < GRANTS; i++) {
		entry[FIRST_GRANT + i].domid = 0;
		entry[FIRST_GRANT + i].frame = mfn[i];
		entry[FIRST_GRANT + i].flags = GTF_permit_access;
	}
	xenforeignmemory_unmap_resource(h->memory, resource);
	return map && !xengnttab_map_grant_ref(h->table, domid, FIRST_GRANT, PROT_READ) ? -1 : 0;
}

static int write_node(struct host *h, uint32_t domid, const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, name);
	return xs_write(h->store, XBT_NULL, path, value, strlen(value)) ? 0 : -1;
}

static int write_nodes(struct host *h, uint32_t domid)
{
	char text[32];

	snprintf(text, sizeof(text), "crowd%u", domid);
	return write_node(h, domid, "name", text) ||
	       write_node(h, domid, "memory/target", "64") ||
	       write_node(h, domid, "console/limit", "1048576") ||
	       write_node(h, domid, "control/shutdown", "") ? -1 : 0;
}

static int make(struct host *h, unsigned int number)
{
	xen_pfn_t pages[PAGES];
	uint32_t domid;
	unsigned int i;

	if (create(h, number, &domid))
		return -1;
	for (i = 0; i < PAGES; i++)
		pages[i] = i;
	if (xc_domain_populate_physmap_exact(h->xc, domid, PAGES, 0, 0, pages))
		return -1;
	for (i = 0; i < CHANNELS; i++)
		if (xc_evtchn_alloc_unbound(h->xc, domid, 0) < 0)
			return -1;
	return grant(h, domid, pages, number % 10 == 0) || write_nodes(h, domid) ? -1 : 0;
}

int main(int argc, char **argv)
{
	unsigned int number = argc == 2 ? strtoul(argv[1], NULL, 10) : 0, i;
	struct host h = {
		.xc = xc_interface_open(NULL, NULL, 0),
		.memory = xenforeignmemory_open(NULL, 0),
		.table = xengnttab_open(NULL, 0),
		.store = xs_open(0),
	};

	if (!number || !h.xc || !h.memory || !h.table || !h.store) {
		perror("crowd");
		return 1;
	}
	for (i = 1; i <= number; i++) {
		if (make(&h, i)) {
			fprintf(stderr, "crowd: domain %u of %u: ", i, number);
			perror("");
			return 1;
		}
		if (i % 100 == 0) {
			printf("%u\n", i);
			fflush(stdout);
		}
	}
	printf("held\n");
	fflush(stdout);
	for (;;)
		pause();
}
