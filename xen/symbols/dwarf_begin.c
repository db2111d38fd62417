/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dwarf_begin.h"

#include <endian.h>
#include <errno.h>
#include <gelf.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "xen/base/bytes.h"
#include "xen/base/file.h"
#include "elf_names.h"
#include "texts.h"

/*
 * Limit of all unpacked sections: DWARF is packed 10:1 at most, hostile bytes are
 * 1000:1, and many sections may be the same bytes.
 */
#define UNPACKED_MIN	(64UL << 20)
#define UNPACKED_RATIO	64

/* Of compiled units: the file with the rest of the unit, which libdw would open. */
#define AT_DWO_NAME	0x76
#define AT_GNU_DWO_NAME	0x2130

#define COMMON_FOLDER	"/usr/lib/debug/"

/* Size of a section once libdw has unpacked it; 0: it is not packed. */
static uint64_t unpacked_size(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, const char *name)
{
	const char *zlib = ".zdebug";
	const Elf_Data *data;
	uint64_t be;

	if (!(sh->sh_flags & SHF_COMPRESSED) && (!name || strncmp(name, zlib, strlen(zlib))))
		return 0;
	data = elf_rawdata(scn, NULL);
	if (!data || !data->d_buf)
		return 0;
	if (!(sh->sh_flags & SHF_COMPRESSED)) {
		if (data->d_size < 12 || memcmp(data->d_buf, "ZLIB", 4))
			return 0;
		memcpy(&be, (const char *)data->d_buf + 4, sizeof(be));
		return be64toh(be);
	}
	if (gelf_getclass(elf) == ELFCLASS32)
		return data->d_size < sizeof(Elf32_Chdr) ? 0 :
		       get_le32((const uint8_t *)data->d_buf + offsetof(Elf32_Chdr, ch_size));
	return data->d_size < sizeof(Elf64_Chdr) ? 0 :
	       get_le64((const uint8_t *)data->d_buf + offsetof(Elf64_Chdr, ch_size));
}

static struct err *check_unpacked(Elf *elf)
{
	struct elf_names names;
	Elf_Scn *scn = NULL;
	size_t index, size = 0;
	uint64_t left = UNPACKED_MIN;
	GElf_Shdr sh;

	if (elf_getshdrstrndx(elf, &index))
		return NULL;
	names = elf_names_of(elf, index);
	if (elf_rawfile(elf, &size) && size < FILE_UNPACKED_MAX / UNPACKED_RATIO)
		left += size * UNPACKED_RATIO;
	else if (size)
		left = FILE_UNPACKED_MAX;
	while ((scn = elf_nextscn(elf, scn))) {
		uint64_t n;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type == SHT_NOBITS)
			continue;
		n = unpacked_size(elf, scn, &sh, elf_name_at(&names, sh.sh_name));
		if (n > left)
			return err_new(ERR_NO_TYPE, "DWARF: too large: %zu bytes unpack to more than %" PRIu64,
				       size, left);
		left -= n;
	}
	return NULL;
}

/* True if opening the path can only mean a file of the system's debug packages, or none. */
static bool is_harmless(const char *path)
{
	struct stat st;

	if (!strncmp(path, COMMON_FOLDER, strlen(COMMON_FOLDER)) && !strstr(path, "/.."))
		return true;
	return stat(path, &st) && (errno == ENOENT || errno == ENOTDIR);
}

/*
 * libdw opens the file with common parts of units by the name in the image. Such a
 * name may be that of a device, which is changed by being opened.
 */
static struct err *check_common_file(Elf *elf)
{
	char path[TEXTS_NAME_MAX];
	const uint8_t *bytes;
	size_t len;

	ERR_TRY(elf_debug_section(elf, "gnu_debugaltlink", &bytes, &len));
	if (!len)
		return NULL;
	if (len > sizeof(path))
		len = sizeof(path);
	memcpy(path, bytes, len);
	if (strnlen(path, len) == len)
		return err_new(ERR_NO_TYPE, "DWARF: the name of the common file has no end");
	if (!is_harmless(path))
		return err_new(ERR_NO_TYPE, "DWARF: its common file is %s, not below %s",
			       path, COMMON_FOLDER);
	return NULL;
}

struct err *dwarf_begin_checked(Elf *elf, Dwarf **ret)
{
	struct err *e;

	*ret = NULL;
	ERR_TRY(check_unpacked(elf));
	*ret = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (!*ret)
		return err_new(ERR_NO_TYPE, "no usable DWARF in the image: %s", dwarf_errmsg(-1));
	/* after it was unpacked */
	e = check_common_file(elf);
	if (e) {
		dwarf_end(*ret);
		*ret = NULL;
	}
	return e;
}

bool dwarf_names_dwo(unsigned int attribute)
{
	return attribute == AT_DWO_NAME || attribute == AT_GNU_DWO_NAME;
}

struct err *dwarf_check_unit(Dwarf_Die *unit)
{
	if (!dwarf_hasattr(unit, AT_DWO_NAME) && !dwarf_hasattr(unit, AT_GNU_DWO_NAME))
		return NULL;
	return err_new(ERR_NO_TYPE, "DWARF: split into .dwo files, which are not read");
}
