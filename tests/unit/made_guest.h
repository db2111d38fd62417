/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A generated Linux kernel of a guest: VMCOREINFO, the log in each of its
 * formats, kallsyms, in memory of MADE_GUEST bytes whose addresses are offsets.
 * Used by the unit tests and the fuzzer of guests.
 */
#ifndef TESTS_MADE_GUEST_H
#define TESTS_MADE_GUEST_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/guest/guest.h"

#define MADE_GUEST	(256UL << 10)
#define MADE_TABLE	MADE_GUEST	/* maddr of its page table, one level */

struct made_guest {
	unsigned char ram[MADE_GUEST];
	struct vmcoreinfo info;
	struct xen xen;
	struct guest guest;
};

static inline struct err *made_guest_page(void *priv, uint64_t maddr, void *page)
{
	struct made_guest *m = priv;
	uint64_t *entry = page;

	if (maddr == MADE_TABLE) {
		for (unsigned int i = 0; i < 512; i++)
			entry[i] = i < MADE_GUEST / XPAGE_SIZE ?
				   (uint64_t)i << XPAGE_SHIFT | 1 : 0;
		return NULL;
	}
	if (maddr >= MADE_GUEST)
		return err_new(ERR_NOT_IN_DUMP, "not in the dump");
	memcpy(page, m->ram + maddr, XPAGE_SIZE);
	return NULL;
}

static const struct table_format made_guest_format = {
	.name = "made", .nr_levels = 1, .entry_size = 8,
	.level = { { "L1", 12, 9, true } },
	.present = 1, .frame = ~0xfffULL, .root = ~0xfffULL,
};

static inline void made_guest_open(struct made_guest *m)
{
	static const struct memory_ops ops = {
		.name = "made guest", .read_page = made_guest_page,
	};
	struct p2m p2m = { .x = &m->xen };
	struct err *e = memory_create(&ops, m, &m->xen.memory);

	if (e)
		abort();
	p2m.memory = m->xen.memory;
	m->guest = (struct guest){ .info = &m->info, .confirmed = true };
	m->guest.domain.tot_pages = (struct value){
		.raw = MADE_GUEST / XPAGE_SIZE, .state = VALUE_OK,
	};
	guest_tables_init(&m->guest.tables, &p2m, &made_guest_format, MADE_TABLE);
}

/* Drops cached memory after a change. */
static inline void made_guest_changed(struct made_guest *m)
{
	memory_flush(m->xen.memory);
}

static inline void made_guest_close(struct made_guest *m)
{
	symbols_destroy(m->guest.symbols);
	memory_destroy(m->xen.memory);
}

static inline void made_guest_put(struct made_guest *m, uint64_t at, uint64_t v,
				  unsigned int size)
{
	memcpy(m->ram + at, &v, size);
}

static inline void __attribute__((format(printf, 2, 3)))
made_guest_say(struct made_guest *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	m->info.len += vsnprintf(m->info.text + m->info.len,
				 sizeof(m->info.text) - m->info.len, fmt, ap);
	va_end(ap);
}

static inline void made_guest_begin(struct made_guest *m)
{
	memset(m->ram, 0, sizeof(m->ram));
	m->info.len = 0;
	made_guest_say(m, "OSRELEASE=6.1.0-made\nPAGESIZE=4096\n");
}

/* ---- the ring of descriptors: 8 of them, 256 bytes of text ---- */

enum {
	MADE_PRB = 0x1000, MADE_RING = 0x1100, MADE_DESCS = 0x1200,
	MADE_INFOS = 0x1400, MADE_TEXT = 0x1600, MADE_COUNT = 8,
	MADE_TEXT_SIZE = 256,
};

/* A descriptor in a state, with its text at a position of the ring. */
static inline void made_guest_record(struct made_guest *m, uint64_t id,
				     unsigned int state, uint64_t begin,
				     const char *text)
{
	uint64_t desc = MADE_DESCS + id % MADE_COUNT * 24, size = strlen(text);
	uint64_t info = MADE_INFOS + id % MADE_COUNT * 24;
	uint64_t next = begin + 8 + (size + 7) / 8 * 8, at = begin % MADE_TEXT_SIZE;

	if (next / MADE_TEXT_SIZE != begin / MADE_TEXT_SIZE) {
		at = 0;
		next = begin / MADE_TEXT_SIZE * MADE_TEXT_SIZE + MADE_TEXT_SIZE +
		       8 + (size + 7) / 8 * 8;
	}
	made_guest_put(m, desc, (uint64_t)state << 62 | id, 8);
	made_guest_put(m, desc + 8, begin, 8);
	made_guest_put(m, desc + 16, next, 8);
	made_guest_put(m, info, id * 1500000000, 8);
	made_guest_put(m, info + 8, size, 2);
	made_guest_put(m, MADE_TEXT + at, id, 8);
	memcpy(m->ram + MADE_TEXT + at + 8, text, size);
}

static inline void made_guest_ids(struct made_guest *m, uint64_t tail, uint64_t head)
{
	made_guest_put(m, MADE_RING + 24, head, 8);
	made_guest_put(m, MADE_RING + 32, tail, 8);
}

static inline void made_guest_lockless(struct made_guest *m)
{
	made_guest_begin(m);
	made_guest_say(m, "SYMBOL(prb)=%x\nSIZE(printk_ringbuffer)=88\n", MADE_PRB);
	made_guest_say(m, "OFFSET(printk_ringbuffer.desc_ring)=0\n"
			  "OFFSET(printk_ringbuffer.text_data_ring)=48\n"
			  "OFFSET(prb_desc_ring.count_bits)=0\nOFFSET(prb_desc_ring.descs)=8\n"
			  "OFFSET(prb_desc_ring.infos)=16\nOFFSET(prb_desc_ring.head_id)=24\n"
			  "OFFSET(prb_desc_ring.tail_id)=32\nOFFSET(prb_data_ring.size_bits)=0\n"
			  "OFFSET(prb_data_ring.data)=8\n");
	made_guest_say(m, "SIZE(prb_desc)=24\nOFFSET(prb_desc.state_var)=0\n"
			  "OFFSET(prb_desc.text_blk_lpos)=8\nOFFSET(prb_data_blk_lpos.begin)=0\n"
			  "OFFSET(prb_data_blk_lpos.next)=8\nOFFSET(atomic_long_t.counter)=0\n"
			  "SIZE(printk_info)=24\nOFFSET(printk_info.ts_nsec)=0\n"
			  "OFFSET(printk_info.text_len)=8\n");
	made_guest_put(m, MADE_PRB, MADE_RING, 8);
	made_guest_put(m, MADE_RING, 3, 4);
	made_guest_put(m, MADE_RING + 8, MADE_DESCS, 8);
	made_guest_put(m, MADE_RING + 16, MADE_INFOS, 8);
	made_guest_put(m, MADE_RING + 48, 8, 4);
	made_guest_put(m, MADE_RING + 56, MADE_TEXT, 8);
	/* the first descriptor is reusable, the last is being written */
	made_guest_record(m, 5, 3, 16, "gone");
	made_guest_record(m, 6, 2, 32, "first");
	made_guest_record(m, 7, 2, 48, "two\nlines");
	made_guest_record(m, 8, 1, 240, "behind the end");
	made_guest_record(m, 9, 0, 400, "not yet");
	made_guest_ids(m, 5, 9);
}

/* ---- the ring of records: 128 bytes ---- */

enum { MADE_VARS = 0x1000, MADE_LOG = 0x1100, MADE_LOG_SIZE = 128 };

static inline void made_guest_old(struct made_guest *m, uint64_t at, uint64_t ns,
				  const char *text)
{
	uint64_t size = strlen(text);

	made_guest_put(m, MADE_LOG + at, ns, 8);
	made_guest_put(m, MADE_LOG + at + 8, (16 + size + 7) / 8 * 8, 2);
	made_guest_put(m, MADE_LOG + at + 10, size, 2);
	memcpy(m->ram + MADE_LOG + at + 16, text, size);
}

static inline void made_guest_indexes(struct made_guest *m, uint64_t first,
				      uint64_t next)
{
	made_guest_put(m, MADE_VARS + 16, first, 4);
	made_guest_put(m, MADE_VARS + 24, next, 4);
}

static inline void made_guest_records(struct made_guest *m)
{
	made_guest_begin(m);
	made_guest_say(m, "SYMBOL(log_buf)=%x\nSYMBOL(log_buf_len)=%x\n", MADE_VARS,
		       MADE_VARS + 8);
	made_guest_say(m, "SYMBOL(log_first_idx)=%x\nSYMBOL(log_next_idx)=%x\n",
		       MADE_VARS + 16, MADE_VARS + 24);
	made_guest_say(m, "SIZE(printk_log)=16\nOFFSET(printk_log.ts_nsec)=0\n"
			  "OFFSET(printk_log.len)=8\nOFFSET(printk_log.text_len)=10\n");
	made_guest_put(m, MADE_VARS, MADE_LOG, 8);
	made_guest_put(m, MADE_VARS + 8, MADE_LOG_SIZE, 4);
	made_guest_old(m, 64, 1000000, "older");
	made_guest_old(m, 88, 2500000000, "old");	/* ends at 112: length 0 there */
	made_guest_old(m, 0, 3000000000, "new");
	made_guest_indexes(m, 64, 24);
}

/* ---- the ring of characters: 64 bytes ---- */

static inline void made_guest_characters(struct made_guest *m)
{
	static const char text[] = "<6>first line\n<4>second line\nno end";

	made_guest_begin(m);
	made_guest_say(m, "SYMBOL(log_buf)=%x\nSYMBOL(log_buf_len)=%x\nSYMBOL(log_end)=%x\n",
		       MADE_VARS, MADE_VARS + 8, MADE_VARS + 16);
	made_guest_put(m, MADE_VARS, MADE_LOG, 8);
	made_guest_put(m, MADE_VARS + 8, 64, 4);
	made_guest_put(m, MADE_VARS + 16, strlen(text), 4);
	memcpy(m->ram + MADE_LOG, text, strlen(text));
}

/* ---- kallsyms ---- */

enum {
	MADE_NAMES = 0x1000, MADE_TOKENS = 0x1400, MADE_INDEX = 0x1800,
	MADE_OFFSETS = 0x1a00, MADE_ORIGIN = 0x1b00, MADE_NR = 0x1b10,
};
#define MADE_RELATIVE 0xffffffff81000000UL

/* Each byte is a token; 'x' means "xen_", 130 letters make a long name. */
static inline uint64_t made_guest_name(struct made_guest *m, uint64_t at,
				       const char *name)
{
	size_t len = strlen(name);

	if (len > 127) {
		m->ram[at++] = 0x80 | (len & 0x7f);
		m->ram[at++] = len >> 7;
	} else {
		m->ram[at++] = len;
	}
	memcpy(m->ram + at, name, len);
	return at + len;
}

static inline void made_guest_kallsyms(struct made_guest *m)
{
	uint64_t at = MADE_NAMES, token = MADE_TOKENS;
	char many[200] = "t";

	made_guest_begin(m);
	made_guest_say(m, "SYMBOL(kallsyms_names)=%x\nSYMBOL(kallsyms_num_syms)=%x\n",
		       MADE_NAMES, MADE_NR);
	made_guest_say(m, "SYMBOL(kallsyms_token_table)=%x\nSYMBOL(kallsyms_token_index)=%x\n",
		       MADE_TOKENS, MADE_INDEX);
	made_guest_say(m, "SYMBOL(kallsyms_offsets)=%x\nSYMBOL(kallsyms_relative_base)=%x\n",
		       MADE_OFFSETS, MADE_ORIGIN);
	for (unsigned int i = 0; i < 256; i++) {
		made_guest_put(m, MADE_INDEX + 2 * i, token - MADE_TOKENS, 2);
		if (i == 'x')
			token += sprintf((char *)m->ram + token, "xen_") + 1;
		else if (i > 32 && i < 127)
			token += sprintf((char *)m->ram + token, "%c", i) + 1;
		else
			token++;
	}
	memset(many + 1, 'a', 150);
	at = made_guest_name(m, at, "Apercpu");
	at = made_guest_name(m, at, "T_stext");
	at = made_guest_name(m, at, "Txstart");
	made_guest_name(m, at, many);
	made_guest_put(m, MADE_NR, 4, 4);
	made_guest_put(m, MADE_ORIGIN, MADE_RELATIVE, 8);
	made_guest_put(m, MADE_OFFSETS, 0x100, 4);
	made_guest_put(m, MADE_OFFSETS + 4, -1, 4);
	made_guest_put(m, MADE_OFFSETS + 8, -1 - 0x40, 4);
	made_guest_put(m, MADE_OFFSETS + 12, -1 - 0x80, 4);
}

#endif
