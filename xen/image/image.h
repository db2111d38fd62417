/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that may hold a hypervisor, and those found beside them: recognised,
 * unpacked and opened. Formats: Xen's arch/x86/Makefile, boot/mkelf32.c and
 * xen.lds.S, 4.4 to master.
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
	IMAGE_XEN,		/* what boots: ELF32 around the bytes of xen-syms */
	IMAGE_XEN_SYMS,		/* ELF64, or the debug file split off from it */
	IMAGE_XEN_EFI,		/* PE32+; another layout than xen-syms */
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

/* Loaded bytes; what is behind file_size is zero in memory. */
struct image_segment {
	uint64_t va;
	uint64_t mem_size;
	uint64_t file_size;	/* 0 where the bytes were split off */
	uint64_t offset;	/* in the unpacked file */
};

enum image_tri { IMAGE_NO, IMAGE_YES, IMAGE_NOT_KNOWN };

/*
 * What a hypervisor says of itself (common/version.c). Strings are NULL where
 * they could not be had.
 */
struct image_identity {
	unsigned int major, minor;	/* 0.0 when not known */
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

/* Read only for all but xen/image. */
struct image {
	char *path;
	enum image_class class;
	enum file_format compression;
	/* What is wrong with the file ("is cut short: ..."), or NULL. */
	char *problem;

	uint8_t build_id[BUILD_ID_MAX];
	unsigned int build_id_len;	/* bytes; 0: none */
	uint64_t build_id_va;		/* of these bytes; 0: not known */

	/* The rest is known only after image_open() or image_complete(). */
	bool is_complete;
	bool has_dwarf;		/* .debug_info */
	bool has_debug_frame;
	bool has_symtab;
	bool has_bytes;		/* not a split-off debug file */
	uint64_t virt_start;	/* XEN_VIRT_START; 0: not known */
	uint64_t va;		/* of the first byte; 0: no hypervisor */
	uint64_t size;		/* bytes in memory from va */
	struct image_segment segment[IMAGE_SEGMENTS];
	unsigned int nr_segments;
	struct image_identity identity;
	Elf *elf;		/* NULL for PE and texts */
	struct file *file;
	/* Symbols of whatever the image carries; NULL when it has none. */
	struct symbols *symbols;
};

/*
 * Opens a file whatever it is; the class tells. Fails only when it cannot be
 * read or unpacked, or when it looks like a hypervisor but contradicts itself.
 */
struct err *image_open(const char *path, struct image **ret) ERR_MUST_CHECK;

/*
 * A look at headers and notes alone: class, compression and build-id. Unpacks
 * no more than that needs.
 */
struct err *image_probe(const char *path, struct image **ret) ERR_MUST_CHECK;

/* Makes of a probed image an opened one; nothing to do if it is one. */
struct err *image_complete(struct image *img) ERR_MUST_CHECK;

/* image_open() and image_probe() of bytes, which must live as long. */
struct err *image_from_bytes(const char *name, const void *bytes, size_t len,
			     bool complete, struct image **ret) ERR_MUST_CHECK;
void image_close(struct image *img);

/*
 * The bytes loaded at va, len of them, in the image's memory. ERR_BAD_POINTER
 * when they are not all in one segment's file bytes.
 */
struct err *image_bytes(const struct image *img, uint64_t va, size_t len,
			const void **ret) ERR_MUST_CHECK;

/* The same, copied; the zeros behind a segment's file bytes can be read too. */
struct err *image_read(const struct image *img, uint64_t va, void *buf,
		       size_t len) ERR_MUST_CHECK;

/* The text of the .config in the image; to be freed. ERR_NOT_FOUND. */
struct err *image_config(const struct image *img, char **text) ERR_MUST_CHECK;

/* "xen", "xen-syms", "vmlinuz" ... */
const char *image_class_name(enum image_class class);
/* Whether it is a hypervisor or describes one. */
bool image_is_xen(const struct image *img);

/* "ea92b67a..." of len bytes; returns buf (2 * len + 1 bytes fit it all). */
const char *build_id_text(const uint8_t *id, unsigned int len, char *buf,
			  size_t size);

/*
 * Reads len bytes at va, from wherever: a hypervisor's memory or an image.
 * space_read() fits once its first argument is a void pointer.
 */
typedef struct err *(*image_read_fn)(void *ctx, uint64_t va, void *buf,
				     size_t len);

/*
 * Reads the identity by symbols through read. Never fails for what is not
 * there; only with ERR_INTERRUPTED or without memory. To be given to
 * image_identity_clear().
 */
struct err *image_identity_read(const struct symbols *symbols,
				image_read_fn read, void *ctx,
				struct image_identity *ret) ERR_MUST_CHECK;
void image_identity_clear(struct image_identity *id);

#endif
