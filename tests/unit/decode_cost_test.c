/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work for hostile console texts: counted in bytes searched, messages passed
 * and addresses looked up, not in time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>

#include "decode_map.h"

#include "xen/base/search.h"
#include "xen/model/diagnosis/decode_internal.h"
#include "xen/model/diagnosis/key_text.h"
#include "xen/output/printer.h"
#include "xen/symbols/map.h"

#define TIMES 20000

/* Makes a text of head, followed by part many times; the caller frees it. */
static char *repeat(const char *head, const char *part, size_t times)
{
	size_t len = strlen(part), at = strlen(head), i;
	char *text = malloc(at + times * len + 1);

	assert_non_null(text);
	memcpy(text, head, at);
	for (i = 0; i < times; i++, at += len)
		memcpy(text + at, part, len);
	text[at] = '\0';
	return text;
}

/* Searches read each byte of the text at most thrice: for each of three marks. */
static void check_searches(const char *head, const char *part)
{
	char *text = repeat(head, part, TIMES);
	size_t len = strlen(text);
	struct console_text *t;

	search_bytes = 0;
	assert_null(console_text_read(text, len, &t));
	if (search_bytes > 3 * len)
		fail_msg("%s: %lu bytes searched for a text of %zu", part,
			 (unsigned long)search_bytes, len);
	assert_true(search_bytes > 0);
	console_text_free(t);
	free(text);
}

static void test_searches(void **state)
{
	(void)state;
	check_searches("", "(XEN) [<ffff82d040200000>] F x+0x1/0x2");
	check_searches("", "(XEN)");
	check_searches("", "x <pre>");
	check_searches("<pre>", "<b <b ");
	check_searches("<pre>", "<!-- ");
	check_searches("<pre>", "(XEN) a<br>");
	check_searches("<pre>", "&#27;[31m&#x1b;&#x202e;<br>");
	check_searches("(XEN) ", "d1\rd2 ");
}

/* Pieces of a line are the same with cached positions. */
static void test_pieces(void **state)
{
	static const char text[] = "<pre>a(XEN) b<br>c(XEN) d(XEN) e<b>f</b>\n(XEN)<br>";
	struct console_text *t;
	char all[200] = "";
	size_t i;

	(void)state;
	assert_null(console_text_read(text, strlen(text), &t));
	for (i = 0; i < t->nr_messages; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s|",
			 t->message[i].is_xen ? "+" : "", t->message[i].text);
	console_text_free(t);
	assert_string_equal(all, "|+b|+d|+ef|+|");
}

/*
 * For a program counter the next message of Xen is looked for, which is far away.
 */
static void test_registers(void **state)
{
	static const struct decode_ops ops = { .line = NULL };
	char *text = repeat("(XEN) x\n", "RIP:\n", TIMES);
	struct console_text *t;
	struct symbols *symbols;
	struct decoder *d;

	(void)state;
	assert_null(symbols_from_map_text(map, strlen(map), &symbols));
	assert_null(decoder_create(NULL, symbols, NULL, &d));
	assert_null(console_text_read(text, strlen(text), &t));
	assert_null(decode_text(d, t, true, &ops, NULL));
	assert_true(d->steps > 0 && d->steps <= t->nr_messages);
	console_text_free(t);
	decoder_destroy(d);
	symbols_destroy(symbols);
	free(text);
}

static void check_too_long(const char *part, size_t times)
{
	char *text = repeat("", part, times);
	struct console_text *t;
	struct err *e = console_text_read(text, strlen(text), &t);

	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	assert_non_null(strstr(err_text(e), "more than 8388608 lines"));
	err_free(e);
	free(text);
}

static void test_too_long(void **state)
{
	(void)state;
	check_too_long("\r", CONSOLE_LINES_MAX + 1);
	check_too_long("(XEN)", CONSOLE_LINES_MAX + 2);
}

/* Each address is looked up once, up to the limit. */
static void test_lines(void **state)
{
	struct decode_lines found = { .nr_places = 0 };
	int fd = open("/proc/self/exe", O_RDONLY);
	struct decoded a = { .is_kernel = false };
	struct lines *lines;
	uint64_t i;
	Elf *elf;

	(void)state;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	assert_null(lines_create(elf, &lines));
	for (i = 0; i < DECODE_LINES_MAX + 10; i++) {
		decode_lines_at(&found, lines, i % 100, &a);
		decode_lines_at(&found, lines, ~i, &a);
	}
	assert_int_equal(found.nr_places, DECODE_LINES_MAX);
	assert_int_equal(found.left_out, 110);
	decode_lines_clear(&found);
	assert_int_equal(found.nr_places, 0);
	lines_destroy(lines);
	elf_end(elf);
	close(fd);
}

/* One note for each boot of a long log. */
static void test_notes(void **state)
{
	struct out *o;
	unsigned int i;
	char *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	assert_null(out_create(fp, OUT_JSON, "test", &o));
	for (i = 0; i < 2 * TIMES; i++)
		out_note(o, "the part from line %u on", i / 2);
	assert_int_equal(o->nr_notes, TIMES);
	assert_true(o->notes_compared < 3 * TIMES);
	out_finish(o);
	out_destroy(o);
	fclose(fp);
	free(text);
}

/* The affinity of a unit is shown for all its vcpus. */
static void test_affinity(void **state)
{
	static const char head[] = "(XEN) VCPU information and callbacks for domain 0:\n"
				   "(XEN)   UNIT0 affinities: hard=";
	char *list = repeat(head, "{0,", 1000), *text = repeat(list, "}\n(XEN) VCPU1: CPU0\n", 2);
	const struct key_row *row;
	struct console_text *t;
	struct key_text *k;
	size_t nr;

	(void)state;
	assert_null(console_text_read(text, strlen(text), &t));
	assert_null(key_text_read(t, &k));
	row = key_text_rows(k, KEY_VCPUS, &nr);
	assert_int_equal(nr, 2);
	assert_int_equal(row[1].cell[8].kind, KEY_STR);
	assert_int_equal(strlen(row[1].cell[8].str), 256 + 3);
	key_text_free(k);
	console_text_free(t);
	free(text);
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_searches),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_affinity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
