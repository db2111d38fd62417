/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report: its parts, its forms, hostile texts in HTML, and replacements
 * with --share.
 */
#include "tests/unit/model_fixture/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "report_forms.h"
#include "tests/unit/json_check.h"
#include "xen/output/html.h"

#define HOSTILE "</script><script>alert(1)</script><img src=x onerror=\"alert(2)\"> & ' \x1b[31m \xff \xe2\x80\xae"

/* ---- the table of parts ---- */

/* "units of credit" contains further columns of "units". */
static bool is_table(const struct column_table *t, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(t->key, key, len) && (!t->key[len] || t->key[len] == ' ');
}

static bool has_key(const struct command *c, const char *table, const char *key, size_t len)
{
	const struct column_table *t;
	unsigned int i;

	for (t = c->tables; t && t->key; t++) {
		for (i = 0; i < t->nr && is_table(t, table); i++) {
			struct column column = column_of(t, i);

			const char *name = column.key ? column.key : column.title;

			if (!len || (strlen(name) == len && !strncmp(name, key, len)))
				return true;
		}
	}
	return false;
}

static void check_view(const struct report_part *part, const struct report_view *v)
{
	const struct command *c = command_find(part->command[0])->command;
	const char *key;
	size_t len;

	if (!has_key(c, v->section, "", 0))
		fail_msg("%s: no table \"%s\"", part->id, v->section);
	for (key = v->columns; strcmp(key, "*"); key += len) {
		len = strcspn(key, ",=");
		if (!has_key(c, v->section, key, len))
			fail_msg("%s: no column \"%.*s\" of %s", part->id, (int)len, key,
				 v->section);
		len += strcspn(key + len, ",");
		if (!key[len])
			break;
		len++;
	}
}

/* Each part is an existing command; each column of the text form exists in it. */
static void test_parts(void **state)
{
	const struct report_part *p;
	unsigned int i;

	(void)state;
	for (p = report_parts; p->id; p++) {
		if (!command_find(p->command[0]))
			fail_msg("%s: no command", p->id);
		for (i = 0; i < REPORT_VIEWS && p->view[i].section; i++)
			check_view(p, &p->view[i]);
	}
}

/* ---- the forms ---- */

static void refuse(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	if (at)
		fail_msg("\"%s\" in: %.200s", part, at);
}

static void test_forms(void **state)
{
	static struct fixture fix;
	struct session s = { .front = &front, .xen = &fix.xen, .collect = command_collect };
	struct report *r;
	char *text;

	(void)state;
	fixture_create_from(&fix, "tests/unit/model_fixture/model.c", 420, 256);
	assert_ok(report_create(&s, false, &r));
	text = print(r, report_text);
	expect(text, "VERDICT: ");
	expect(text, "--- Stands out ---");
	expect(text, "--- Domains ---");
	expect(text, "--- Not read, and why ---");
	free(text);
	text = print(r, report_json);
	assert_true(json_valid(text, strlen(text)));
	expect(text, "{\"report\": 1, \"program\": \"crash-xen ");
	expect(text, "\"doms\": [");
	free(text);
	text = print(r, report_html);
	expect(text, "<!DOCTYPE html>");
	expect(text, "default-src 'none'; style-src 'sha256-");
	expect(text, "id=\"doms\"");
	free(text);
	report_destroy(r);
	fixture_destroy(&fix);
}

/* All domains are unreadable: no types are listed. */
static void test_no_domain(void **state)
{
	static struct fixture fix;
	struct session s = { .front = &front, .xen = &fix.xen, .collect = command_collect };
	struct report *r;
	unsigned int i;
	char *text;

	(void)state;
	fixture_create_from(&fix, "tests/unit/model_fixture/model.c", 420, 256);
	fixture_poke(&fix, fixture_va(&fix, "domain_list"), NULL, 8);
	for (i = 0; i < 256; i++)
		fixture_poke(&fix, fixture_va(&fix, "domain_hash") + 8 * i, NULL, 0);
	assert_ok(report_create(&s, false, &r));
	text = print(r, report_text);
	expect(text, "domains: 0, some unreadable\n");
	free(text);
	report_destroy(r);
	fixture_destroy(&fix);
}

/* Runs "report -o NAME [-f FORM]" in the folder; its output contains the text. */
static void write_to(struct session *s, const char *dir, char *name, char *form,
		     const char *wanted)
{
	char path[128], *argv[] = { "report", "-o", path, "-f", form, NULL }, *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	command_run(s, form ? 5 : 3, argv, fp);
	fclose(fp);
	if (!strstr(text, wanted))
		fail_msg("%s: no \"%s\" in: %s", name, wanted, text);
	free(text);
}

static void test_files(void **state)
{
	static const char *const made[] = {
		"new/xen-report.txt", "new/xen-report.json", "new/xen-report.html", "new", "a.html", "b",
	};
	static struct fixture fix;
	struct session s = { .front = &front, .xen = &fix.xen, .collect = command_collect };
	char dir[] = "/tmp/report-test.XXXXXX", path[128];
	struct stat st;
	unsigned int i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fixture_create_from(&fix, "tests/unit/model_fixture/model.c", 420, 256);
	write_to(&s, dir, "none", NULL, "the form is unknown; add .txt, .json or .html");
	write_to(&s, dir, "v1.2/none", NULL, "the form is unknown");
	write_to(&s, dir, "a.html", NULL, "html ");
	write_to(&s, dir, "a.html", NULL, "a.html\" exists");
	write_to(&s, dir, "b", "json", "json ");
	write_to(&s, dir, "new/", NULL, "new/xen-report.html");
	write_to(&s, dir, "new", "text", "new/xen-report.txt\" exists");
	write_to(&s, dir, "no/such/", NULL, "No such file");
	snprintf(path, sizeof(path), "%s/pipe", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	write_to(&s, dir, "pipe", "text", "pipe\" exists");
	assert_int_equal(unlink(path), 0);
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, made[i]);
		if (stat(path, &st) || !st.st_size)
			fail_msg("no %s", made[i]);
		unlink(path);
		if (!strcmp(made[i], "new"))
			rmdir(path);
	}
	assert_int_equal(rmdir(dir), 0);	/* there are no other files */
	fixture_destroy(&fix);
}

/* ---- hostile and private texts ---- */

static const struct column columns[] = {
	{ .key = "name", .title = "NAME" }, { .key = "found", .title = "FOUND BY" },
	{ .key = "sp", .title = "SP" }, { .key = "text", .title = "TEXT" },
};

static void add_row(struct out *o, const char *name, const char *found, const char *text)
{
	out_str(o, name);
	out_str(o, found);
	out_hex(o, 0x1234567890abcdef);
	out_str(o, text);
}

/* A part with a list and lines, as printed by a command of that name. */
static void fill(struct report *r, const char *id, const char *key, const char *name,
		 const char *found, const char *text)
{
	struct out *o;

	assert_ok(sheet_create(&r->part[part_number(id)], id, &o));
	out_list(o, key, columns, 4);
	add_row(o, name, found, text);
	out_card(o, "card", columns, 4);
	add_row(o, name, found, text);
	if (!strcmp(id, "log")) {
		out_lines(o, "lines");
		out_line(o, "(XEN) %s", text);
		out_line(o, "(d1) %s", "guest-text-marker");
		out_line(o, "(XEN) rax: 00000000deadbeef");
		out_line(o, "(XEN)    0000000000305000 00007fff7b6a8bc0");
	}
	out_note(o, "note %s", text);
	out_error(o, err_new(ERR_IO, "error %s", text));
	out_finish(o);
	out_destroy(o);
}

static void test_hostile(void **state)
{
	struct report *r = calloc(1, sizeof(*r));
	const char *at;
	unsigned int scripts = 0;
	char *html, *json;

	(void)state;
	fill(r, "doms", "doms", HOSTILE, HOSTILE, HOSTILE);
	fill(r, "log", "other", HOSTILE, HOSTILE, HOSTILE);
	add_head(r, HOSTILE);
	signature_finish(&r->signature, DEATH_NONE, HOSTILE);
	html = print(r, report_html);
	for (at = html; (at = strstr(at, "<script")); at++)
		scripts++;
	assert_int_equal(scripts, 1);
	refuse(html, "<img");
	refuse(html, "\x1b");
	refuse(html, "\xff");
	refuse(html, "\xe2\x80\xae");
	expect(html, "&lt;/script&gt;&lt;script&gt;alert(1)");
	expect(html, "onerror=&quot;alert(2)&quot;&gt; &amp; &#39; \\x1b[31m \\xff \\xe2\\x80\\xae");
	refuse(html, "http://");
	refuse(html, "https://");
	free(html);
	json = print(r, report_json);
	assert_true(json_valid(json, strlen(json)));
	free(json);
	report_destroy(r);
}

/* Each of these must not be in a shared report. */
static const char *const markers[] = {
	"acme-billing", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "00:16:3e:11:22:33",
	"10.20.30.40", "hunter2", "builder@corp.example", "/home/customer/vmcore",
	"guest-text-marker", "deadbeef", "00007fff7b6a8bc0", "1234567890abcdef",
	"CZJ1234ABC", "36001405a1b2c3d4e", "5000c500a1b2c3d4", "org.acme.san", "hunter3", "hunter4",
	"dXNlcjpw", "AKIAIOSFODNN7EXAMPLE", "filer", "acme.example.com", "corp.acme", "alice",
	"hunter5", "fafnir",
};

static void refuse_markers(const char *text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(markers); i++)
		refuse(text, markers[i]);
}

/* The message of dom0's kernel, as "xen" prints it */
static void add_statement(struct report *r, const char *text)
{
	static const struct column statements[] = {
		{ .key = "about", .title = "ABOUT" }, { .key = "statement", .title = "STATEMENT" },
	};
	struct out *o;

	assert_ok(sheet_create(&r->part[part_number("xen")], "xen", &o));
	out_list(o, "statements", statements, 2);
	out_str(o, "verdict");
	out_str(o, "x");
	out_str(o, "dom0");
	out_str(o, text);
	out_finish(o);
	out_destroy(o);
}

static void test_share(void **state)
{
	static const char text[] =
		"acme-billing7 3F2504E0-4F89-11D3-9A0C-0305E82C3301 00:16:3e:11:22:33 10.20.30.40 "
		"password=hunter2 builder@corp.example /home/customer/vmcore Serial Number: CZJ1234ABC "
		"scsi-36001405a1b2c3d4e5f60718293a4b5c6 wwn-0x5000c500a1b2c3d4 iqn.2003-01.org.acme.san:t7 "
		"--password hunter3 -p hunter4 AKIAIOSFODNN7EXAMPLE 'Authorization: Basic dXNlcjpw' "
		"filer:/vol //filer/share web.acme.example.com, search corp.acme alice@db "
		"mysql -phunter5 fafnir";
	struct report *r = calloc(1, sizeof(*r));
	char *forms[3];
	unsigned int i;

	(void)state;
	fill(r, "doms", "doms", "acme-billing7", "x", text);
	fill(r, "bt", "frames", "acme-billing7", "guest", text);
	fill(r, "log", "other", "acme-billing7", "x", text);
	/*
	 * the stack pointer of the guest's frame is removed; those of lists of
	 * Xen's objects are kept
	 */
	r->part[part_number("doms")].section[0].cell[2].u = 1;
	r->part[part_number("doms")].section[1].cell[2].u = 1;
	r->part[part_number("bt")].section[1].cell[2].u = 1;
	r->part[part_number("log")].section[0].cell[2].u = 1;
	r->part[part_number("log")].section[1].cell[2].u = 1;
	/* the name of the host is known from a part that is left out */
	fill(r, "dom0log", "other", "x", "x", "Linux fafnir 6.12.57 #1");
	add_statement(r, text);
	signature_finish(&r->signature, DEATH_NONE, text);
	assert_ok(report_redact(r));
	assert_true(strstr(r->signature.message, "<name-#> <uuid-#>") == r->signature.message);
	add_head(r, text);
	assert_ok(report_redact_head(r));
	forms[0] = print(r, report_text);
	forms[1] = print(r, report_json);
	forms[2] = print(r, report_html);
	for (i = 0; i < 3; i++) {
		refuse_markers(forms[i]);
		expect(forms[i], i < 2 ? "<name-1>" : "&lt;name-1&gt;");
		expect(forms[i], i < 2 ? "<uuid-1>" : "&lt;uuid-1&gt;");
		refuse(forms[i], "uuid-2");
		expect(forms[i], i < 2 ? "<name-2>" : "&lt;name-2&gt;");
		refuse(forms[i], "name-3");
		/* it has no count */
		expect(forms[i], "Log of dom0");
		free(forms[i]);
	}
	report_destroy(r);
}

/* Paths of the image that do not look like one in a text; its usual names are kept. */
static void test_share_image(void **state)
{
	static const struct column card[] = { { .key = "image", .title = "IMAGE" } };
	static const struct { const char *image, *shown; } cases[] = {
		{ "acme-4711.debug", "<name-1>" }, { "Acme Corp/xen-syms", "<name-1>" },
		{ "/home/bob/Acme Corp/xen-syms", "<name-1>" }, { "xen-syms", "xen-syms" },
		{ "/home/bob/xen-syms", "<path-1>" },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct report *r = calloc(1, sizeof(*r));
		struct sheet *sh = &r->part[part_number("xen")];
		struct out *o;

		assert_ok(sheet_create(sh, "xen", &o));
		out_card(o, "xen", card, 1);
		out_str(o, cases[i].image);
		out_end(o);
		out_note(o, "%s: not read", cases[i].image);
		out_finish(o);
		out_destroy(o);
		assert_ok(report_redact(r));
		assert_string_equal(sheet_text(&sh->section[0], 0, "image"), cases[i].shown);
		report_destroy(r);
	}
}

/* ---- pictures ---- */

static void add_trace(struct report *r)
{
	static const struct column records[] = {
		{ .key = "pcpu", .title = "PCPU" }, { .key = "time_ns", .title = "NS" },
		{ .key = "event", .title = "EVENT" }, { .key = "text", .title = "DETAILS" },
	};
	/* the last two of these are damaged */
	static const struct {
		uint64_t pcpu, ns;
		const char *text;
	} switches[] = {
		{ 0, 1000, "from d32767v0 to d1v0" }, { 1, 1100, "from d32767v1 to d0v1" },
		{ 0, 1500, "from d1v0 to d32767v0" }, { 1, 3000, "from d0v1 to d1v1" },
		{ UINT64_MAX, 1200, "from d0v1 to d1v1" }, { 1, 100, "from d9v9 to d8v8" },
		{ 0, 4000, "from d to" },
	};
	struct out *o;
	unsigned int i;

	assert_ok(sheet_create(&r->part[part_number("trace")], "trace", &o));
	out_list(o, "records", records, 4);
	for (i = 0; i < ARRAY_SIZE(switches); i++) {
		out_dec(o, switches[i].pcpu);
		out_dec(o, switches[i].ns);
		out_str(o, "SCHED_SWITCH");
		out_str(o, switches[i].text);
	}
	out_finish(o);
	out_destroy(o);
}

static void add_nodes(struct report *r)
{
	static const struct column zones[] = {
		{ .key = "node", .title = "NODE" }, { .key = "pages", .title = "PAGES" },
	};
	static const uint64_t free_pages[][2] = {
		{ 0, 1024 }, { 0, 1024 }, { 1, 1024 }, { 77, 5 }, { UINT64_MAX, 5 },
	};
	struct out *o;
	unsigned int i;

	assert_ok(sheet_create(&r->part[part_number("heap")], "heap", &o));
	out_list(o, "zones", zones, 2);
	for (i = 0; i < ARRAY_SIZE(free_pages); i++) {
		out_dec(o, free_pages[i][0]);
		out_dec(o, free_pages[i][1]);
	}
	out_finish(o);
	out_destroy(o);
}

/* A host with 1 TiB: d1 has most, dom0 4 GiB, Xen's heap 2 MiB. */
static void add_memory(struct report *r)
{
	static const struct column sys[] = { { .key = "memory", .title = "MEMORY" } };
	static const struct column doms[] = {
		{ .key = "domid", .title = "DID" }, { .key = "tot_pages", .title = "TOTPAGE" },
		{ .key = "name", .title = "NAME" },
	};
	static const struct column uses[] = {
		{ .key = "group", .title = "GROUP" }, { .key = "use", .title = "USE" },
		{ .key = "pages", .title = "PAGES" },
	};
	struct out *o;

	assert_ok(sheet_create(&r->part[part_number("sys")], "sys", &o));
	out_card(o, "sys", sys, 1);
	out_str(o, "1048576 MiB (268435456 pages)");
	out_finish(o);
	out_destroy(o);
	assert_ok(sheet_create(&r->part[part_number("doms")], "doms", &o));
	out_list(o, "doms", doms, 3);
	out_dec(o, 0);
	out_dec(o, 1048576);
	out_str(o, "Domain-0");
	out_dec(o, 1);
	out_dec(o, 260000000);
	out_str(o, "big");
	out_finish(o);
	out_destroy(o);
	assert_ok(sheet_create(&r->part[part_number("mem")], "mem", &o));
	out_list(o, "uses", uses, 3);
	/* two more pages than allocated: the shared info, the domain's page tables */
	out_str(o, "domain");
	out_str(o, "d0");
	out_dec(o, 1048578);
	out_str(o, "domain");
	out_str(o, "d1");
	out_dec(o, 260000000);
	out_str(o, "Xen heap");
	out_str(o, "x");
	out_dec(o, 512);
	out_str(o, "free");
	out_str(o, "free");
	out_dec(o, 7386266);
	out_str(o, "unaccounted");
	out_str(o, "y");
	out_dec(o, 100);
	out_finish(o);
	out_destroy(o);
}

/* Owners too small to be visible are on separate strips. */
static void test_memory(void **state)
{
	struct report *r = calloc(1, sizeof(*r));
	char *html;

	(void)state;
	add_memory(r);
	add_head(r, "x");
	html = print(r, report_html);
	expect(html, "together 4098.3 MiB, 256 times larger:");
	expect(html, "<rect class=\"f0\" x=\"0\" y=\"0\" width=\"9979\" height=\"40\"><title>d0 (Domain-0)</title>");
	expect(html, "together 2.3 MiB, 437191 times larger:");
	expect(html, "<rect class=\"f6\" x=\"32\" y=\"0\" width=\"8324\" height=\"40\"><title>Xen heap</title>");
	expect(html, "other pages of domains: 8 KiB, 0.0 %</li>");
	expect(html, "unaccounted: 400 KiB, 0.0 %</li>");
	free(html);
	report_destroy(r);
}

/* pcpu 0 waits for a lock of pcpu 1, which waits for pcpu 2, and that for pcpu 1 */
static void add_waits(struct report *r)
{
	static const struct column waits[] = {
		{ .key = "who", .title = "WAITER" }, { .key = "what", .title = "WAITS FOR" },
		{ .key = "holder", .title = "HELD BY" }, { .key = "most_ns" }, { .key = "least_ns" },
	};
	static const char *const rows[][3] = {
		{ "pcpu 0", "lock " HOSTILE, "pcpu 1" }, { "pcpu 1", "lock b", "pcpu 2" },
		{ "pcpu 2", "lock a", "pcpu 1" }, { "file.c#a_tasklet_of_a_long_name", "pcpu 3", NULL },
	};
	struct out *o;
	unsigned int i;

	assert_ok(sheet_create(&r->part[part_number("waits")], "waits", &o));
	out_list(o, "waits", waits, 5);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		out_str(o, rows[i][0]);
		out_str(o, rows[i][1]);
		if (rows[i][2])
			out_str(o, rows[i][2]);
		else
			out_none(o);
		out_none(o);
		out_dec(o, i == 1 ? 1500000000 : 0);
	}
	out_finish(o);
	out_destroy(o);
}

static void test_waits(void **state)
{
	struct report *r = calloc(1, sizeof(*r));
	char *html;

	(void)state;
	add_waits(r);
	add_head(r, "x");
	html = print(r, report_html);
	expect(html, "<rect class=\"box\" x=\"0\" y=\"2\" width=\"122\" height=\"36\"><title>pcpu 0 waits for lock &lt;/script&gt;");
	expect(html, "<rect class=\"box\" x=\"159\" y=\"2\" width=\"122\" height=\"36\"><title>pcpu 1 waits for lock b</title>");
	expect(html, "<rect class=\"box\" x=\"318\" y=\"2\" width=\"122\" height=\"36\"><title>pcpu 2 waits for lock a</title>");
	expect(html, ">1.500 s or more: l...</text>");
	expect(html, "<rect class=\"box end\" x=\"159\" y=\"50\" width=\"122\" height=\"36\"><title>pcpu 3</title>");
	expect(html, ">a_tasklet_of_a_...</text>");
	/* to the right, and back to the left */
	expect(html, "<path class=\"edge\" stroke-width=\"2\" d=\"M122 20 L152 20\"/>");
	expect(html, "<path class=\"edge grant\" stroke-width=\"2\" d=\"M440 20 Q477 28 281 28\"/>");
	refuse(html, "<script>alert");
	free(html);
	report_destroy(r);
}

static void test_pictures(void **state)
{
	struct report *r = calloc(1, sizeof(*r));
	char *html;

	(void)state;
	add_trace(r);
	add_nodes(r);
	add_head(r, "x");
	html = print(r, report_html);
	/* 3 us of trace on 384 units from 56 on: d1v0 for 500 ns, d0v1 from 100 ns on */
	expect(html, "<rect class=\"f1\" x=\"56\" y=\"2\" width=\"64\" height=\"16\"><title>d1v0 on pcpu 0 for 500 ns</title>");
	expect(html, "<rect class=\"f0\" x=\"68\" y=\"26\" width=\"243\" height=\"16\"><title>d0v1 on pcpu 1 for 1900 ns</title>");
	expect(html, "<title>d1v1 on pcpu 1 for 1000 ns</title>");
	refuse(html, "d8v8 on");
	refuse(html, "d32767v0 on");
	/* node 0 has twice the memory of node 1 */
	expect(html, "<rect class=\"f0\" x=\"60\" y=\"2\" width=\"280\" height=\"18\"><title>node 0</title>");
	expect(html, "<rect class=\"f1\" x=\"60\" y=\"28\" width=\"140\" height=\"18\"><title>node 1</title>");
	expect(html, ">8 MiB</text>");
	free(html);
	report_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts), cmocka_unit_test(test_forms),
		cmocka_unit_test(test_files), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_share), cmocka_unit_test(test_share_image),
		cmocka_unit_test(test_pictures), cmocka_unit_test(test_waits),
		cmocka_unit_test(test_memory), cmocka_unit_test(test_no_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
