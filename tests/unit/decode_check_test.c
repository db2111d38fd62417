/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evidence that a console text was printed by an image's build: build-ids,
 * versions, names, dom0's banner; complete, truncated, garbled, and
 * contradicting each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "assert_err.h"
#include "xen/base/array.h"
#include "made_formats.h"
#include "xen/model/diagnosis/decode_image.h"
#include "xen/model/diagnosis/decode_internal.h"
#include "xen/symbols/build.h"
#include "xen/symbols/map.h"

#define X "(XEN) "
/* A name that matches, and one that does not; an address without name */
#define NAMED	X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x240\n"
#define OTHER	X "   [<ffff82d040201418>] R vcpu_wake+0x20/0x240\n"
#define BARE	X "   [<ffff82d040201418>]\n"
#define STAMP	"[2024-09-28 10:11:12.345] "
#define BARE_OF_STAMP "   [<ffff82d040201418>]\n"
#define ID	"00112233445566778899aabbccddeeff01234567"
#define FITTING	"4.20.4-pre  x86_64  debug=n  Not tainted ]----\n"

static const char xen_map[] =
	"ffff82d040200000 T _stext\n"
	"ffff82d040201400 T vcpu_wake\n"
	"ffff82d040201640 T vcpu_kick\n"
	"ffff82d040202000 T _etext\n";
static const char kernel_map[] =
	"ffffffff81000000 T _text\n"
	"ffffffff81001000 T xen_hypercall_sched_op\n"
	"ffffffff81001020 T xen_safe_halt\n"
	"ffffffff81001400 T cpu_idle\n"
	"ffffffff81002000 T _etext\n";

static struct image image = {
	.path = "xen-syms", .class = IMAGE_XEN_SYMS, .build_id_len = 20,
	.build_id = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99,
		      0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x01, 0x23, 0x45, 0x67 },
	.virt_start = 0xffff82d040000000, .va = 0xffff82d040200000, .size = 0x400000,
	.identity = { .version = "4.20.4-pre", .debug = IMAGE_NO },
};
static struct symbols *symbols;
static struct decoder *decoder;
static struct decode_part part;

static int setup(void **state)
{
	(void)state;
	assert_ok(symbols_from_map_text(xen_map, strlen(xen_map), &symbols));
	assert_ok(decoder_create(&image, symbols, NULL, &decoder));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	decoder_destroy(decoder);
	symbols_destroy(symbols);
	return 0;
}

static void check(const char *text)
{
	struct console_text *t;

	assert_ok(console_text_read(text, strlen(text), &t));
	memset(&part, 0, sizeof(part));
	decode_check(decoder, &(struct decode_span){ t, 0, t->nr_messages }, &part);
	console_text_free(t);
}

static const struct {
	const char *text;
	enum decode_fit fit;
	const char *why;
} evidence[] = {
	{ X "build-id: " ID "\n" BARE, DECODE_FITS,
	  "same build-id as the image; 0 names match the image" },
	{ X "build-id: " ID "\n" NAMED NAMED, DECODE_FITS,
	  "same build-id as the image; 2 names match the image" },
	/* of another build; of a livepatch in addition to its own */
	{ X "build-id: ffffffffffffffffffffffffffffffffffffffff\n" BARE, DECODE_OTHER,
	  "the text has build-id ffffffffffffffffffffffffffffffffffffffff, the image has " ID },
	{ X "build-id: ffffffffffffffffffffffffffffffffffffffff\n" X "build-id: " ID "\n" BARE,
	  DECODE_FITS, "same build-id as the image; 0 names match the image" },
	/* cut off: 16 digits are sufficient */
	{ X "build-id: 0011223344556677\n" BARE, DECODE_FITS,
	  "same build-id as the image; 0 names match the image" },
	{ X "build-id: 001122334455667\n" BARE, DECODE_UNPROVED,
	  "no evidence in the text that it is from this build" },
	/* two digits are garbled, or three */
	{ X "build-id: 10112233445566778899aabbccddeeff01234566\n" BARE, DECODE_UNPROVED,
	  "no evidence in the text that it is from this build" },
	{ X "build-id: 10112233445566778899bbbbccddeeff01234566\n" BARE, DECODE_OTHER,
	  "the text has build-id 10112233445566778899bbbbccddeeff01234566, the image has " ID },
	/* versions */
	{ X "----[ Xen-" FITTING BARE, DECODE_UNPROVED,
	  "no evidence in the text that it is from this build" },
	{ X "----[ Xen-4.20.4  x86_64  debug=n  Not tainted ]----\n" BARE, DECODE_OTHER,
	  "the text is from Xen 4.20.4, the image is 4.20.4-pre" },
	{ X "----[ Xen-4.20.4-pre  x86_64  debug=y  Not tainted ]----\n" BARE, DECODE_OTHER,
	  "the text is from a build with debug=y, the image has debug=n" },
	{ X "----[ Xen-4.17.5  x86_64  debug=n  Not tainted ]----\n" X "----[ Xen-" FITTING BARE,
	  DECODE_UNPROVED, "no evidence in the text that it is from this build" },
	/* a livepatch has changed the version */
	{ X "----[ Xen-4.20.4-pre.livepatched  x86_64  debug=n   Not tainted ]----\n"
	  X "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
	  X "Xen call trace:\n" NAMED
	  X "   [<ffff82d040201650>] S vcpu_kick+0x10/0x60\n", DECODE_FITS,
	  "3 names match the image; the text is from Xen 4.20.4-pre.livepatched, the image is 4.20.4-pre" },
	/*
	 * time stamps, and lines wrapped at 80 columns that split the build-id,
	 * the banner and a name
	 */
	{ X STAMP "Xen version 4.20.4-pre (Maintainers <x@host.example>) (x86_64-linux-g\n"
	  "nu-gcc 14.2.0) debug=n  Thu Sep 21 14:55:59 UTC 2023\n"
	  X STAMP "build-id: 00112233445566778899aabbccddeeff012345\n67\n"
	  X STAMP "Xen call trace:\n"
	  X STAMP "   [<ffff82d040201418>] R vcpu_wake+0x18/0x2\n40\n", DECODE_FITS,
	  "same build-id as the image; 1 name matches the image" },
	/* in mail */
	{ X STAMP "build-id: 00112233445566778899aabbccddeeff012345=\n67\n"
	  X STAMP "Xen call trace:\n" X STAMP "   [<ffff82d040201418>] R vcpu_wake+0x18/0x2=\n40\n",
	  DECODE_FITS, "same build-id as the image; 1 name matches the image" },
	/* the end of the id is missing; or is that of another image */
	{ X STAMP "build-id: 00112233445566778899aabbccddeeff012345\n" X STAMP BARE_OF_STAMP, DECODE_FITS,
	  "same build-id as the image; 0 names match the image" },
	{ X STAMP "build-id: 00112233445566778899aabbccddeeff987654\n" X STAMP BARE_OF_STAMP, DECODE_OTHER,
	  "the text has build-id 00112233445566778899aabbccddeeff987654, the image has " ID },
	/*
	 * names have precedence over a version, and over a build-id that
	 * xen.efi shares
	 */
	{ X "----[ Xen-4.17.5  x86_64  debug=n  Not tainted ]----\n" NAMED, DECODE_FITS,
	  "1 name matches the image; the text is from Xen 4.17.5, the image is 4.20.4-pre" },
	{ X "build-id: " ID "\n" OTHER, DECODE_OTHER,
	  "at ffff82d040201418 the text has vcpu_wake+0x20/0x240, the image has vcpu_wake+0x18" },
	/* one name of five belongs to another build; one of six is garbled */
	{ NAMED NAMED NAMED NAMED OTHER, DECODE_OTHER,
	  "at ffff82d040201418 the text has vcpu_wake+0x20/0x240, the image has vcpu_wake+0x18" },
	{ NAMED NAMED NAMED NAMED NAMED OTHER, DECODE_FITS, "5 names match the image" },
	/* after the image: a livepatch or a stub, whose names the image lacks */
	{ X "   [<ffff82d040600010>] S vcpu_wake+0x10/0x20\n", DECODE_NOTHING, NULL },
	{ X "   [<ffff82d0405ffff0>] S vcpu_wake+0x10/0x20\n", DECODE_OTHER,
	  "at ffff82d0405ffff0 the text has vcpu_wake+0x10/0x20, the image has no symbol" },
	{ X "nothing\n", DECODE_NOTHING, NULL },
};

static void test_evidence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(evidence); i++) {
		check(evidence[i].text);
		if (part.fit != evidence[i].fit || (evidence[i].why && strcmp(part.why, evidence[i].why)))
			fail_msg("%zu: %d, %s", i, part.fit, part.why);
	}
	/* an image whose debug= is unknown contradicts neither */
	image.identity.debug = IMAGE_NOT_KNOWN;
	check(X "----[ Xen-4.20.4-pre  x86_64  debug=y  Not tainted ]----\n" BARE);
	assert_int_equal(part.fit, DECODE_UNPROVED);
	image.identity.debug = IMAGE_YES;
	check(X "----[ Xen-" FITTING BARE);
	assert_string_equal(part.why, "the text is from a build with debug=n, the image has debug=y");
	image.identity.debug = IMAGE_NO;
}

/* The crash kernel also prints a banner: one that matches is sufficient. */
static void test_banner(void **state)
{
	static const char other[] = "[    0.000000] Linux version 6.1.0-9-amd64 (b@h) #1\n";
	static const char same[] = "[    0.000000] Linux version 6.12.7-amd64 (b@h) #2\n";
	char both[256];

	(void)state;
	check(other);
	assert_string_equal(part.kernel_why, "");
	strcpy(decoder->kernel_banner, "Linux version 6.12.7-amd64 (b@h) #2\n");
	check(other);
	assert_string_equal(part.kernel_why, "the text has \"Linux version 6.1.0-9-amd64 (b@h) #1\", "
			    "the file has \"Linux version 6.12.7-amd64 (b@h) #2\"");
	check(same);
	assert_string_equal(part.kernel_why, "");
	snprintf(both, sizeof(both), "%s%s", other, same);
	check(both);
	assert_string_equal(part.kernel_why, "");
	/* the beginning of the line is garbled: not a banner */
	check("0] Linux version 6.1.0-9-amd64 (b@h) #1\n");
	assert_string_equal(part.kernel_why, "");
	decoder->kernel_banner[0] = '\0';
}

/* ---- dom0's kernel ---- */

static char said[1024];

static void on_address(void *ctx, unsigned int number, const struct decoded *a)
{
	size_t len = strlen(said);

	(void)ctx;
	snprintf(said + len, sizeof(said) - len, "%u:%s%s%s+%lx ", number,
		 a->is_kernel ? "k " : "", a->is_return ? "r " : "", a->symbol->name,
		 (unsigned long)a->offset);
}

static void on_remark(void *ctx, unsigned int number, const char *text)
{
	size_t len = strlen(said);

	(void)ctx;
	snprintf(said + len, sizeof(said) - len, "%u:\"%s\" ", number, text);
}

static const char *decode(struct decoder *d, const char *text)
{
	static const struct decode_ops ops = { .address = on_address, .remark = on_remark };
	struct console_text *t;

	said[0] = '\0';
	assert_ok(console_text_read(text, strlen(text), &t));
	assert_ok(decode_text(d, t, false, &ops, NULL));
	console_text_free(t);
	return said;
}

#define GUEST(vcpu)						\
	X "RIP:    e033:[<ffffffff810013aa>]\n"			\
	X "RFLAGS: 0000000000000246   EM: 0   CONTEXT: pv guest (" vcpu ")\n" \
	X "Guest stack trace from rsp=ffffffff82003e90:\n"	\
	X "   ffffffff81001410 0000000000000000 ffffffff8100100a\n" \
	X "   ffff82d040201418 ffffffff81002000\n"

static void test_kernel(void **state)
{
	char path[] = "/tmp/decode-check.XXXXXX";
	struct image *kernel;
	struct decoder *d;
	FILE *fp = fdopen(mkstemp(path), "w");

	(void)state;
	fputs(kernel_map, fp);
	fclose(fp);
	assert_ok(image_open(path, &kernel));
	assert_int_equal(kernel->class, IMAGE_SYSTEM_MAP);
	assert_ok(decoder_create(&image, symbols, kernel, &d));
	/* program counters are not return addresses, words of the stack are */
	assert_string_equal(decode(d, GUEST("d0v1")),
			    "1:k xen_safe_halt+38a 4:k r cpu_idle+10 4:k r xen_hypercall_sched_op+a 5:k r cpu_idle+c00 ");
	/* another guest has another kernel */
	assert_string_equal(decode(d, GUEST("d1v1")), "");
	assert_string_equal(decode(decoder, GUEST("d0v1")), "");
	/* a kernel whose banner differs is not used */
	strcpy(d->kernel_banner, "Linux version 6.12");
	assert_string_equal(decode(d, "[    0.0] Linux version 6.1\n" GUEST("d0v1")), "");
	decoder_destroy(d);
	/* a file of another class */
	kernel->class = IMAGE_INITRD;
	assert_err(decoder_create(&image, symbols, kernel, &d), ERR_UNSUPPORTED,
		   "not a vmlinux or System.map");
	image_close(kernel);
	unlink(path);
	image.class = IMAGE_VMLINUX;
	assert_err(decoder_create(&image, symbols, NULL, &d), ERR_UNSUPPORTED, "not a hypervisor");
	image.class = IMAGE_XEN_SYMS;
	assert_err(decoder_create(&image, NULL, NULL, &d), ERR_NO_SYMBOL, "has no symbols");
}

/* The variable at Xen's faulting address; a variable of a guest is not one of Xen. */
static void test_linear(void **state)
{
	(void)state;
	assert_string_equal(decode(decoder, X "Faulting linear address: ffff82d040201648\n"),
			    "1:\"vcpu_kick+0x8\" ");
	assert_string_equal(decode(decoder, X "Faulting linear address: 0000000000000018\n"), "");
}

/* A livepatch's function is the instruction pointer: the next address is a return. */
static void test_livepatch(void **state)
{
	(void)state;
	assert_string_equal(decode(decoder, X "Xen call trace:\n"
				   X "   [<ffff82d040600010>] new_kick+0x10/0x40 [fix]\n"
				   X "   [<ffff82d040201651>] vcpu_kick+0x11/0x9c0\n"),
			    "3:r vcpu_kick+11 ");
}

static void test_words(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fed00000 flags 0x20 RW",
		  "write of a page that is not mapped" },
		{ "AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fed00000 flags 0x10 PR",
		  "read of a mapped page without that permission" },
		{ "AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fed00000 flags 0xea",
		  "interrupt request that the remapping table does not permit, access not permitted, "
		  "reserved bit set in a page table or device table, instruction fetch" },
		{ "AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fed00000", "" },
		{ "[VT-D]DMAR:[DMA Write] Request device [0000:00:02.0] fault addr 1234000",
		  "the IOMMU blocked a DMA write of device 0000:00:02.0 at bus address 1234000" },
		{ "[VT-D]DMAR:[DMA Read] Request device [0000:00:1f.2] fault addr 5678000, iommu reg = 1",
		  "the IOMMU blocked a DMA read of device 0000:00:1f.2 at bus address 5678000" },
		{ "[VT-D]DMAR:[DMA Read] Request device", "" },
		{ "CMCI: CMCI occurred on CPU3.",
		  "corrected by the hardware and reported by an interrupt (CMCI)" },
		{ "MCE: POLLED occurred on CPU2.", "corrected by the hardware and found by polling" },
		{ "MCE: Fatal error happened on CPUs 2d", "pcpus 0,2-3,5" },
		{ "MCE: Fatal error happened on CPUs none", "" },
		{ "the Bank 2: b600000000000135", "" },
		{ "CPU 0: Machine Check Exception: 5 Bank 2: b600000000000135",
		  "uncorrected, processor context corrupt: data read, L1 data cache" },
		{ "CPU 0: Machine Check Exception: 5 Bank 2: none", "can restart, in progress" },
	};
	char buf[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		decode_words(cases[i].text, buf, sizeof(buf));
		assert_string_equal(buf, cases[i].words);
	}
}

/* ---- the image of a text ---- */

static struct decode_origin origin_of(const char *text)
{
	struct decode_origin o;
	struct console_text *t;

	assert_ok(console_text_read(text, strlen(text), &t));
	decode_origin_read(t, &o);
	console_text_free(t);
	return o;
}

static void test_origin(void **state)
{
	struct decode_origin o;

	(void)state;
	/* the last boot counts; ids after its first are those of livepatches */
	o = origin_of(X "Xen version 4.17.5 (x) debug=n\n" X "build-id: 1111\n"
		      X "Xen version 4.20.4 (x) debug=n\n" X "build-id: 2222aaZZ\n" X "build-id: 3333\n");
	assert_string_equal(o.version, "4.20.4");
	assert_string_equal(o.build_id, "2222aa");
	/* the version in a panic is not a banner: the id before it counts */
	o = origin_of(X "build-id: 1111\n" X "----[ Xen-4.19.1  x86_64  debug=n ]----\n");
	assert_string_equal(o.version, "4.19.1");
	assert_string_equal(o.build_id, "1111");
	o = origin_of(X "nothing\n");
	assert_string_equal(o.version, "");
	assert_string_equal(o.build_id, "");
}

static void write_file(const char *folder, const char *name, const uint8_t *bytes, size_t len)
{
	char path[128];
	FILE *fp;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fp = fopen(path, "w");
	assert_non_null(fp);
	assert_int_equal(fwrite(bytes, 1, len, fp), len);
	fclose(fp);
}

/* The name of the image in the folder, or "". */
static const char *found_name(const struct decode_origin *o, const char *folder)
{
	static char name[64];
	struct image *found;
	char text[128];

	snprintf(text, sizeof(text), "%s/console.txt", folder);
	assert_ok(decode_find_image(o, text, &found));
	snprintf(name, sizeof(name), "%s", found ? strrchr(found->path, '/') + 1 : "");
	image_close(found);
	return name;
}

/* Releases that no distribution contains, in the folder of the text */
static void test_find_image(void **state)
{
	static struct made made;
	struct made_options o = { .table = TABLE_4_7, .minor = 91 };
	char folder[] = "/tmp/decode-check.XXXXXX", command[64];
	struct decode_origin origin = { .version = "" };
	uint8_t *bytes;
	size_t len;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_string_equal(found_name(&origin, folder), "");
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	write_file(folder, "xen-4.91", bytes, len);
	free(bytes);
	strcpy(origin.version, "4.91.3-made");
	assert_string_equal(found_name(&origin, folder), "xen-4.91");
	/* the same with DWARF is better */
	bytes = made_elf64(&made, MADE_DWARF, &len);
	write_file(folder, "xen-syms-4.91", bytes, len);
	free(bytes);
	assert_string_equal(found_name(&origin, folder), "xen-syms-4.91");
	strcpy(origin.version, "4.91.3");
	assert_string_equal(found_name(&origin, folder), "");
	/* a build-id has precedence over any version; unless it is too short */
	o.minor = 92;
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	write_file(folder, "xen-4.92", bytes, len);
	free(bytes);
	strcpy(origin.version, "4.91.3-made");
	build_id_text(made.id, MADE_ID_LEN, origin.build_id, sizeof(origin.build_id));
	origin.build_id[17] = '\0';
	assert_string_equal(found_name(&origin, folder), "xen-4.92");
	origin.build_id[16] = origin.build_id[16] == 'f' ? '0' : 'f';
	assert_string_equal(found_name(&origin, folder), "");
	origin.build_id[15] = '\0';
	assert_string_equal(found_name(&origin, folder), "xen-syms-4.91");
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

struct fit_case {
	const char *text;
	enum decode_fit fit;
};

static void check_fits(const struct fit_case *cases, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		check(cases[i].text);
		if (part.fit != cases[i].fit)
			fail_msg("%zu: %d, %s", i, part.fit, part.why);
	}
}

/* The size in the text, beside that of vcpu_wake, 0x240, and of vcpu_kick, 0x60 */
static const struct fit_case sizes[] = {
	{ X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x240\n", DECODE_FITS },
	{ X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x140\n", DECODE_OTHER },
	/* cut off by the end of the line: "0x24", "0x2=", "0x1", which is less than the offset */
	{ X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x24\n", DECODE_FITS },
	{ X "   [<ffff82d040201401>] R vcpu_wake+0x1/0x2=\n", DECODE_FITS },
	{ X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x1\n", DECODE_FITS },
	{ X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x24 and more\n", DECODE_OTHER },
	{ X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x23\n", DECODE_OTHER },
	/* one digit is wrong, beside two names that match */
	{ NAMED NAMED X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x140\n", DECODE_FITS },
	{ NAMED NAMED X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x150\n", DECODE_OTHER },
	{ NAMED NAMED X "   [<ffff82d040211418>] R vcpu_wake+0x18/0x240\n", DECODE_FITS },
	{ NAMED X "   [<ffff82d040211418>] R vcpu_wake+0x18/0x240\n", DECODE_OTHER },
	{ NAMED NAMED X "   [<ffff82d040211418>] R vcpu_wake+0x18/0x240\n"
	  X "   [<ffff82d040211418>] R vcpu_wake+0x18/0x240\n", DECODE_OTHER },
};

static void test_sizes(void **state)
{
	const struct symbol wake = { 0xffff82d040201400, 0x240, "vcpu_wake", NULL, 'T' };
	const struct symbol kick = { 0xffff82d040201640, 0x60, "vcpu_kick", NULL, 'T' };
	struct symbols *before = symbols;

	(void)state;
	assert_ok(symbols_create(&symbols));
	assert_ok(symbols_add(symbols, &wake, RANK_GLOBAL, NULL));
	assert_ok(symbols_add(symbols, &kick, RANK_GLOBAL, NULL));
	assert_ok(symbols_finish(symbols));
	decoder_destroy(decoder);
	assert_ok(decoder_create(&image, symbols, NULL, &decoder));
	check_fits(sizes, ARRAY_SIZE(sizes));
	decoder_destroy(decoder);
	symbols_destroy(symbols);
	symbols = before;
	assert_ok(decoder_create(&image, symbols, NULL, &decoder));
}

/* Names of which a character is wrong, or all underscores are missing */
static const struct fit_case garbled[] = {
	{ X "   [<ffff82d040201418>] R vcpu_vake+0x18/0x240\n", DECODE_UNPROVED },
	{ X "   [<ffff82d040201418>] R vcpu_wak+0x18/0x240\n", DECODE_UNPROVED },
	{ X "   [<ffff82d040201418>] R vcpu_wwake+0x18/0x240\n", DECODE_UNPROVED },
	{ X "   [<ffff82d040201418>] R vcpuwake+0x18/0x240\n", DECODE_FITS },
	{ X "   [<ffff82d040201418>] R vcpu_vaky+0x18/0x240\n", DECODE_OTHER },
	/* at another place */
	{ X "   [<ffff82d040201418>] R vcpu_vake+0x19/0x240\n", DECODE_OTHER },
	{ X "   [<ffff82d040201418>] R vcpuwake+0x19/0x240\n", DECODE_OTHER },
};

static void test_garbled_names(void **state)
{
	(void)state;
	check_fits(garbled, ARRAY_SIZE(garbled));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_garbled_names),
		cmocka_unit_test(test_banner),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_livepatch),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_find_image),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
