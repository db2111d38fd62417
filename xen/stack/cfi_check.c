/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfi_check.h"

#include <dwarf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "xen/base/hash.h"
#include "xen/base/leb128.h"

#define REGISTER_MAX	256	/* x86_64 has numbers up to 130 (psABI, figure 3.36) */
#define STATES_MAX	64
#define ENTRY_MAX	(64UL << 10)
#define CIE_ID		UINT32_MAX
#define NO_OPERANDS	""

/* The rest of an entry. */
struct bytes {
	const uint8_t *at, *end;
};

struct checker {
	uint32_t *common;	/* offsets of CIEs, which FDEs refer to */
	size_t nr_common;
	struct hash by_offset;
	uint32_t *used;		/* offsets in FDEs */
	size_t nr_used;
};

/*
 * Operands of the operations below 0x40: r register, n number, b block, or the number
 * of bytes. Others are not known.
 */
static const char *const operands[0x40] = {
	[DW_CFA_nop] = NO_OPERANDS, [DW_CFA_set_loc] = "8", [DW_CFA_advance_loc1] = "1",
	[DW_CFA_advance_loc2] = "2", [DW_CFA_advance_loc4] = "4",
	[DW_CFA_offset_extended] = "rn", [DW_CFA_restore_extended] = "r",
	[DW_CFA_undefined] = "r", [DW_CFA_same_value] = "r", [DW_CFA_register] = "rr",
	[DW_CFA_remember_state] = NO_OPERANDS, [DW_CFA_restore_state] = NO_OPERANDS,
	[DW_CFA_def_cfa] = "rn", [DW_CFA_def_cfa_register] = "r",
	[DW_CFA_def_cfa_offset] = "n", [DW_CFA_def_cfa_expression] = "b",
	[DW_CFA_expression] = "rb", [DW_CFA_offset_extended_sf] = "rn",
	[DW_CFA_def_cfa_sf] = "rn", [DW_CFA_def_cfa_offset_sf] = "n",
	[DW_CFA_val_offset] = "rn", [DW_CFA_val_offset_sf] = "rn",
	[DW_CFA_val_expression] = "rb", [DW_CFA_GNU_args_size] = "n",
	[DW_CFA_GNU_negative_offset_extended] = "rn",
};

static bool skip(struct bytes *b, uint64_t len)
{
	if (len > (uint64_t)(b->end - b->at))
		return false;
	b->at += len;
	return true;
}

/* Refuses numbers of more than 64 bits: a reader might not cut them in the same way. */
static bool take_number(struct bytes *b, uint64_t *ret)
{
	bool cut;

	return leb128_take(&b->at, b->end, ret, &cut) && !cut;
}

static bool pass_operands(struct bytes *b, const char *operand)
{
	uint64_t n;

	for (; operand && *operand; operand++) {
		if (*operand >= '0' && *operand <= '9') {
			if (!skip(b, *operand - '0'))
				return false;
			continue;
		}
		if (!take_number(b, &n) || (*operand == 'r' && n > REGISTER_MAX) ||
		    (*operand == 'b' && !skip(b, n)))
			return false;
	}
	return operand;
}

static bool are_operations(struct bytes *b)
{
	unsigned int states = 0;

	while (b->at < b->end) {
		uint8_t op = *b->at++;
		const char *operand = op < 0x40 ? operands[op] :
				      op >> 6 == DW_CFA_offset >> 6 ? "n" : NO_OPERANDS;

		states += op == DW_CFA_remember_state;
		if (op == DW_CFA_restore_state && states)
			states--;
		if (states > STATES_MAX || !pass_operands(b, operand))
			return false;
	}
	return true;
}

/* After the id. An augmentation "S" (of a signal frame) has no data. */
static bool is_common(struct bytes *b)
{
	const uint8_t *text = b->at + 1;
	uint64_t n;
	uint8_t version;

	if (b->at == b->end)
		return false;
	version = *b->at++;
	while (b->at < b->end && *b->at == 'S')
		b->at++;
	if (b->at == b->end || *b->at || b->at - text > 1)
		return false;
	b->at++;
	/* sizes of addresses and of segment selectors */
	if (version == 4 && (b->end - b->at < 2 || b->at[0] != 8 || b->at[1] || !skip(b, 2)))
		return false;
	if ((version != 1 && version != 3 && version != 4) || !take_number(b, &n) ||
	    !take_number(b, &n))
		return false;
	if (version == 1 ? !skip(b, 1) : !take_number(b, &n) || n > REGISTER_MAX)
		return false;
	return are_operations(b);
}

static struct err *add(uint32_t **array, size_t *nr, uint32_t offset)
{
	if (!ARRAY_GROW(*array, *nr))
		return err_nomem();
	(*array)[(*nr)++] = offset;
	return NULL;
}

static struct err *broken(uint32_t offset)
{
	return err_new(ERR_CORRUPT, ".debug_frame: the entry at offset %x is not one of x86",
		       offset);
}

static struct err *check_entry(struct checker *c, uint32_t offset, struct bytes b)
{
	uint32_t id;

	if (b.end - b.at < 4 || b.end - b.at > (ptrdiff_t)ENTRY_MAX)
		return broken(offset);
	id = get_le32(b.at);
	b.at += 4;
	if (id == CIE_ID) {
		if (!is_common(&b))
			return broken(offset);
		if (!hash_add(&c->by_offset, offset, c->nr_common))
			return err_nomem();
		return add(&c->common, &c->nr_common, offset);
	}
	/* the address and the size of the code */
	if (!skip(&b, 16) || !are_operations(&b))
		return broken(offset);
	return add(&c->used, &c->nr_used, id);
}

static struct err *check_all(struct checker *c, const uint8_t *bytes, size_t len)
{
	size_t at, nr = 0, i;
	uint32_t size;

	for (at = 0; len - at >= 4; at += 4 + size) {
		if (!(nr++ & 0xfff))
			ERR_TRY(interrupt_check());
		size = get_le32(bytes + at);
		if (size > len - at - 4 || at > UINT32_MAX)
			return broken(at);
		/* padding */
		if (size)
			ERR_TRY(check_entry(c, at, (struct bytes){ bytes + at + 4,
								   bytes + at + 4 + size }));
	}
	for (i = 0; i < c->nr_used; i++)
		if (!hash_first(&c->by_offset, c->used[i]))
			return broken(c->used[i]);
	return NULL;
}

struct err *cfi_check(const uint8_t *bytes, size_t len)
{
	struct checker c = { .nr_common = 0 };
	struct err *e = check_all(&c, bytes, len);

	free(c.common);
	free(c.used);
	hash_clear(&c.by_offset);
	return e;
}
