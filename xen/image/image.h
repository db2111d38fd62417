/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of hypervisors, and others found next to them: recognised, unpacked and
 * opened. Formats: Xen's arch/x86/Makefile, boot/mkelf32.c and xen.lds.S, 4.4 to
 * master.
 */
#ifndef XEN_IMAGE_H
#define XEN_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <libelf.h>

#include "xen/base/error.h"
#include "xen/base/file.h"
#include "xen/symbols/symbols.h"

/* XEN_VIRT_START of 4.14 and later, and of 4.4 to 4.13; va */
#define XEN_VIRT_START_NEW	0xffff82d040000000UL
#define XEN_VIRT_START_OLD	0xffff82d080000000UL
#define XEN_VIRT_SIZE		(1UL << 30)

#define BUILD_ID_MAX	64
#define IMAGE_SEGMENTS	16

enum image_class {
	IMAGE_UNKNOWN,
	IMAGE_XEN,		/* bootable: an ELF32 file that contains the bytes of xen-syms */
	IMAGE_XEN_SYMS,		/* ELF64, or the debug file split off from it */
	IMAGE_XEN_EFI,		/* PE32+; its layout differs from xen-syms */
	IMAGE_XEN_EFI_ELF,	/* ELF64 made from the PE, with its DWARF */
	IMAGE_XEN_MAP,		/* "address type name" of a hypervisor */
	IMAGE_VMLINUX,
	IMAGE_VMLINUZ,		/* bzImage */
	IMAGE_INITRD,		/* cpio */
	IMAGE_SYSTEM_MAP,	/* also kallsyms */
	IMAGE_MODULE_SYMVERS,
	IMAGE_DUMP,		/* ELF core, kdump-compressed */
	IMAGE_ELF,		/* another ELF file */
	IMAGE_PE,		/* another PE file */
	NR_IMAGE_CLASSES
};

/* Loaded bytes; those after file_size are zero in memory. */
struct image_segment {
	uint64_t va;
	uint64_t mem_size;
	uint64_t file_size;	/* 0 if the bytes were split off */
	uint64_t offset;	/* offset in the unpacked file */
};

enum image_tri { IMAGE_NO, IMAGE_YES, IMAGE_NOT_KNOWN };

/*
 * Identity of a hypervisor (common/version.c). Strings are NULL if not
 * available.
 */
struct image_identity {
	unsigned int major, minor;	/* 0.0 if unknown */
	char *version;		/* "4.20.4-pre": major.minor and extra */
	char *extra;		/* ".4-pre" */
	char *changeset;
	char *compiler;
	char *compiled_by;
	char *compile_domain;
	char *compile_date;
	char *build_info;	/* "debug=n ..." (4.15+) */
	char *distribution;	/* "Debian", by a patch of Debian's */
	char *package_version;	/* "4.20.4-1" */
	char *banner;		/* the first line on the console */
	enum image_tri debug;	/* debug=y */
};

/* Written only by xen/image; others only read it. */
struct image {
	char *path;
	enum image_class class;
	enum file_format compression;
	/* Damage of the file ("is truncated: ..."), or NULL. */
	char *problem;

	uint8_t build_id[BUILD_ID_MAX];
	unsigned int build_id_len;	/* length in bytes; 0: none */
	uint64_t build_id_va;		/* offset of these bytes; 0: unknown */

	/* The members below are set only by image_open() or image_complete(). */
	bool is_complete;
	bool has_dwarf;		/* .debug_info */
	bool has_debug_frame;
	bool has_symtab;
	bool has_bytes;		/* false for a split-off debug file */
	uint64_t virt_start;	/* XEN_VIRT_START; 0: unknown */
	uint64_t va;		/* va of the first byte; 0: not a hypervisor */
	uint64_t size;		/* size in memory from va on, bytes */
	struct image_segment segment[IMAGE_SEGMENTS];
	unsigned int nr_segments;
	struct image_identity identity;
	Elf *elf;		/* NULL for PE and texts */
	struct file *file;
	/* Found in any table in the image; NULL if there is none. */
	struct symbols *symbols;
};

/*
 * Opens a file of any class. Fails only if it cannot be read or unpacked, or if a
 * hypervisor contradicts itself.
 */
struct err *image_open(const char *path, struct image **ret) ERR_MUST_CHECK;

/*
 * Reads headers and notes only: class, compression and build-id. Unpacks only
 * the bytes required for these.
 */
struct err *image_probe(const char *path, struct image **ret) ERR_MUST_CHECK;

/* Turns a probed image into an opened one; no effect on an opened one. */
struct err *image_complete(struct image *img) ERR_MUST_CHECK;

/* Like image_open() and image_probe(), for bytes that outlive the image. */
struct err *image_from_bytes(const char *name, const void *bytes, size_t len,
			     bool complete, struct image **ret) ERR_MUST_CHECK;
void image_close(struct image *img);

/*
 * Returns the len bytes loaded at va, in the image's memory. ERR_BAD_POINTER
 * when they are not all in one segment's file bytes.
 */
struct err *image_bytes(const struct image *img, uint64_t va, size_t len,
			const void **ret) ERR_MUST_CHECK;

/* Copies the same bytes; includes the zeros after a segment's file bytes. */
struct err *image_read(const struct image *img, uint64_t va, void *buf,
		       size_t len) ERR_MUST_CHECK;

/* Returns the text of the .config in the image; the caller frees it. ERR_NOT_FOUND. */
struct err *image_config(const struct image *img, char **text) ERR_MUST_CHECK;

/* "xen", "xen-syms", "vmlinuz" ... */
const char *image_class_name(enum image_class class);
/* True for classes of hypervisors and of their maps. */
bool image_is_xen(const struct image *img);

/*
 * Formats len bytes as "ea92b67a..."; returns buf (the whole text requires 2 *
 * len + 1 bytes).
 */
const char *build_id_text(const uint8_t *id, unsigned int len, char *buf,
			  size_t size);

/* Reads len bytes at va, from a hypervisor's memory or an image. */
typedef struct err *(*image_read_fn)(void *ctx, uint64_t va, void *buf,
				     size_t len);

/*
 * Reads the identity by symbols through read. Missing parts are not a failure;
 * fails only with ERR_INTERRUPTED or on lack of memory. Release with
 * image_identity_clear().
 */
struct err *image_identity_read(const struct symbols *symbols,
				image_read_fn read, void *ctx,
				struct image_identity *ret) ERR_MUST_CHECK;
void image_identity_clear(struct image_identity *id);

#endif
