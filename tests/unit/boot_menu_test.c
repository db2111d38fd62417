/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Menus of SLES 11 (GRUB legacy), and of SLES 15 and Debian (GRUB 2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "xen/image/boot_menu.h"

static char path[64];

static int make_path(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/boot_menu_test.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static struct boot_menu menu_of(const char *text, size_t len)
{
	struct boot_menu m = { .nr = 0 };
	FILE *fp = fopen(path, "w");

	assert_non_null(fp);
	assert_int_equal(fwrite(text, 1, len, fp), len);
	fclose(fp);
	assert_null(boot_menu_read(&m, path));
	return m;
}

static void check(const struct boot_entry *e, const char *title, const char *xen,
		  const char *options, unsigned int line)
{
	assert_string_equal(e->title, title);
	assert_string_equal(e->xen, xen);
	assert_string_equal(e->options, options);
	assert_string_equal(e->menu, path);
	assert_int_equal(e->line, line);
}

static void test_legacy(void **state)
{
	static const char text[] =
		"default 1\n"
		"title A host - 3.12.49-6\n"
		"    root (hd0,1)\n"
		"    kernel /boot/vmlinuz-3.12.49-6 root=/dev/sda2\n"
		"title A host, Xen\r\n"
		"    kernel --no-mem-option (hd0,1)/boot/xen.gz loglvl=all\tcrashkernel=128M\n"
		"    module /boot/vmlinuz-3.12.49-6-xen root=/dev/sda2\n"
		"title Xen, debug\n"
		"  kernel /boot/xen-dbg-4.5.1_10-1.gz";
	struct boot_menu m = menu_of(text, strlen(text));

	(void)state;
	assert_int_equal(m.nr, 2);
	check(&m.entry[0], "A host, Xen", "/boot/xen.gz", "loglvl=all\tcrashkernel=128M", 5);
	check(&m.entry[1], "Xen, debug", "/boot/xen-dbg-4.5.1_10-1.gz", "", 8);
	boot_menu_clear(&m);
	assert_int_equal(m.nr, 0);
}

static void test_grub2(void **state)
{
	static const char text[] =
		"submenu 'More' {\n"
		"\tmenuentry 'Linux' --class sles {\n\t\tlinux /boot/vmlinuz\n\t}\n"
		"\tmenuentry \"SLES, with Xen's 4.20\" --class xen {\n"
		"\t\tmultiboot2 /boot/xen-4.20.gz placeholder vga=text ${xen_rm_opts}\n"
		"\t\tmodule2 /boot/vmlinuz placeholder root=/dev/sda1\n\t}\n}\n"
		"menuentry Plain{\n multiboot /xen-syms a\n}\n"
		"menuentry 'Not ended\n multiboot /boot/memtest\n";
	struct boot_menu m = menu_of(text, strlen(text));

	(void)state;
	assert_int_equal(m.nr, 2);
	check(&m.entry[0], "SLES, with Xen's 4.20", "/boot/xen-4.20.gz",
	      "placeholder vga=text ${xen_rm_opts}", 5);
	check(&m.entry[1], "Plain", "/xen-syms", "a", 10);
	boot_menu_clear(&m);
}

static void test_options(void **state)
{
	static char options[] = "placeholder vga=text  loglvl=all ${xen_rm_opts}";
	struct boot_entry e = { .options = options };

	(void)state;
	assert_true(boot_entry_has_options(&e, "vga=text loglvl=all"));
	assert_true(boot_entry_has_options(&e, "placeholder vga=text\tloglvl=all  "));
	assert_false(boot_entry_has_options(&e, "vga=text"));
	assert_false(boot_entry_has_options(&e, "vga=text loglvl=all noreboot"));
	assert_false(boot_entry_has_options(&e, "loglvl=all vga=text"));
	assert_false(boot_entry_has_options(&e, ""));
	*options = '\0';
	assert_true(boot_entry_has_options(&e, " "));
	assert_false(boot_entry_has_options(&e, "x"));
}

/* Each entry has a copy of its title. */
static void test_long_title(void **state)
{
	static const char line[] = "\nkernel /xen";
	size_t title = 300 << 10, nr = 30000, i;
	char *text = malloc(title + nr * sizeof(line));
	struct boot_menu m;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', title);
	memcpy(text, "menuentry '", 11);
	for (i = 0; i < nr; i++)
		memcpy(text + title + i * (sizeof(line) - 1), line, sizeof(line));
	m = menu_of(text, title + nr * (sizeof(line) - 1));
	assert_int_equal(m.nr, nr);
	for (i = 0; i < nr; i++)
		assert_int_equal(strlen(m.entry[i].title), 256);
	boot_menu_clear(&m);
	free(text);
}

static void test_bad(void **state)
{
	struct boot_menu m = { .nr = 0 };
	size_t len = (1UL << 20) + 1;
	char *large = malloc(len);
	struct err *e;
	FILE *fp;

	(void)state;
	e = boot_menu_read(&m, "/nonexistent/menu.lst");
	assert_non_null(e);
	err_free(e);
	memset(large, 'x', len);
	fp = fopen(path, "w");
	assert_int_equal(fwrite(large, 1, len, fp), len);
	fclose(fp);
	e = boot_menu_read(&m, path);
	assert_int_equal(err_reason(e), ERR_CORRUPT);
	err_free(e);
	/* keywords without arguments */
	memcpy(large, "title\nkernel\nmenuentry\nmultiboot2 (\nkernel (hd0)\nkernel -\n\0kernel xen", 70);
	m = menu_of(large, 70);
	assert_int_equal(m.nr, 0);
	boot_menu_clear(&m);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_grub2),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_long_title),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
