/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as the console of a host, decoded with a small map. */
#include <stdlib.h>
#include <string.h>

#include "xen/model/diagnosis/decode.h"
#include "xen/model/diagnosis/key_text.h"
#include "xen/symbols/map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The functions in the seeds, from Debian 13's Xen 4.20. */
static const char map[] =
	"ffff82d040200000 T _stext\n"
	"ffff82d04021ca80 T send_guest_vcpu_virq\n"
	"ffff82d04021fc70 t common/event_fifo.c#evtchn_fifo_set_pending\n"
	"ffff82d040240a30 t common/softirq.c#__do_softirq\n"
	"ffff82d040242990 t common/timer.c#execute_timer\n"
	"ffff82d040242b10 t common/timer.c#timer_softirq_action\n"
	"ffff82d040259190 t common/sched/core.c#vcpu_singleshot_timer_fn\n"
	"ffff82d04025b4c0 T vcpu_wake\n"
	"ffff82d040302b70 t arch/x86/domain.c#idle_loop\n"
	"ffff82d040304c30 T context_switch\n"
	"ffff82d0403059d0 T vcpu_kick\n"
	"ffff82d0403fffff T _etext\n";

static size_t room;		/* limit of the sum of bytes of all lines: UTF-8 of UTF-16 */
static unsigned int lines;

static void on_line(void *ctx, unsigned int number, const char *text, size_t len)
{
	(void)ctx;
	if (number != ++lines || len > room || memchr(text, '\n', len))
		abort();
	room -= len;
}

static void on_address(void *ctx, unsigned int number, const struct decoded *a)
{
	(void)ctx;
	if (!number || number > lines || !a->symbol ||
	    a->va - a->offset != a->symbol->addr)
		abort();
}

static void on_remark(void *ctx, unsigned int number, const char *text)
{
	(void)ctx;
	if (!number || number > lines || !*text)
		abort();
}

static void on_verdict(void *ctx, const char *text)
{
	(void)ctx;
	if (!lines || !*text)
		abort();
}

/* Rows are in the order of the text, and their cells are complete. */
static void read_keys(const struct console_text *text, size_t size)
{
	const struct key_row *row;
	struct key_text *t;
	size_t nr, n, last;
	unsigned int kind, i;

	if (key_text_read(text, &t))
		abort();
	for (kind = 0; kind < KEY_KINDS; kind++) {
		row = key_text_rows(t, kind, &nr);
		for (n = 0, last = 1; n < nr; last = row[n++].line) {
			if (row[n].line < last || row[n].line > size + 1)
				abort();
			for (i = 0; i < KEY_CELLS_MAX; i++)
				if (row[n].cell[i].kind == KEY_STR && !*row[n].cell[i].str)
					abort();
		}
	}
	key_text_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct decode_ops ops = {
		.line = on_line, .address = on_address, .remark = on_remark,
		.verdict = on_verdict,
	};
	static struct symbols *symbols;
	static struct decoder *decoder;
	struct console_text *text;
	struct err *e;

	if (!decoder && (symbols_from_map_text(map, strlen(map), &symbols) ||
			 decoder_create(NULL, symbols, NULL, &decoder)))
		abort();
	if (console_text_read((const char *)data, size, &text))
		abort();
	read_keys(text, size);
	for (int force = 0; force < 2; force++) {
		lines = 0;
		room = 2 * size;
		e = decode_text(decoder, text, force, &ops, NULL);
		if (e && lines)
			abort();
		err_free(e);
	}
	console_text_free(text);
	return 0;
}
