/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "datum.h"

#include "internal.h"

struct err *datum_size(const struct datum *d, uint64_t *ret)
{
	if (!d->bit_size)
		return type_size(&d->type, ret);
	*ret = (d->bit_offset + d->bit_size + 7) / 8;
	return NULL;
}

struct err *datum_load(struct space *s, const struct datum *d, uint64_t *ret)
{
	uint8_t bytes[SCALAR_MAX] = { 0 };
	char name[TYPE_NAME_SIZE];
	uint64_t size = 0;

	switch (type_kind(&d->type)) {
	case TYPE_ARRAY:
	case TYPE_FUNCTION:
		if (!d->in_memory)
			break;
		*ret = d->va;
		return NULL;
	case TYPE_INT:
	case TYPE_CHAR:
	case TYPE_BOOL:
	case TYPE_ENUM:
	case TYPE_POINTER:
		if (!d->in_memory) {
			*ret = d->value;
			return NULL;
		}
		ERR_TRY(datum_size(d, &size));
		if (!size || size > 9 || (size > 8 && !d->bit_size))
			break;
		ERR_TRY(space_read(s, d->va, bytes, size));
		*ret = scalar_extract(bytes, size, d->bit_offset, d->bit_size,
				      type_is_signed(&d->type));
		return NULL;
	default:
		break;
	}
	return err_new(ERR_NO_TYPE, "\"%s\" is not a number or a pointer",
		       type_name(&d->type, name, sizeof(name)));
}
