/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in dom0, and blocks the devices of guests:
 *
 *   stuck disk NAME MAJOR:MINOR SECTORS   a device-mapper disk on a whole disk
 *   stuck suspend NAME                    holds back all requests to it
 *   stuck resume NAME                     passes them on
 *   stuck mask DOMID PORT                 masks an event channel of a PV guest
 *                                         with the 2-level ABI, as it would itself
 *   stuck claim DOMID PAGES               claims all free memory but so many pages
 *                                         for a domain
 *   stuck read DISK                       reads sectors of it for ever, each with
 *                                         an interrupt of its own
 */
#define _GNU_SOURCE	/* O_DIRECT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dm-ioctl.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>

struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[64];
};

static int control(struct request *r, unsigned long command, const char *name,
		   unsigned int flags)
{
	int fd = open("/dev/mapper/control", O_RDWR);
	int ret;

	memset(&r->head, 0, sizeof(r->head));
	r->head.version[0] = DM_VERSION_MAJOR;
	r->head.data_size = sizeof(*r);
	r->head.data_start = offsetof(struct request, target);
	r->head.flags = flags;
	snprintf(r->head.name, sizeof(r->head.name), "%s", name);
	if (command == DM_TABLE_LOAD)
		r->head.target_count = 1;
	ret = fd < 0 ? -1 : ioctl(fd, command, r);
	if (fd >= 0)
		close(fd);
	return ret;
}

static int make_disk(const char *name, const char *below, const char *sectors)
{
	struct request r;

	memset(&r, 0, sizeof(r));
	if (control(&r, DM_DEV_CREATE, name, 0))
		return -1;
	memset(&r, 0, sizeof(r));
	r.target.length = strtoull(sectors, NULL, 10);
	strcpy(r.target.target_type, "linear");
	snprintf(r.parameters, sizeof(r.parameters), "%s 0", below);
	if (control(&r, DM_TABLE_LOAD, name, 0))
		return -1;
	memset(&r, 0, sizeof(r));
	return control(&r, DM_DEV_SUSPEND, name, 0);
}

static int set_suspended(const char *name, int suspended)
{
	struct request r;

	memset(&r, 0, sizeof(r));
	return control(&r, DM_DEV_SUSPEND, name,
		       suspended ? DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG : 0);
}

/* public/xen.h: 32 struct vcpu_info, the pending bits, then the masks */
static int mask(unsigned int domid, unsigned int port)
{
	xc_interface *xc = xc_interface_open(NULL, NULL, 0);
	xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
	xc_domaininfo_t info;
	xen_pfn_t frame;
	unsigned long *page;

	if (!xc || !memory || port >= 4096 ||
	    xc_domain_getinfolist(xc, domid, 1, &info) != 1 || info.domain != domid)
		return -1;
	frame = info.shared_info_frame;
	page = xenforeignmemory_map(memory, domid, PROT_READ | PROT_WRITE, 1,
				    &frame, NULL);
	if (!page)
		return -1;
	__sync_fetch_and_or(&page[(2048 + 512) / 8 + port / 64], 1UL << port % 64);
	return 0;
}

static int claim(unsigned int domid, unsigned long left)
{
	xc_interface *xc = xc_interface_open(NULL, NULL, 0);
	xc_physinfo_t host = { 0 };
	xc_domaininfo_t info;
	unsigned long pages;

	if (!xc || xc_domain_getinfolist(xc, domid, 1, &info) != 1 ||
	    info.domain != domid || xc_physinfo(xc, &host) || host.free_pages < left)
		return -1;
	/*
	 * a claim includes the pages that the domain already has, and is
	 * limited by its maximum
	 */
	pages = info.tot_pages + host.free_pages - left;
	if (xc_domain_setmaxmem(xc, domid, pages * 4 + 4))
		return -1;
	return xc_domain_claim_pages(xc, domid, pages);
}

static int read_on(const char *disk)
{
	int fd = open(disk, O_RDONLY | O_DIRECT);
	void *sector = aligned_alloc(4096, 4096);

	while (fd >= 0 && sector && pread(fd, sector, 512, 0) == 512)
		;
	return -1;
}

int main(int argc, char **argv)
{
	int ret = -1;

	if (argc == 5 && !strcmp(argv[1], "disk"))
		ret = make_disk(argv[2], argv[3], argv[4]);
	else if (argc == 3 && !strcmp(argv[1], "suspend"))
		ret = set_suspended(argv[2], 1);
	else if (argc == 3 && !strcmp(argv[1], "resume"))
		ret = set_suspended(argv[2], 0);
	else if (argc == 4 && !strcmp(argv[1], "mask"))
		ret = mask(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	else if (argc == 4 && !strcmp(argv[1], "claim"))
		ret = claim(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	else if (argc == 3 && !strcmp(argv[1], "read"))
		ret = read_on(argv[2]);
	if (ret) {
		perror("stuck");
		return 1;
	}
	return 0;
}
