/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "note.h"

#include <elf.h>
#include <string.h>

#include "xen/base/bytes.h"
#include "head.h"

#define NOTE_HEADER	12
#define BUILD_ID_MIN	8

/* sizes of ld: md5 and uuid 16, sha1 20; others by --build-id=0x... */
static bool is_build_id_size(uint32_t size)
{
	return size >= BUILD_ID_MIN && size <= BUILD_ID_MAX;
}

static bool is_build_id_note(const uint8_t *p, size_t len,
			     struct build_id_at *ret)
{
	uint32_t size;

	if (len < NOTE_HEADER + 4 || get_le32(p) != 4 ||
	    get_le32(p + 8) != NT_GNU_BUILD_ID ||
	    memcmp(p + NOTE_HEADER, "GNU", 4))
		return false;
	size = get_le32(p + 4);
	if (!is_build_id_size(size) || len - NOTE_HEADER - 4 < size)
		return false;
	ret->offset = NOTE_HEADER + 4;
	ret->len = size;
	return true;
}

static uint64_t round_up4(uint64_t v)
{
	return (v + 3) & ~3ULL;
}

bool note_find_build_id(const uint8_t *notes, size_t len,
			struct build_id_at *ret)
{
	size_t at = 0;

	while (len - at >= NOTE_HEADER) {
		uint64_t size = NOTE_HEADER +
				round_up4(get_le32(notes + at)) +
				round_up4(get_le32(notes + at + 4));

		if (is_build_id_note(notes + at, len - at, ret)) {
			ret->offset += at;
			return true;
		}
		if (size > len - at)
			return false;
		at += size;
	}
	return false;
}

bool note_search_build_id(const uint8_t *bytes, size_t len, size_t from,
			  struct build_id_at *ret)
{
	for (size_t i = from; i < len && len - i > NOTE_HEADER; i += 4) {
		if (bytes[i] != 4 || !is_build_id_note(bytes + i, len - i, ret))
			continue;
		ret->offset += i;
		return true;
	}
	return false;
}

bool note_search_rsds(const uint8_t *bytes, size_t len, size_t from,
		      struct build_id_at *ret)
{
	static const uint8_t age_and_name[] = { 1, 0, 0, 0, 0 };
	const size_t size = 4 + 16 + sizeof(age_and_name);

	for (size_t i = from; i < len && len - i >= size; i++) {
		const uint8_t *p = memmem(bytes + i, len - i, "RSDS", 4);

		if (!p)
			return false;
		i = p - bytes;
		if (len - i < size ||
		    memcmp(p + 20, age_and_name, sizeof(age_and_name)))
			continue;
		ret->offset = i + 4;
		ret->len = 16;
		return true;
	}
	return false;
}
