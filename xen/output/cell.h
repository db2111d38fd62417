/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A value of a list or card, independent of the output format. */
#ifndef XEN_CELL_H
#define XEN_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "xen/base/error.h"

enum cell_kind {
	CELL_NONE, CELL_DEC, CELL_SDEC, CELL_HEX, CELL_STR, CELL_AMOUNT,
	CELL_BOOL, CELL_MARK,
};

struct cell {
	enum cell_kind kind;
	bool unproved;		/* based on something unproved */
	union {
		uint64_t u;	/* DEC, HEX */
		int64_t s;	/* SDEC */
		bool b;
		const char *str;	/* STR, AMOUNT */
		enum err_reason why;
	};
};

enum section_kind { SECTION_NONE, SECTION_LIST, SECTION_CARD, SECTION_LINES };

#endif
