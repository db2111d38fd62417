/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of a profile: the right one passes and its places are proved; one
 * with a wrong place is refused, or that place is not proved.
 */
#include "tests/unit/host_fixture/host.h"

#include "xen/base/array.h"
#include "xen/profile/profile_choose.h"

static char *right;		/* the profile of the fixture's DWARF */

/* Paths in the notes; commands, which are not linked here, list them otherwise. */
static const struct field noted[] FIELD_TABLE = {
	FIELD_PLACE("domain"), FIELD_PLACE("page_info"),
	FIELD_PLACE("page_info.count_info"),
};

/* Places that the invariants prove on this host. */
static const char *const proved[] = {
	"domain.domain_id", "domain.next_in_list", "domain.vcpu",
	"domain.max_vcpus", "domain.shared_info", "domain.evtchn",
	"domain.grant_table", "domain.arch.p2m", "domain.cpupool",
	"domain.is_privileged", "domain.tot_pages", "domain.page_list",
	"vcpu.vcpu_id", "vcpu.domain", "vcpu.next_in_list", "vcpu.processor",
	"vcpu.is_running", "vcpu.runstate.state", "vcpu.pause_flags",
	"vcpu.runstate.state_entry_time", "vcpu.runstate.time[0]",
	"vcpu.runstate.time[3]", "vcpu.sched_unit", "vcpu.arch.user_regs",
	"vcpu.arch.cr3", "vcpu.arch.guest_table.pfn",
	"vcpu.sched_unit->cpu_hard_affinity[0].bits",
	"sched_unit.domain", "grant_table.domain", "p2m_domain.domain",
	"evtchn.port", "page_info.list.next", "struct cpu_info.processor_id",
	"struct cpu_info.current_vcpu", "struct cpu_user_regs.rip",
	"struct cpu_user_regs.r15", "struct cpu_user_regs.ss",
};

/* Returns the line of a path; "[TYPE]" and ".member" are on separate lines. */
static const char *line_of(const char *text, const char *path)
{
	size_t type = strcspn(path, ".");
	char head[80], tail[160];
	const char *at, *end;

	snprintf(head, sizeof(head), "\n[%.*s]\n", (int)type, path);
	snprintf(tail, sizeof(tail), " %s\n", path + type);
	at = strstr(text, head);
	if (!at)
		fail_msg("no %s in the profile", path);
	end = strstr(at + 1, tail);
	if (!end)
		fail_msg("no %s in the profile", path);
	while (end[-1] != '\n')
		end--;
	return end;
}

/* Returns the last number before ':' in the line of a path: the offset in its object. */
static const char *offset_of(const char *text, const char *path)
{
	const char *line = line_of(text, path), *number = line, *p;

	for (p = line; *p != ':'; p++)
		if (*p == '>')
			number = p + 1;
	return number;
}

static struct profile *parsed(char *text)
{
	struct profile *ret;

	assert_ok(profile_parse("moved.layout", text, strlen(text), &ret));
	free(text);
	return ret;
}

/*
 * Copies the text of a profile and replaces the number at number, which points
 * into it; the caller frees the copy.
 */
static char *changed(const char *text, const char *number, long to)
{
	char *ret, *end;

	strtol(number, &end, 10);
	assert_true(asprintf(&ret, "%.*s%ld%s", (int)(number - text), text, to, end) > 0);
	return ret;
}

/* Gives paths through the pointer at that path its new offset; frees text, returns a copy. */
static char *follow(char *text, const char *path, long to)
{
	char arrow[160], *line, *next;

	snprintf(arrow, sizeof(arrow), " %s->", path + strcspn(path, "."));
	for (line = text; line; line = next ? next + 1 : NULL) {
		char *found = strstr(line, arrow);

		next = strchr(line, '\n');
		if (!found || !next || found > next)
			continue;
		next = text;
		text = changed(text, line, to);
		line = text + (line - next);
		free(next);
		next = strchr(line, '\n');
	}
	return text;
}

/* Returns the profile with one place moved by a number of bytes. */
static struct profile *moved(const char *path, int by)
{
	const char *number = offset_of(right, path);
	long to = atol(number) + by;

	return parsed(follow(changed(right, number, to), path, to));
}

/* The profile with one place at that of another, with the given size. */
static char *placed(const char *text, const char *path, const char *at, int size)
{
	char *other = changed(text, offset_of(text, path), atol(offset_of(text, at)));
	char *ret = changed(other, strchr(offset_of(other, path), ':') + 1, size);

	free(other);
	return ret;
}

/* Returns the profile with the places of two members of equal size exchanged. */
static struct profile *exchanged(const char *a, const char *b, int size)
{
	char *half = placed(right, a, b, size);
	char *whole = changed(half, offset_of(half, b), atol(offset_of(right, a)));

	free(half);
	return parsed(whole);
}

static struct err *attach(struct profile *p)
{
	unsigned int checks;

	return profile_attach(&fix.xen, p, &checks);
}

static void attach_right(void)
{
	assert_ok(attach(moved("domain.domain_id", 0)));
}

static void expect_refused(struct profile *p, const char *why)
{
	struct err *e = attach(p);

	if (!e)
		fail_msg("accepted, not \"%s\"", why);
	assert_err(e, ERR_MISMATCH, why);
	profile_destroy(p);
}

static void test_right(void **state)
{
	const struct profile *p;
	unsigned int checks = 0;

	(void)state;
	assert_ok(profile_attach(&fix.xen, moved("domain.domain_id", 0), &checks));
	p = profile_of(&fix.xen);
	for (size_t i = 0; i < ARRAY_SIZE(proved); i++)
		if (!profile_is_proved(p, proved[i]))
			fail_msg("%s is not proved", proved[i]);
	assert_true(checks > 100);
	/* nothing checks these */
	assert_false(profile_is_proved(p, "domain.max_pages"));
	assert_false(profile_is_proved(p, "irq_desc.status"));
}

/* Expects that the profile is refused, or the path is not proved. */
static void expect_unproved(struct profile *p, const char *path)
{
	struct err *e = attach(p);

	if (!e && profile_is_proved(p, path))
		fail_msg("%s is proved", path);
	if (e)
		profile_destroy(p);
	err_free(e);
}

static void test_moved(void **state)
{
	static const int steps[] = { 8, -8, 4, 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(proved); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(steps); j++) {
			if (atoi(line_of(right, proved[i])) + steps[j] < 0)
				continue;
			expect_unproved(moved(proved[i], steps[j]), proved[i]);
		}
	}
}

/* Half of the bytes at the right place still have the right number if it is small. */
static void test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(proved); i++) {
		int size = atoi(strchr(offset_of(right, proved[i]), ':') + 1);

		/* a set of pcpus is read from its address on */
		if (!strstr(proved[i], ".bits") && (size == 2 || size == 4 || size == 8))
			expect_unproved(parsed(placed(right, proved[i], proved[i], size / 2)),
					proved[i]);
	}
}

/*
 * Members with equal numbers: one at the place of another, or both exchanged.
 */
static void test_places_of_others(void **state)
{
	static const struct {
		const char *path, *other;
		int size;
	} pairs[] = {
		{ "vcpu.processor", "vcpu.vcpu_id", 4 },
		{ "vcpu.processor", "vcpu.dirty_cpu", 4 },
		{ "domain.max_vcpus", "domain.tot_pages", 4 },
		{ "domain.tot_pages", "domain.xenheap_pages", 4 },
		{ "domain.tot_pages", "domain.max_pages", 4 },
		{ "vcpu.arch.guest_table.pfn", "vcpu.arch.guest_table_user.pfn", 8 },
		{ "vcpu.arch.cr3", "vcpu.arch.guest_table.pfn", 8 },
		{ "vcpu.runstate.time[0]", "vcpu.runstate.time[1]", 8 },
		{ "vcpu.sched_unit->cpu_hard_affinity[0].bits",
		  "vcpu.sched_unit->cpu_soft_affinity[0].bits", 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		expect_unproved(parsed(placed(right, pairs[i].path, pairs[i].other,
					      pairs[i].size)), pairs[i].path);
		expect_unproved(exchanged(pairs[i].path, pairs[i].other, pairs[i].size),
				pairs[i].path);
	}
}

/* A structure moved as a whole: comparisons inside of it succeed. */
static void test_whole_structure(void **state)
{
	static const char *const members[] = {
		"vcpu.runstate.state", "vcpu.runstate.state_entry_time",
		"vcpu.runstate.time[0]", "vcpu.runstate.time[1]",
		"vcpu.runstate.time[2]", "vcpu.runstate.time[3]",
	};

	(void)state;
	for (int by = -64; by <= 64; by += 8) {
		char *text = strdup(right), *next;

		bool moves = by && atol(offset_of(right, members[0])) + by >= 0;

		for (size_t i = 0; moves && i < ARRAY_SIZE(members); i++, text = next) {
			const char *number = offset_of(text, members[i]);

			next = changed(text, number, atol(number) + by);
			free(text);
		}
		if (moves)
			expect_unproved(parsed(text), "vcpu.runstate.time[0]");
		else
			free(text);
	}
}

/* ---- contradictions: one object of the host has a different value ---- */

static uint8_t before[sizeof(fix.image)];

static struct profile *with(const char *symbol, const char *path, uint64_t v)
{
	attach_right();
	memcpy(before, fix.image, sizeof(before));
	host_poke(&fix, fixture_va(&fix, symbol), path, v);
	return moved("domain.domain_id", 0);
}

static void restore(void)
{
	memcpy(fix.image, before, sizeof(before));
	memory_flush(fix.xen.memory);
}

static void refuses(const char *symbol, const char *path, uint64_t v,
		    const char *why)
{
	expect_refused(with(symbol, path, v), why);
	restore();
}

/* One object of several may be wrong: the host crashed. Its place is not proved. */
static void doubts(const char *symbol, const char *path, uint64_t v)
{
	struct profile *p = with(symbol, path, v);

	assert_ok(attach(p));
	if (profile_is_proved(p, path))
		fail_msg("%s is proved", path);
	restore();
}

static void test_contradictions(void **state)
{
	(void)state;
	refuses("dom1", "domain.shared_info", host_va(&fix, "shared0"),
		"domain.shared_info is wrong in 1 of 2");
	refuses("p2m1", "p2m_domain.domain", host_va(&fix, "dom0"),
		"domain.arch.p2m is wrong in 1 of 1");
	refuses("idle1", "vcpu.processor", 0, "vcpu.processor is wrong");
	refuses("cpupool0", NULL, host_va(&fix, "dom0"), "domain.cpupool is wrong");
	refuses("dom0", "domain.is_privileged", 0, "domain.is_privileged is wrong");
	refuses("dom0", "domain.domain_id", 2, "domain.domain_id is wrong");
}

static void test_doubts(void **state)
{
	(void)state;
	doubts("d0v0", "vcpu.is_running", 0);
	doubts("d0v2", "vcpu.sched_unit", 0);
	doubts("d0v2", "vcpu.runstate.state", 9);
	doubts("d0v1", "vcpu.pause_flags", 0);
	doubts("dom1", "domain.is_privileged", 1);
	doubts("dom1", "domain.tot_pages", 4);
	/* their sum exceeds the time of the last change, 5000 */
	doubts("d1v0", "vcpu.runstate.time[2]", 4990);
	/* no page, but some on the list; too many to count, which leaves 3 as the only number */
	doubts("dom1", "domain.tot_pages", 0);
	doubts("dom0", "domain.tot_pages", 0x50000);
	/* not a boolean; a flag of no version; offline, but the current vcpu of its pcpu */
	doubts("d0v2", "vcpu.is_running", 2);
	doubts("d0v2", "vcpu.pause_flags", 0x200);
	doubts("d0v0", "vcpu.pause_flags", 2);
}

/* No vcpu may run on no pcpu at all: the place is not that of an affinity. */
static void test_no_affinity(void **state)
{
	static const char path[] = "vcpu.sched_unit->cpu_hard_affinity[0].bits";
	struct profile *p = moved("domain.domain_id", 0);

	(void)state;
	memcpy(before, fix.image, sizeof(before));
	host_poke(&fix, fixture_va(&fix, "unit_d0v2") + atol(offset_of(right, path)), NULL, 0);
	assert_ok(attach(p));
	assert_false(profile_is_proved(p, path));
	restore();
}

/* A bit field within the right bytes. */
static void test_bits_of_register(void **state)
{
	const char *size = strchr(offset_of(right, "struct cpu_user_regs.rip"), ':') + 1;
	char *text;

	(void)state;
	assert_true(asprintf(&text, "%.*s8.4/60%s", (int)(size - right), right, size + 1) > 0);
	expect_refused(parsed(text), "struct cpu_user_regs.rip contradicts the layout of every Xen");
}

/* A selector like e02b would be shown as ffffffffffffe02b. */
static void test_sign_of_register(void **state)
{
	const char *size = strchr(offset_of(right, "struct cpu_user_regs.ss"), ':') + 1;
	char *text;

	(void)state;
	assert_true(asprintf(&text, "%.*s2s%s", (int)(size - right), right, size + 1) > 0);
	expect_refused(parsed(text), "struct cpu_user_regs.ss contradicts the layout of every Xen");
}

/* d1's list of pages loops, or leads to a page that is not mapped: it is no proof. */
static void test_page_list(void **state)
{
	static const uint32_t next[] = { 0x1070, 0x90000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(next); i++) {
		struct profile *p;

		attach_right();
		assert_true(profile_is_proved(profile_of(&fix.xen), "domain.page_list"));
		memcpy(before, fix.image, sizeof(before));
		host_poke(&fix, fixture_va(&fix, "frames") + 0x71 * HOST_FRAME, "page_info.list.next", next[i]);
		p = moved("domain.domain_id", 0);
		assert_ok(attach(p));
		assert_false(profile_is_proved(p, "domain.page_list"));
		assert_false(profile_is_proved(p, "page_info.list.next"));
		restore();
	}
}

/* Without a blocked vcpu a word of zeros passes for the flags. */
static void test_all_the_same(void **state)
{
	struct profile *p;

	(void)state;
	p = with("d0v1", "vcpu.runstate.state", 1);
	host_poke(&fix, fixture_va(&fix, "d1v0"), "vcpu.runstate.state", 1);
	host_poke(&fix, fixture_va(&fix, "d0v1"), "vcpu.pause_flags", 0);
	host_poke(&fix, fixture_va(&fix, "d1v0"), "vcpu.pause_flags", 0);
	assert_ok(attach(p));
	assert_true(profile_is_proved(p, "vcpu.runstate.state"));
	assert_false(profile_is_proved(p, "vcpu.pause_flags"));
	restore();
}

/* Without pages of dom0, 3 is the only number, and not a rare one. */
static void test_one_number(void **state)
{
	struct profile *p;

	(void)state;
	p = with("dom0", "domain.tot_pages", 0);
	host_poke(&fix, fixture_va(&fix, "dom0") + atol(offset_of(right, "domain.page_list")), NULL, 0);
	assert_ok(attach(p));
	assert_false(profile_is_proved(p, "domain.tot_pages"));
	assert_true(profile_is_proved(p, "domain.page_list"));
	restore();
}

/* ---- notes of the dump ---- */

static void test_notes(void **state)
{
	static const char *const keys[] = {
		"SIZE(domain)", "SIZE(page_info)", "OFFSET(domain.domain_id)",
		"OFFSET(domain.next_in_list)", "OFFSET(page_info.count_info)",
		"OFFSET(page_info._domain)",
	};
	char text[80];
	struct notes notes = { .vmcoreinfo_xen = text };

	(void)state;
	fix.xen.notes = &notes;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct profile *p = moved("domain.domain_id", 0);

		snprintf(text, sizeof(text), "%s=4321\n", keys[i]);
		expect_refused(p, keys[i]);
	}
	snprintf(text, sizeof(text), "SIZE(page_info)=32\n");
	attach_right();
	assert_true(profile_is_proved(profile_of(&fix.xen), "page_info"));
	fix.xen.notes = NULL;
}

/* The same build: nothing has to be checked. */
static void test_build_id(void **state)
{
	struct profile *p;

	(void)state;
	assert_ok(profile_parse("id.layout", right, strlen(right), &p));
	memcpy(fix.xen.id.build_id, "\xab\xcd", 2);
	fix.xen.id.build_id_len = 2;
	assert_ok(attach(p));
	assert_true(profile_is_proved(p, "domain.max_pages"));
	fix.xen.id.build_id[1] ^= 1;
	assert_ok(profile_parse("id.layout", right, strlen(right), &p));
	assert_ok(attach(p));
	assert_false(profile_is_proved(p, "domain.max_pages"));
	fix.xen.id.build_id_len = 0;
}

/* ---- choice of the nearest profile that passes ---- */

/* A profile of a version, with one place moved. */
static struct profile *of_version(const char *version, const char *path, int by)
{
	struct profile *p = moved(path, by), *ret;
	char *text = strdup(right), *at = strstr(text, "4.20.0"), *line;
	const char *number;

	profile_destroy(p);
	memcpy(at, version, 6);
	line = text + (line_of(right, path) - right);
	number = strchr(line, ':');
	if (by) {		/* of the same number of digits */
		line[0] = '9';
		assert_true(number > line);
	}
	assert_ok(profile_parse(version, text, strlen(text), &ret));
	free(text);
	return ret;
}

static void test_choice(void **state)
{
	struct profile *p[3] = {
		of_version("4.17.0", "vcpu.domain", 0),
		of_version("4.20.0", "vcpu.domain", 8),
		of_version("4.19.0", "vcpu.domain", 0),
	};
	unsigned int checks;

	(void)state;
	assert_ok(profile_choose(&fix.xen, p, 3, &checks));
	/* the nearest is refused, the next one taken, and the farthest not tried */
	assert_string_equal(profile_name(profile_of(&fix.xen)), "4.19.0");
	assert_string_equal(profile_name(p[0]), "4.20.0");
	assert_null(p[1]);
	assert_string_equal(profile_name(p[2]), "4.17.0");
	profile_destroy(p[2]);
	p[1] = of_version("4.17.0", "domain.domain_id", 8);
	assert_err(profile_choose(&fix.xen, p, 2, &checks), ERR_MISMATCH,
		   "none of 2 layout profiles fits this hypervisor; the nearest does not: 4.20.0: ");
	/* the attached profile stays in use */
	assert_string_equal(profile_name(profile_of(&fix.xen)), "4.19.0");
	profile_destroy(p[0]);
	profile_destroy(p[1]);
	attach_right();
}

static int setup(void **state)
{
	struct profile_origin origin = { .version = "4.20.0", .debug = 'n',
					 .build_id = "abcd", .config = "PV=y" };
	size_t len;
	FILE *fp = open_memstream(&right, &len);

	host_create(state);
	/* as many as on its list, unlike the value used by other tests */
	host_poke(&fix, fixture_va(&fix, "dom0"), "domain.tot_pages", 2);
	/* in its kernel: cr3 is that of guest_table */
	host_poke(&fix, fixture_va(&fix, "d0v2"), "vcpu.arch.user_regs.rip", 0xffffffff81000000);
	/* in user mode: cr3 is that of guest_table_user */
	host_poke(&fix, fixture_va(&fix, "d0v0"), "vcpu.arch.cr3", 0x111000);
	/* of no pcpu: it does not run */
	host_poke(&fix, fixture_va(&fix, "d0v2"), "vcpu.dirty_cpu", 0xffffffff);
	assert_ok(profile_write(fix.xen.types, &origin, fp));
	fclose(fp);
	return 0;
}

static int teardown(void **state)
{
	free(right);
	return host_destroy(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_places_of_others),
		cmocka_unit_test(test_no_affinity),
		cmocka_unit_test(test_bits_of_register),
		cmocka_unit_test(test_sign_of_register),
		cmocka_unit_test(test_whole_structure),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_doubts),
		cmocka_unit_test(test_page_list),
		cmocka_unit_test(test_all_the_same),
		cmocka_unit_test(test_one_number),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_choice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
