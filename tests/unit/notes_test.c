/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crash notes and the files they are in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <endian.h>
#include <fcntl.h>

#include "core.h"
#include "xen/memory/corefile.h"
#include "xen/memory/corefile.h"
#include "xen/memory/notes.h"

#define CRASH_INFO 0x1000001
#define CRASH_REGS 0x1000002

static const char vmcoreinfo[] =
	"PAGESIZE=4096\nSYMBOL(domain_list)=ffff82d040463858\n"
	"SIZE(page_info)=32\nSYMBOL(pgd_l4)=ffff82d0405b6000\n";

static void expect(struct err *e, enum err_reason reason)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

/* Notes as Xen writes them for a host of two pcpus. */
static void xen_notes(struct bytes *b)
{
	uint64_t cr[4] = { 0x80050033, 0x1234, 0x23812000, 0x660 };
	uint64_t info[10] = { 4, 20, 1, 2, 3, 4, 5, 6, 0x23800000, 0x221e6 };

	b->len = 0;
	put_prstatus(b, 0xffff82d040230072, 0xffff830023d77cc0);
	put_note(b, "Xen", CRASH_REGS, cr, sizeof(cr));
	put_note(b, "Xen", CRASH_INFO, info, sizeof(info));
	put_prstatus(b, 0, 0);
	put_note(b, "VMCOREINFO_XEN", 0, vmcoreinfo, sizeof(vmcoreinfo) - 1);
}

static void test_xen(void **state)
{
	static struct bytes b;
	struct notes *n;
	uint64_t v;

	(void)state;
	xen_notes(&b);
	put_note(&b, "LINUX", 0x46e62b7f, "unknown", 7);
	assert_null(notes_parse(b.at, b.len, &n));
	assert_true(notes_are_xen(n));
	assert_int_equal(n->nr_pcpus, 2);
	assert_true(n->pcpu[0].has_regs && n->pcpu[0].has_cr);
	assert_int_equal(n->pcpu[0].regs.rip, 0xffff82d040230072);
	assert_int_equal(n->pcpu[0].regs.rsp, 0xffff830023d77cc0);
	assert_int_equal(n->pcpu[0].cr3, 0x23812000);
	assert_false(n->pcpu[1].has_regs || n->pcpu[1].has_cr);
	assert_int_equal(n->crash_info.minor, 20);
	assert_int_equal(n->crash_info.xen_phys_start, 0x23800000);
	assert_int_equal(n->crash_info.dom0_p2m_mfn, 0x221e6);
	assert_null(notes_vmcoreinfo_xen(n, "SYMBOL(pgd_l4)", &v));
	assert_int_equal(v, 0xffff82d0405b6000);
	assert_null(notes_vmcoreinfo_xen(n, "SIZE(page_info)", &v));
	assert_int_equal(v, 32);
	expect(notes_vmcoreinfo_xen(n, "SYMBOL(pgd_l)", &v), ERR_NOT_FOUND);
	notes_destroy(n);
}

static void test_not_xen(void **state)
{
	static struct bytes b;
	struct notes *n;

	(void)state;
	put_prstatus(&b, 1, 2);
	put_note(&b, "VMCOREINFO", 0, "OSRELEASE=6.1\n", 14);
	assert_null(notes_parse(b.at, b.len, &n));
	assert_false(notes_are_xen(n));
	assert_string_equal(n->vmcoreinfo, "OSRELEASE=6.1\n");
	notes_destroy(n);
}

/* Cores that "xen extract" wrote: those of a domain are marked, with or without its memory. */
static void test_own(void **state)
{
	static struct bytes b;
	struct notes *n;

	(void)state;
	for (uint32_t type = OWN_NOTE_DOMAIN; type <= OWN_NOTE_EMPTY; type++) {
		b.len = 0;
		put_prstatus(&b, 1, 2);
		put_note(&b, OWN_NOTE_NAME, type, "domain 1", 9);
		assert_null(notes_parse(b.at, b.len, &n));
		assert_int_equal(n->of_domain,
				 type == OWN_NOTE_DOMAIN || type == OWN_NOTE_EMPTY ? type : 0);
		notes_destroy(n);
	}
	b.len = 0;
	put_note(&b, "crash-xem", OWN_NOTE_EMPTY, "domain 1", 9);
	assert_null(notes_parse(b.at, b.len, &n));
	assert_int_equal(n->of_domain, 0);
	notes_destroy(n);
}

static void test_panic(void **state)
{
	static struct bytes b;
	unsigned char desc[OWN_NOTE_PANIC_SIZE + 1] = { 0x34, 0x12, [8] = 1 };
	struct notes *n;

	(void)state;
	memset(desc + OWN_NOTE_PANIC_TEXT, 'a', sizeof(desc) - OWN_NOTE_PANIC_TEXT);
	put_note(&b, OWN_NOTE_NAME, OWN_NOTE_PANIC, desc, OWN_NOTE_PANIC_SIZE);
	assert_null(notes_parse(b.at, b.len, &n));
	assert_int_equal(n->panic.pfn, 0x1234);
	assert_true(n->panic.unproved);
	/* its last byte is replaced by the NUL */
	assert_int_equal(strlen(n->panic.text), OWN_NOTE_PANIC_SIZE - OWN_NOTE_PANIC_TEXT - 1);
	notes_destroy(n);
	for (unsigned int i = 0; i < 2; i++) {
		struct err *e;

		b.len = 0;
		put_note(&b, OWN_NOTE_NAME, OWN_NOTE_PANIC, desc,
			 i ? OWN_NOTE_PANIC_TEXT : sizeof(desc));
		e = notes_parse(b.at, b.len, &n);
		assert_non_null(e);
		assert_int_equal(err_reason(e), ERR_CORRUPT);
		err_free(e);
	}
}

/* QEMU's notes follow those of all pcpus, in the same order. */
static void test_qemu(void **state)
{
	static struct bytes b;
	unsigned char desc[440] = { 0 };
	uint64_t cr[5] = { 0x80050033, 0, 0x1234, 0x23812000, 0x660 };
	uint64_t tss[3] = { 0xffff82d040581040, 0xffff830027d6c040, 1 };
	struct notes *n;
	int i;

	(void)state;
	b.len = 0;
	put_prstatus(&b, 0xffff82d040241102, 0xffff830027d77e88);
	put_prstatus(&b, 0xffffffff81000000, 0xffffc900400c3ec8);
	for (i = 0; i < 3; i++) {
		/* the task register's base; cr0 to cr4 */
		memcpy(desc + 336, &tss[i], 8);
		cr[3] += 0x1000;
		memcpy(desc + 392, cr, sizeof(cr));
		put_note(&b, "QEMU", 0, desc, sizeof(desc));
	}
	assert_null(notes_parse(b.at, b.len, &n));
	assert_true(n->from_qemu);
	assert_false(notes_are_xen(n));
	assert_int_equal(n->nr_pcpus, 2);
	assert_int_equal(n->pcpu[0].tss, tss[0]);
	assert_int_equal(n->pcpu[1].tss, tss[1]);
	assert_int_equal(n->pcpu[1].cr2, 0x1234);
	assert_int_equal(n->pcpu[1].cr3, 0x23814000);
	assert_int_equal(n->pcpu[1].cr4, 0x660);
	notes_destroy(n);
	b.len = 0;
	put_note(&b, "QEMU", 0, desc, 400);
	expect(notes_parse(b.at, b.len, &n), ERR_CORRUPT);
}

/* Every truncation and every invalid size either parses or fails, without overrun. */
static void test_damaged(void **state)
{
	static struct bytes b;
	struct notes *n;
	size_t cut;
	int i;

	(void)state;
	xen_notes(&b);
	for (cut = 0; cut < b.len; cut++) {
		unsigned char *exact = malloc(cut ? cut : 1);
		struct err *e;

		memcpy(exact, b.at, cut);
		e = notes_parse(exact, cut, &n);
		if (!e)
			notes_destroy(n);
		err_free(e);
		free(exact);
	}
	srand(2);
	for (i = 0; i < 50000; i++) {
		struct err *e;

		xen_notes(&b);
		b.at[rand() % b.len] = rand();
		b.at[rand() % b.len] = rand();
		e = notes_parse(b.at, b.len, &n);
		if (!e)
			notes_destroy(n);
		err_free(e);
	}
	b.len = 0;
	put_note(&b, "Xen", CRASH_INFO, "short", 5);
	expect(notes_parse(b.at, b.len, &n), ERR_CORRUPT);
}

static void test_core(void **state)
{
	static struct bytes b;
	static unsigned char page[3 * 4096];
	const struct load load[] = {
		{ 0x100000, page, sizeof(page) }, { 0x1000, page + 4096, 4096 },
		{ 0x200200, page, 512 },
	};
	unsigned char got[4096], pages[3 * 4096];
	const void *whole;
	struct memory *m;
	struct notes *n;
	size_t i;
	char *path;

	(void)state;
	for (i = 0; i < sizeof(page); i++)
		page[i] = i / 7;
	xen_notes(&b);
	path = make_core(&b, load, 3);
	assert_null(corefile_notes(path, &n));
	assert_int_equal(n->nr_pcpus, 2);
	notes_destroy(n);
	assert_null(corefile_memory(path, &m));
	assert_null(memory_read(m, 0x101800, got, 4096));
	assert_memory_equal(got, page + 0x1800, 4096);
	assert_null(memory_read(m, 0x1000, got, 4096));
	assert_memory_equal(got, page + 4096, 4096);
	/* A segment inside of a page: the rest of the page is zero. */
	assert_null(memory_read(m, 0x200100, got, 0x400));
	assert_int_equal(got[0], 0);
	assert_memory_equal(got + 0x100, page, 512);
	assert_int_equal(got[0x3ff], 0);
	assert_null(memory_borrow_page(m, 0x101008, &whole));
	assert_memory_equal(whole, page + 4096, 4096);
	assert_null(memory_borrow_page(m, 0x200100, &whole));
	assert_memory_equal((const unsigned char *)whole + 0x200, page, 512);
	expect(memory_borrow_page(m, 0x103000, &whole), ERR_NOT_IN_DUMP);
	expect(memory_read(m, 0x103000, got, 1), ERR_NOT_IN_DUMP);
	expect(memory_read(m, 0x101000, pages, sizeof(pages)), ERR_NOT_IN_DUMP);
	expect(memory_read(m, 0, got, 1), ERR_NOT_IN_DUMP);
	memory_destroy(m);
	/* The same file without its end. */
	assert_int_equal(truncate(path, 8192 + 4096), 0);
	assert_null(corefile_memory(path, &m));
	expect(memory_read(m, 0x102000, got, 4096), ERR_NOT_IN_DUMP);
	expect(memory_borrow_page(m, 0x102000, &whole), ERR_NOT_IN_DUMP);
	memory_destroy(m);
	unlink(path);
	free(path);
}

/* Reads a page in place and compares its first and last word with its number. */
static void check_borrowed(struct memory *m, uint64_t nr)
{
	const void *page;
	uint64_t words[512];

	assert_null(memory_borrow_page(m, 0x100000 + nr * 4096, &page));
	memcpy(words, page, sizeof(words));
	assert_int_equal(words[0], nr * 1000);
	assert_int_equal(words[511], nr * 1000 + 511);
}

/*
 * Pages read ahead: in order, with gaps, backward, at random, and after the
 * file was truncated.
 */
static void test_read_ahead(void **state)
{
	enum { NR = 600 };
	static const struct bytes b;
	static uint64_t words[NR * 512], got[NR * 512];
	const struct load load[] = { { 0x100000, words, sizeof(words) } };
	struct memory *m;
	const void *page;
	char *path;
	uint64_t i;

	(void)state;
	for (i = 0; i < NR * 512; i++)
		words[i] = i / 512 * 1000 + i % 512;
	/* without notes the pages are at a multiple of 8 in the file */
	path = make_core(&b, load, 1);
	assert_null(corefile_memory(path, &m));
	for (i = 0; i < NR; i++)
		check_borrowed(m, i);
	for (i = 0; i < NR; i += 7)
		check_borrowed(m, i);
	for (i = NR; i-- > 0;)
		check_borrowed(m, i);
	srand(3);
	for (i = 0; i < 5000; i++)
		check_borrowed(m, rand() % NR);
	/* many pages at once, from a page's start and from its middle, and past the last one */
	assert_null(memory_read(m, 0x100000, got, sizeof(got)));
	assert_memory_equal(got, words, sizeof(got));
	memset(got, 0, sizeof(got));
	assert_null(memory_read(m, 0x100000 + 8, got, sizeof(got) - 2 * 4096));
	assert_memory_equal(got, words + 1, sizeof(got) - 2 * 4096);
	expect(memory_read(m, 0x100000 + 4096, got, sizeof(got)), ERR_NOT_IN_DUMP);
	assert_int_equal(truncate(path, 8192), 0);
	expect(memory_borrow_page(m, 0x100000 + (NR - 1) * 4096, &page), ERR_IO);
	expect(memory_read(m, 0x100000, got, sizeof(got)), ERR_IO);
	check_borrowed(m, 0);
	memory_destroy(m);
	unlink(path);
	free(path);
}

static void write_flat(FILE *f, uint64_t offset, const void *bytes, uint64_t len)
{
	uint64_t header[2] = { htobe64(offset), htobe64(len) };

	fwrite(header, sizeof(header), 1, f);
	fwrite(bytes, 1, len, f);
}

/* A compressed dump's headers, plain and as records out of order. */
static void test_kdump(void **state)
{
	static struct bytes b;
	static unsigned char file[3 * 4096 + 4096];
	static const char head[4096] = "makedumpfile";
	char path[] = "/tmp/crash-xen-test.XXXXXX";
	uint32_t version = 6, block = 4096;
	uint64_t where[2] = { 3 * 4096 };
	int64_t end[2] = { -1, -1 };
	struct notes *n;
	FILE *f;

	(void)state;
	xen_notes(&b);
	where[1] = b.len;
	memcpy(file, "KDUMP   ", 8);
	memcpy(file + 8, &version, 4);
	memcpy(file + 428, &block, 4);
	memcpy(file + 4096 + 48, where, 16);
	memcpy(file + 3 * 4096, b.at, b.len);
	f = fdopen(mkstemp(path), "w+");
	fwrite(file, 1, sizeof(file), f);
	fflush(f);
	assert_null(corefile_notes(path, &n));
	assert_int_equal(n->crash_info.minor, 20);
	notes_destroy(n);
	rewind(f);
	fwrite(head, 1, sizeof(head), f);
	write_flat(f, 3 * 4096, file + 3 * 4096, 100);
	write_flat(f, 0, file, 2 * 4096);
	write_flat(f, 3 * 4096 + 100, file + 3 * 4096 + 100, 4096 - 100);
	fwrite(end, sizeof(end), 1, f);
	fclose(f);
	assert_null(corefile_notes(path, &n));
	assert_int_equal(n->nr_pcpus, 2);
	notes_destroy(n);
	unlink(path);
}

static void test_not_a_core(void **state)
{
	struct memory *m;
	struct notes *n;

	(void)state;
	expect(corefile_notes("/etc/passwd", &n), ERR_UNSUPPORTED);
	expect(corefile_notes("/", &n), ERR_UNSUPPORTED);
	expect(corefile_notes("/proc/self/exe", &n), ERR_UNSUPPORTED);
	expect(corefile_memory("/nonexistent", &m), ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xen),
		cmocka_unit_test(test_not_xen),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_core),
		cmocka_unit_test(test_read_ahead),
		cmocka_unit_test(test_kdump),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_panic),
		cmocka_unit_test(test_qemu),
		cmocka_unit_test(test_not_a_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
