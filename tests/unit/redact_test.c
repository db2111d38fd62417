/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redaction of texts: replaced and kept words; equal texts have equal replacements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "assert_err.h"
#include "xen/base/array.h"
#include "xen/output/redact.h"
#include "xen/output/redact_match.h"

static void check(struct redactor *r, const char *text, const char *expected)
{
	char *got = redactor_text(r, text);

	assert_non_null(got);
	assert_string_equal(got, expected);
	free(got);
}

static void test_patterns(void **state)
{
	static const char *const cases[][2] = {
		{ "domain 23d41c2e-eb61-11f1-9729-23f59c2bc0b7 died",
		  "domain <uuid-1> died" },
		{ "UUID 23D41C2E-EB61-11F1-9729-23F59C2BC0B7, and 00000000-eb61-11f1-9729-23f59c2bc0b7",
		  "UUID <uuid-1>, and <uuid-2>" },
		{ "vif 00:16:3e:aa:bb:cc up", "vif <mac-1> up" },
		{ "00:16:3E:AA:BB:CC and 00-16-3e-aa-bb-cd", "<mac-1> and <mac-2>" },
		{ "from 192.168.17.4 to 10.0.0.1:6000", "from <ip-1> to <ip-2>:6000" },
		{ "fe80::216:3eff:feaa:bbcc/64", "<ip-3>/64" },
		{ "at 2001:db8:0:0:1:2:3:4.", "at <ip-4>." },
		{ "(root@build7.example.com) gcc", "(<mail-1>) gcc" },
		{ "password=hunter2 quiet", "password=<secret-1> quiet" },
		{ "rd.iscsi.password=hunter2", "rd.iscsi.password=<secret-1>" },
		{ "ip=10.1.1.1::10.1.1.254:255.255.255.0:nodename:eth0:none x",
		  "ip=<secret-2> x" },
		{ "token: abc def", "token: <secret-3> def" },
		{ "API_KEY=\"a b\" c", "API_KEY=\"<secret-4>\" c" },
		{ "image /home/customer/dumps/vmcore is", "image <path-1> is" },
		{ "image /home/customer/dumps/vmcore: bad", "image <path-1>: bad" },
		/* other spellings of the same kinds */
		{ "vg_23d41c2e-eb61-11f1-9729-23f59c2bc0b7 tap_00:16:3e:aa:bb:cc", "vg_<uuid-1> tap_<mac-1>" },
		{ "BOOTIF=01-00-16-3e-aa-bb-ce", "BOOTIF=<mac-3>" },
		{ "80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:31:78:f2.", "<mac-4>." },
		{ "::ffff:10.0.0.1, 64:ff9b::192.168.17.4 1:2:3:4:5:6:10.0.0.1", "<ip-5>, <ip-6> <ip-7>" },
		{ "pwd=hunter2 psk='a b' c", "pwd=<secret-1> psk='<secret-4>' c" },
		{ "from nfs://nas.example/exports/web, file:///home/customer/x", "from <path-2>, <path-3>" },
	};
	struct redactor *r;
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check(r, cases[i][0], cases[i][1]);
	assert_int_equal(redactor_count(r, REDACT_UUID), 2);
	assert_int_equal(redactor_count(r, REDACT_SECRET), 4);
	redactor_destroy(r);
}

/* Texts of a hypervisor that resemble replaced texts */
static void test_stays(void **state)
{
	static const char *const texts[] = {
		"", "a", ".", "=", "0000:00:03.0", "2026-11-28 19:31:08 UTC", "4.20.5-pre",
		"build-id 576c0736b3e38388c5afe9aaccc43a18d514e88e",
		"ffff830027d77cc0 ffff82d0402301b2", "common/kexec.c#do_crashdump_trigger+0x1e",
		"pcpu 0, d0v1, 1:2:3", "console: \"'C' pressed\"", "com1=115200,8n1 console=com1",
		"dom0_mem=256M,max:256M crashkernel=96M", "1.2.3", "1.2.3.4.5", "256.1.1.1",
		"std::string x::y", "::", "@", "a@", "@b", "key 'C'", "keyhandler.c",
		"arch/x86/irq.c:512", "/proc/xen/capabilities", "and/or", "/", "//", "/a",
		"monkey=1", "00:16:3e:aa:bb", "00:16:3e:aa:bb:cc:d",
		"CONFIG_HAS_PASSTHROUGH=y", "iommu=dom0-passthrough=1", "://x", "free_domain",
	};
	struct redactor *r;
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		check(r, texts[i], texts[i]);
	for (i = 0; i < NR_REDACT; i++)
		assert_int_equal(redactor_count(r, i), 0);
	redactor_destroy(r);
}

static void test_names(void **state)
{
	struct redactor *r;
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	assert_true(redactor_learn(r, "web"));
	assert_true(redactor_learn(r, "web-shop 2"));
	assert_true(redactor_learn(r, "web"));
	assert_true(redactor_learn(r, "x"));
	assert_true(redactor_learn(r, ""));
	check(r, "web, web-shop 2, (web) webs cobweb web_1 x", "<name-1>, <name-2>, (<name-1>) webs cobweb web_1 x");
	/* many names with the same first letter, added while the array moves */
	for (i = 0; i < 500; i++) {
		char name[16];

		snprintf(name, sizeof(name), "vm%u", i);
		assert_true(redactor_learn(r, name));
	}
	check(r, "vm499 vm49 vm4999", "<name-3> <name-4> vm4999");
	redactor_destroy(r);
}

/* Arbitrary bytes are kept; replacements are not replaced again. */
static void test_hostile(void **state)
{
	struct redactor *r;
	char *once, text[600];
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i + 1 < sizeof(text); i++)
		text[i] = 1 + i % 255;
	text[sizeof(text) - 1] = '\0';
	assert_true(redactor_learn(r, "\xff\xfe<script>"));
	once = redactor_text(r, text);
	assert_non_null(once);
	free(once);
	check(r, "a \xff\xfe<script> b", "a <name-1> b");
	once = redactor_text(r, "password=a 10.0.0.1 /root/x/y u@h");
	check(r, once, once);
	free(once);
	redactor_destroy(r);
	redactor_destroy(NULL);
}

/* A name of many words is read once, not again from each word on. */
static void test_long_name(void **state)
{
	static char text[40000];
	struct redact_name name = { .end = NULL };
	struct redactor *r;
	size_t skip, i;

	(void)state;
	for (i = 0; i + 4 < sizeof(text); i += 2)
		memcpy(text + i, "a.", 2);
	memcpy(text + i, "b=c", 3);
	for (i = 0; text[i]; i++)
		assert_int_equal(redact_secret(text + i, &name, &skip), 0);
	assert_true(name.read < sizeof(text));
	/* its first word makes the value a secret */
	memcpy(text, "pass", 4);
	assert_ok(redactor_create(&r));
	memcpy(text + 40, "=hunter2", 9);
	check(r, text, "pass" "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.=<secret-1>");
	check(r, "x.root=/dev/sda1 password=<secret-1> y=\"", "x.root=<secret-2> password=<secret-1> y=\"");
	check(r, "/proc/:/proc/:/proc/1/maps", "/proc/:/proc/:/proc/1/maps");
	redactor_destroy(r);
}

/*
 * The longest name that ends with its word is found, also among names that start
 * with others. 30,000 words are looked up in 30,000 names: with a comparison for
 * each pair the test takes a hundred times as long.
 */
static void test_many_names(void **state)
{
	static const char *const nested[] = { "web", "web-1", "web-1-old", "we", "web-12", "web" };
	struct redactor *r;
	char name[32];
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(nested); i++)
		assert_true(redactor_learn(r, nested[i]));
	check(r, "web-1-old web-1-older web-1 web-12 web-123 web weber we",
	      "<name-1> <name-2>-older <name-2> <name-3> <name-4>-123 <name-4> weber <name-5>");
	for (i = 0; i < 30000; i++) {
		snprintf(name, sizeof(name), "guest-%u", i);
		assert_true(redactor_learn(r, name));
	}
	check(r, "guest-7 guest-70 guest-29999 guest-30000 guest", "<name-6> <name-7> <name-8> guest-30000 guest");
	for (i = 0; i < 30000; i++) {
		snprintf(name, sizeof(name), "guest-%u", i + 100000);
		check(r, name, name);
	}
	redactor_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns), cmocka_unit_test(test_stays),
		cmocka_unit_test(test_names), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_long_name), cmocka_unit_test(test_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
