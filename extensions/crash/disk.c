/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "disk.h"

#include "btf.h"
#include "xen/model/io/pv_device.h"

/*
 * blkback's struct xen_blkif has a struct xen_vbd, which refers to its disk by
 * a file (6.9 and later), a struct bdev_handle (6.7, 6.8) or a struct
 * block_device. Types of modules are in their BTF, the others in the kernel's
 * symbols.
 */

/* DMF_BLOCK_IO_FOR_SUSPEND, DMF_SUSPENDED (drivers/md/dm-core.h) */
#define DM_SUSPENDED 3UL

static struct {
	bool known;
	long blkif, vbd;
	long file, handle, bdev;	/* offset in struct xen_vbd; -1: no such member */
	long dm_flags;			/* -1: no device mapper */
} at;

static long member(const char *module, const char *type, const char *name)
{
	/* crash expects names that are not const */
	long offset = MEMBER_OFFSET((char *)type, (char *)name);

	if (offset < 0 && !btf_members(module, type, &name, 1, &offset))
		return -1;
	return offset;
}

static void find_members(void)
{
	if (at.known && !ACTIVE())
		return;
	at.blkif = member("xen_blkback", "xen_blkif_ring", "blkif");
	at.vbd = member("xen_blkback", "xen_blkif", "vbd");
	at.file = member("xen_blkback", "xen_vbd", "bdev_file");
	at.handle = member("xen_blkback", "xen_vbd", "bdev_handle");
	at.bdev = member("xen_blkback", "xen_vbd", "bdev");
	at.dm_flags = member("dm_mod", "mapped_device", "flags");
	at.known = true;
}

/* Replaces the address of an object by the pointer at an offset in it. */
static bool follow(ulong *va, long offset)
{
	return offset >= 0 && *va &&
	       readmem(*va + offset, KVADDR, va, sizeof(*va), "disk",
		       RETURN_ON_ERROR | QUIET);
}

/* The struct block_device of a ring. */
static bool find_bdev(ulong ring, ulong *ret)
{
	ulong va = ring, vbd;

	if (at.vbd < 0 || !follow(&va, at.blkif))
		return false;
	vbd = va + at.vbd;
	*ret = vbd;
	if (at.bdev >= 0)
		return follow(ret, at.bdev);
	if (at.handle >= 0)
		return follow(ret, at.handle) &&
		       follow(ret, MEMBER_OFFSET("bdev_handle", "bdev"));
	/* the inode of a disk's file is part of its struct bdev_inode */
	if (!follow(ret, at.file) ||
	    !follow(ret, MEMBER_OFFSET("file", "f_mapping")) ||
	    !follow(ret, MEMBER_OFFSET("address_space", "host")) ||
	    MEMBER_OFFSET("bdev_inode", "vfs_inode") < 0)
		return false;
	*ret = *ret - MEMBER_OFFSET("bdev_inode", "vfs_inode") +
	       MEMBER_OFFSET("bdev_inode", "bdev");
	return true;
}

void dom0_disk(ulong ring, struct pv_task *ret)
{
	long name = MEMBER_OFFSET("gendisk", "disk_name");
	ulong disk, mapped;
	ulong flags;

	find_members();
	if (name < 0 || !find_bdev(ring, &disk) ||
	    !follow(&disk, MEMBER_OFFSET("block_device", "bd_disk")) ||
	    !readmem(disk + name, KVADDR, ret->disk, sizeof(ret->disk) - 1,
		     "disk_name", RETURN_ON_ERROR | QUIET)) {
		ret->disk[0] = '\0';
		return;
	}
	ret->disk[sizeof(ret->disk) - 1] = '\0';
	mapped = disk;
	if (strncmp(ret->disk, "dm-", 3) || at.dm_flags < 0 ||
	    !follow(&mapped, MEMBER_OFFSET("gendisk", "private_data")) ||
	    !readmem(mapped + at.dm_flags, KVADDR, &flags, sizeof(flags),
		     "mapped_device", RETURN_ON_ERROR | QUIET))
		return;
	ret->suspended = flags & DM_SUSPENDED;
}
