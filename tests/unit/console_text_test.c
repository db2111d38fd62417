/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console text in the forms created by mail, web pages, terminals and editors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/model/diagnosis/console_text.h"

/*
 * "1:text|2+1:text": each message with its first line and the number of further
 * lines; "-" for messages not printed by Xen.
 */
static void check_bytes(const char *bytes, size_t len, const char *want)
{
	struct console_text *t;
	char got[4096] = "";
	size_t i, n = 0;

	assert_null(console_text_read(bytes, len, &t));
	for (i = 0; i < t->nr_messages; i++) {
		const struct console_message *m = &t->message[i];

		n += snprintf(got + n, sizeof(got) - n, "%s%s%zu", i ? "|" : "",
			      m->is_xen ? "" : "-", m->first + 1);
		if (m->nr > 1)
			n += snprintf(got + n, sizeof(got) - n, "+%zu", m->nr - 1);
		n += snprintf(got + n, sizeof(got) - n, ":%s", m->text);
	}
	console_text_free(t);
	assert_string_equal(got, want);
}

static void check(const char *text, const char *want)
{
	check_bytes(text, strlen(text), want);
}

static void plain(void **state)
{
	(void)state;
	check("", "");
	check("(XEN) a\n(XEN)\n(XEN) \n(XEN)  b \n", "1:a|2:|3:|4: b");
	check("[    1.2] linux\n(XEN) [2026-11-21 05:03:11] a\n(XEN) [  12.34] b",
	      "-1:[    1.2] linux|2:a|3:b");
	check("Nov 1 host: (XEN) a\n", "1:a");
}

static void line_ends(void **state)
{
	(void)state;
	check("(XEN) a\r\n(XEN) b\r\r\n", "1:a|2:b");
	check("(XEN) a\r(XEN) b\r", "1:a|2:b");
	check("(XEN) a(XEN) b\n(XEN) c\r(XEN) d\n", "1:a|1:b|2:c|2:d");
}

static void character_sets(void **state)
{
	static const char le[] = "\xff\xfe(\0X\0E\0N\0)\0 \0a\0\n\0(\0X\0E\0N\0)\0 \0b\0";
	static const char be[] = "\0(\0X\0E\0N\0)\0 \0a\0\n\0(\0X\0E\0N\0)\0 \0b";
	static const char nul[] = "\xef\xbb\xbf(XEN)\0 a\n(X\0EN) b";

	(void)state;
	check_bytes(le, sizeof(le) - 1, "1:a|2:b");
	check_bytes(be, sizeof(be) - 1, "1:a|2:b");
	check_bytes(nul, sizeof(nul) - 1, "1:a|2:b");
	/* half a character at the end */
	check_bytes(le, sizeof(le) - 2, "1:a|2:");
}

static void markup(void **state)
{
	(void)state;
	check("(XEN) RIP:&nbsp;&nbsp; [&lt;ff&gt;] a&#43;0x1/0x2<br>\n(XEN) b<br/>\n",
	      "1:RIP:   [<ff>] a+0x1/0x2|2:b");
	check("<pre>(XEN) a<br>(XEN) b</pre>\n<div>(XEN) <b>c</b> [<ffff82d040201418>]</div>",
	      "-1:|1:a|1:b|-2:|2:c [<ffff82d040201418>]");
	check("\033[1m(XEN) a\033[0m\n", "1:a");
	check("<P>(XEN) a &LT;b&GT;<o:p></o:p></P>\n(XEN) &amp;lt;c&amp;gt; &amp;amp;lt;\n",
	      "-1:|1:a <b>|2:<c> <");
	check("(XEN) a &gt; b\n", "1:a > b");
	/* tags and entities across the ends of lines */
	check("<div\n style=\"x\">(XEN) a<br\n>(XEN) b</div\n>", "-1:|-2:|2:a|-3:|3:b|-4:");
	check("<p>(XEN) [&l=\nt;ffff=\n82d040201418&gt;]<sp=\nan>b<br=\n>(XEN) =3D<\n",
	      "-1:|1+4:[<ffff82d040201418>]b|5:=<");
	/* not markup */
	check("(XEN) a < b & c\n", "1:a < b & c");
}

static void signs_of_typesetters(void **state)
{
	(void)state;
	check("(XEN)\xc2\xa0""a\xe2\x80\x8b+0x1\xe2\x80\x93""b \xe2\x80\x9c""c\xe2\x80\x9d\xe2\x80\xa6",
	      "1:a+0x1-b \"c\"...");
	check("(XEN) a&#8203;+&ndash;&#x2019;&#x1f600;&#xd800;<br>", "1:a+-'??");
	check("\xe2\x80\x8f(XEN) a\xe2\x80\x8e\n| 1 | (XEN) b |\n{{(XEN) c}}\n(XEN) {0}{noformat}\n",
	      "1:a|2:b|3:c|4:{0}");
	/* guillemets, full-width characters, line separators, Windows-1252 */
	check("(XEN) [\xe2\x80\xb9""a\xe2\x80\xba] \xc2\xab""b\xc2\xbb c\xef\xbc\x8b\xef\xbc\x90\xef\xbd\x9a\xe2\x80\xa8(XEN) d\n",
	      "1:[<a>] <b> c+0z|1:d");
	check("(XEN)\xa0""a\x93""b\x94 \x96 \xab""c\xbb\n", "1:a\"b\" - <c>");
	/* a letter is not a typographic character */
	check("(XEN) \xc3\xa4\xe2\x80", "1:\xc3\xa4\xe2\x80");
}

/* A name in the line after its address */
static void names_wrapped(void **state)
{
	(void)state;
	check("(XEN) CPU0 @ e008:ffff82d040201650\n(vcpu_kick+0x10/0x9c0)\n(XEN) b",
	      "1+1:CPU0 @ e008:ffff82d040201650 (vcpu_kick+0x10/0x9c0)|3:b");
	check("[<ffff82d040201650>] R\nvcpu_kick+0x10/0x9c0\nb",
	      "-1+1:[<ffff82d040201650>] R vcpu_kick+0x10/0x9c0|-3:b");
	check("&gt; (XEN) [&lt;ffff82d040201650&gt;] R<br>&gt; vcpu_kick+0/0x9c0<br>",
	      "1:[<ffff82d040201650>] R vcpu_kick+0/0x9c0");
	check("<div>(XEN) [&lt;ffff82d040201650&gt;]</div><div>a+0x1/0x2</div>",
	      "-1:|1:[<ffff82d040201650>] a+0x1/0x2");
	/* not an address, or not sixteen digits */
	check("(XEN) CPU0 @ e008:82d040201650\n(vcpu_kick+0x10/0x9c0)",
	      "1:CPU0 @ e008:82d040201650|-2:(vcpu_kick+0x10/0x9c0)");
	check("no address\nvcpu_kick+0x10/0x9c0", "-1:no address|-2:vcpu_kick+0x10/0x9c0");
}

/* Characters spelled out by rsyslog, "cat -v", JSON, Markdown and C. */
static void spelled_out(void **state)
{
	(void)state;
	check("(XEN) a#015\n(XEN)#015\n(XEN) b#033[0m x86_64/entry.S#c#01\n",
	      "1:a|2:|3:b x86_64/entry.S#c#01");
	check("^[[1m(XEN)^[[0m a^M\n(XEN) ^M\n(XEN) b ^ c", "1:a|2:|3:b ^ c");
	check("(XEN) a\\n(XEN) [\\u003cb\\u003e]\\r\\n(XEN) c\\td\\x0d\\015\n",
	      "1:a|1:[<b>]|1:c\td");
	check("(XEN) \\[\\<ffff82d040201418\\>\\] vcpu\\_wake a\\b \\uD800 \\xfg\n",
	      "1:[<ffff82d040201418>] vcpu_wake a\\b \\uD800 \\xfg");
	check("(XEN) gr\\xc3\\xbc\\xc3\\x9f\\u00fc", "1:gr\xc3\xbc\xc3\x9f\xc3\xbc");
	check("`(XEN) a`\n{\"M\":\"(XEN) b\",\"P\":\"4\"}\n(XEN) \"c\"\n",
	      "1:a|2:b|3:\"c\"");
}

/* Escapes and control characters of terminals, also what a copy leaves of them */
static void terminals(void **state)
{
	(void)state;
	check("\033]0;root@h: ~\a(XEN) a\033]2;b\033\\\n\033(B(XEN)\033(B\033[m b\n",
	      "1:a|2:b");
	check("[0;32m(XEN)[0m a[1m b[K\n(XEN) [12] [k=1] L4[0x000]\n",
	      "1:a b|2:[12] [k=1] L4[0x000]");
	check("\033[24;1H(XEN) a\033[K\033[24;1Hlogin:\033[5;40Hb\n", "-1:|1:a|-1:login:b");
	check("(XEN) RIX\bP\a:\n\b(XEN) b\033]unended\n", "1:RIP:|2:bunended");
}

/* Lines that Xen printed, in texts in which no line has its prefix */
static void without_prefix(void **state)
{
	(void)state;
	check("[2024-11-28 10:11:12] Xen call trace:\n[   12.34] b\n    c\n",
	      "-1:Xen call trace:|-2:b|-3:    c");
	check("Nov 28 10:11:12 host xen[8]: Panic on CPU 1:\n2024-11-28T10:11:12+01:00 h x: [12.3] b\n",
	      "-1:Panic on CPU 1:|-2:b");
	check("[XEN] Xen call trace:\n(xen) [12.3] b\nXEN c\n", "-1:Xen call trace:|-2:b|-3:c");
	check("[2024-11-28 10:11:12] 'q' pressed -> dumping domain info\n[2024-11-28 10:11:12] b\n",
	      "-1:'q' pressed -> dumping domain info|-2:b");
	/* dom0's own log */
	check("[   12.34] b\nNov 28 10:11:12 h x: c\n", "-1:[   12.34] b|-2:Nov 28 10:11:12 h x: c");
}

static void quoted_printable(void **state)
{
	(void)state;
	check("(XEN) debug=3Dn [<ffff82d0=\n40201418>]\n(XEN) b=20\n",
	      "1+1:debug=n [<ffff82d040201418>]|3:b");
	check("content-transfer-encoding: Quoted-Printable\nX: a=bc==\n(XEN) debug=3dn\n",
	      "-1:content-transfer-encoding: Quoted-Printable|-2:X: a\xbc=|3:debug=n");
	/* mm.c's "!=" at the end of a line of mail */
	check("(XEN) Bad type (saw e400000000000001 !=\nexp 2000000000000000) caf=80\n(XEN) b\n",
	      "1:Bad type (saw e400000000000001 !=|-2:exp 2000000000000000) caf=80|3:b");
	/* "=00" in a text that is not quoted-printable */
	check("(XEN) ec=0002 debug=n\n", "1:ec=0002 debug=n");
	check("(XEN) ec=0002\n", "1:ec=0002");
}

static void base64(void **state)
{
	(void)state;
	check("Subject: x\r\ncontent-transfer-encoding:  BASE64\r\nX: y\r\n\r\nKFhFTikgZ3LDvG4NCihYRU4p\r\nIGIgPCBjDQo=\r\n\r\n--part\r\n(XEN) abcd\r\n",
	      "-1:Subject: x|-2:content-transfer-encoding:  BASE64|-3:X: y|-4:|5:gr\xc3\xbcn|6:b < c|-7:|-8:--part|9:abcd");
	/* words that could be base64, without the header */
	check("(XEN) a\nZZZZ\n", "1:a|-2:ZZZZ");
}

static void mail(void **state)
{
	(void)state;
	check("> (XEN) RIP:    e008:[<ffff82d040201418>]\n> vcpu_wake+0x18/0x240\n> (XEN) b\n",
	      "1+1:RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240|3:b");
	check("> > (XEN)    [<ffff82d040201418>] R\n> > a.c#f+0x1/0x2\n",
	      "1+1:   [<ffff82d040201418>] R a.c#f+0x1/0x2");
	check("(XEN) the quick brown fox jumps over the lazy dog and then some more\nwords follow\n",
	      "1+1:the quick brown fox jumps over the lazy dog and then some more words follow");
	/* wrapped at 50 columns, with blanks left before the line ends */
	check("> (XEN) RFLAGS: 0000000000000246 CONTEXT: hypervisor \n> (d3v1)\n"
	      "> (XEN) Faulting linear address: \n> 0000000000000008\n> (XEN) short\n> $ ls\n",
	      "1+1:RFLAGS: 0000000000000246 CONTEXT: hypervisor (d3v1)|"
	      "3+1:Faulting linear address: 0000000000000008|5:short|-6:$ ls");
	/* a device or an address is no time stamp */
	check("(XEN) [VT-D]DMAR:[DMA Read] Request device of some segment or other\n[0000:00:1f.2] fault addr 7b\n"
	      "(XEN) b\n[   12.345678] linux\n[2026-11-21 05:03:11] c\n[Sat Nov 21 05:03:11 2026] d\n",
	      "1+1:[VT-D]DMAR:[DMA Read] Request device of some segment or other [0000:00:1f.2] fault addr 7b|"
	      "3:b|-4:[   12.345678] linux|-5:[2026-11-21 05:03:11] c|-6:[Sat Nov 21 05:03:11 2026] d");
	/* indented, and continued without the quotation mark */
	check("    (XEN) the quick brown fox jumps over the lazy dog and then some more\n"
	      "    words follow\n    (XEN) b\n",
	      "1+1:the quick brown fox jumps over the lazy dog and then some more words follow|3:b");
	/* lines of dom0 do not continue a message */
	check("(XEN) the quick brown fox jumps over the lazy dog and then some more\n[    1.0] linux\n",
	      "1:the quick brown fox jumps over the lazy dog and then some more|-2:[    1.0] linux");
	check("(XEN) short\nlogin: \n", "1:short|-2:login:");
}

static void terminal_width(void **state)
{
	char text[256], want[256];
	static const char head[] = "(XEN) ", rest[] = "da\n(XEN) b\n";

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, head, strlen(head));
	strcpy(text + 80, "\n");
	strcat(text, rest);
	snprintf(want, sizeof(want), "1+1:%.74sda|3:b", text + 6);
	check(text, want);
	/* a width of its own, also where a line of that width is not continued */
	check("(XEN) 45678901234567890123456789012345678901\n23\n(XEN) 456\n"
	      "(XEN) 45678901234567890123456789012345678901\n<ff>\n"
	      "(XEN) 45678901234567890123456789012345678901\n78\n"
	      "(XEN) 45678901234567890123456789012345678901\n(XEN) a\n",
	      "1+1:4567890123456789012345678901234567890123|3:456|"
	      "4+1:45678901234567890123456789012345678901<ff>|"
	      "6+1:4567890123456789012345678901234567890178|"
	      "8:45678901234567890123456789012345678901|9:a");
	/* one line that is wider than mail */
	check("(XEN) 456789012345678901234567890123456789012345678901234567890123456789012345678901234\n00\n(XEN) a\n",
	      "1+1:45678901234567890123456789012345678901234567890123456789012345678901234567890123400|3:a");
	/* a longer line: no terminal was that narrow */
	check("(XEN) 45678901234567890123456789012345678901\n23\n"
	      "(XEN) 45678901234567890123456789012345678901\n23\n(XEN) 45678901234567890123456789012345678901234567890\n",
	      "1:45678901234567890123456789012345678901|-2:23|"
	      "3:45678901234567890123456789012345678901|-4:23|"
	      "5:45678901234567890123456789012345678901234567890");
}

/* Arbitrary bytes: no fault (ASan), and all messages within bounds. */
static void noise(void **state)
{
	static const char *const words[] = { "(XEN)", "\n", "\r", "=", "=\n", "<br>",
					     "&lt;", "> ", "\0", "[<ffff82d0", ">]",
					     " R", "a+0x1/0x2", "\033[", "\xff\xfe", "<!--",
					     "<span ", "&lt", "&amp;", "\\u003c", "#015", "Content-Transfer-Encoding: base64\n\n",
					     "\b", "\033]", "Xen call trace:" };
	struct console_text *t;
	char text[512];
	size_t n, i;
	unsigned int time;

	(void)state;
	for (time = 0; time < 20000; time++) {
		srand(time);
		for (n = 0; n < 400; n += i) {
			const char *w = words[rand() % ARRAY_SIZE(words)];

			i = *w ? strlen(w) : 1;
			memcpy(text + n, w, i);
			if (rand() % 4 == 0)
				text[n] = rand();
		}
		assert_null(console_text_read(text, n, &t));
		for (i = 0; i < t->nr_messages; i++) {
			assert_true(t->message[i].nr >= 1);
			assert_true(t->message[i].first + t->message[i].nr <= t->nr_sources);
			assert_true(strlen(t->message[i].text) <= 3 * n);
		}
		console_text_free(t);
	}
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(plain), T(line_ends), T(character_sets), T(markup),
		T(signs_of_typesetters), T(spelled_out), T(terminals),
		T(without_prefix), T(names_wrapped),
		T(quoted_printable), T(base64), T(mail), T(terminal_width), T(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
