/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ^C while any page of memory is read: the command ends with "interrupted", or
 * its output is complete; the next command prints as if nothing had happened.
 */
#include "tests/unit/host_fixture/host.h"

#include "extensions/support/command.h"

static const char *const requests[] = {
	"xen", "sys", "doms -a", "dom 1", "vcpus -a", "vcpu 0:1", "pcpus", "pcpu 1",
	"regs -d 0", "regs -d 1", "irqs", "irqs -m", "pci", "softirqs", "log", "heap",
	"page", "page 1073", "page -w 1070", "mem", "p2m 1 0-5", "bt -d 0", "waits",
	"locks", "io", "evtchn", "grants", "timers", "clocks", "guest", "kernel",
	"list domain.next_in_list hardware_domain", "struct domain hardware_domain",
	"p *hardware_domain", "rd hardware_domain 8", "sym -q domain", "m2p 1070",
	"notes", "report",
};

/* The output of a request with caches as in a new session; the caller frees it. */
static char *answer(const char *request)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = &fix.xen };
	char words[80], *argv[10] = { NULL }, *save = NULL, *word, *text;
	int argc = 0;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	assert_non_null(fp);
	snprintf(words, sizeof(words), "%s", request);
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	command_run(&s, argc, argv, fp);
	fclose(fp);
	return text;
}

/* ^C at the first read of a page; returns false if the command does not read it. */
static bool interrupt(const char *request, uint64_t page, const char *clean)
{
	bool was;
	char *text;

	xen_forget(&fix.xen);
	space_flush(fix.xen.space);
	memory_flush(fix.xen.memory);
	fix.interrupts = page;
	text = answer(request);
	fix.interrupts = 0;
	was = interrupt_pending;
	interrupt_pending = 0;
	if (strcmp(text, clean) && !(was && strstr(text, "interrupted\n")))
		fail_msg("%s, ^C at the page of %lx: %s", request, page, text);
	free(text);
	if (!was)
		return false;
	text = answer(request);
	if (strcmp(text, clean))
		fail_msg("%s, after ^C at the page of %lx: %s", request, page, text);
	free(text);
	return true;
}

static void test_each_page(void **state)
{
	unsigned int nr = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		char *clean;

		xen_forget(&fix.xen);
		clean = answer(requests[i]);
		for (uint64_t page = FIXTURE_BASE; page < FIXTURE_BASE + fix.end; page += XPAGE_SIZE)
			nr += interrupt(requests[i], page, clean);
		free(clean);
	}
	assert_true(nr > 200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_page) };

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
