/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Console text in the forms found in public reports: each file NAME.txt of
 * tests/unit/decode_cases is decoded by one map of symbols. NAME.expect
 * contains how it matches the build, and each address ("4:r vcpu_kick+11": line
 * 4, a return address).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <cmocka.h>

#include "decode_map.h"

#include "xen/base/array.h"
#include "xen/base/file.h"
#include "xen/model/diagnosis/decode.h"
#include "xen/symbols/map.h"

#define CASES "tests/unit/decode_cases"

static const char *const fits[] = {
	[DECODE_NOTHING] = "nothing", [DECODE_UNPROVED] = "unproved",
	[DECODE_FITS] = "fits", [DECODE_OTHER] = "other",
};

struct got {
	char text[4096];
	size_t len;
	const char *fit;
};

static void on_part(void *ctx, const struct decode_part *part)
{
	((struct got *)ctx)->fit = fits[part->fit];
}

static void on_address(void *ctx, unsigned int number, const struct decoded *a)
{
	struct got *g = ctx;

	g->len += snprintf(g->text + g->len, sizeof(g->text) - g->len,
			   "%s%u:%s%s+%lx", g->len ? " " : "", number,
			   a->is_return ? "r " : "", a->symbol->name,
			   (unsigned long)a->offset);
}

static const struct decode_ops ops = { .part = on_part, .address = on_address };

static void read_all(const char *name, const char *end, char **text, size_t *len)
{
	char path[512];
	struct file *f;

	snprintf(path, sizeof(path), CASES "/%s%s", name, end);
	assert_null(file_open(path, &f));
	assert_null(file_want(f, 1 << 20));
	*len = file_size(f);
	*text = calloc(1, *len + 1);
	memcpy(*text, file_data(f), *len);
	file_close(f);
}

/* Reads the lines of a text and decodes them. */
static struct err *decode_bytes(struct decoder *d, const char *text, size_t len,
				const struct decode_ops *to, struct got *got)
{
	struct console_text *t;
	struct err *e = console_text_read(text, len, &t);

	if (e)
		return e;
	e = decode_text(d, t, false, to, got);
	console_text_free(t);
	return e;
}

static void run_case(struct decoder *d, const char *name)
{
	struct got got = { .fit = "nothing" };
	char *text, *want, have[4200];
	size_t len, want_len;
	struct err *e;

	read_all(name, ".txt", &text, &len);
	read_all(name, ".expect", &want, &want_len);
	e = decode_bytes(d, text, len, &ops, &got);
	if (e)
		got.fit = "refused";
	err_free(e);
	snprintf(have, sizeof(have), "%s\n%s\n", got.fit, got.text);
	if (strcmp(have, want))
		fail_msg("%s:\nwant %s\ngot  %s", name, want, have);
	free(text);
	free(want);
}

static void all_cases(void **state)
{
	struct symbols *symbols;
	struct decoder *d;
	struct dirent **names;
	int nr, i, run = 0;

	(void)state;
	assert_null(symbols_from_map_text(map, strlen(map), &symbols));
	assert_null(decoder_create(NULL, symbols, NULL, &d));
	nr = scandir(CASES, &names, NULL, alphasort);
	assert_true(nr > 0);
	for (i = 0; i < nr; i++) {
		char *end = strstr(names[i]->d_name, ".txt");

		if (end) {
			*end = '\0';
			run_case(d, names[i]->d_name);
			run++;
		}
		free(names[i]);
	}
	free(names);
	print_message("%d cases\n", run);
	assert_true(run > 0);
	decoder_destroy(d);
	symbols_destroy(symbols);
}

/*
 * Without an image the text still gives its verdict and the explanations that
 * need no symbols.
 */
static void on_verdict(void *ctx, const char *text)
{
	snprintf(((struct got *)ctx)->text, sizeof(((struct got *)ctx)->text), "%s", text);
}

static void on_remark(void *ctx, unsigned int number, const char *text)
{
	struct got *g = ctx;

	g->len += snprintf(g->text + g->len, sizeof(g->text) - g->len, "%s%u:%s",
			   g->len ? "|" : "", number, text);
}

static const struct decode_ops alone_ops = {
	.verdict = on_verdict, .remark = on_remark,
};

static const struct {
	const char *text, *want;
} alone[] = {
	{ "(XEN) Xen version 4.17.3 (user@host.example) (gcc (GCC) 12.3.1) debug=n Fri Mar  1 10:00:00 UTC 2024\n"
	  "(XEN) ----[ Xen-4.17.3  x86_64  debug=n  Not tainted ]----\n"
	  "(XEN) CPU:    0\n"
	  "(XEN) RIP:    e008:[<ffff82d0403a5ef8>] amd_iommu_prepare+0x288/0x390\n"
	  "(XEN) RFLAGS: 0000000000010206   CONTEXT: hypervisor\n"
	  "(XEN) Xen call trace:\n"
	  "(XEN)    [<ffff82d0403a5ef8>] R amd_iommu_prepare+0x288/0x390\n"
	  "(XEN)    [<ffff82d0403a6019>] S amd_iommu_init+0x19/0x3c0\n"
	  "(XEN) \n"
	  "(XEN) ****************************************\n"
	  "(XEN) Panic on CPU 0:\n"
	  "(XEN) Xen BUG at drivers/passthrough/amd/iommu_init.c:1386\n"
	  "(XEN) ****************************************\n",
	  "Xen BUG at drivers/passthrough/amd/iommu_init.c:1386, on pcpu 0, in amd_iommu_prepare+0x288, "
	  "called by amd_iommu_init; Xen 4.17.3, debug=n" },
	{ "(XEN) CPU0: Machine Check Exception: 0000000000000004\n"
	  "(XEN) Bank 5: be00000000800400 at 0000000000000000\n",
	  "1:cannot restart, in progress|2:uncorrected, processor context corrupt: internal timer" },
	{ "(XEN) CMCI occurred on CPU 3.\n(XEN) POLLED occurred on CPU 1.\n",
	  "1:corrected by the hardware and reported by an interrupt (CMCI)|"
	  "2:corrected by the hardware and found by polling" },
	{ "(XEN) AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fed00000 flags 0x20 RW\n"
	  "(XEN) AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fed00000 flags 0x10 PR\n",
	  "1:write of a page that is not mapped|2:read of a mapped page without that permission" },
	{ "(XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:1f.2] fault addr 7b000000\n",
	  "1:the IOMMU blocked a DMA write of device 0000:00:1f.2 at bus address 7b000000" },
	{ "(XEN) 'd' pressed -> dumping registers\n", "" },
	/* IOMMU events of 4.4 and later */
	{ "(XEN) AMD-Vi: IO_PAGE_FAULT: domain = 3, device id = 0x3fa, fault address = 0xfed00000, flags = 0x20\n"
	  "(XEN) AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fee00000 flags 0x8 I\n"
	  "(XEN) AMD-Vi: ILLEGAL_DEV_TABLE_ENTRY 000003fa 10000000 fed00000 00000000\n"
	  "(XEN) INVALID_DEV_REQUEST 00000300 80000000 fed00000 00000000\n"
	  "(XEN) ILLEGAL_COMMAND_ERROR 00000300 80000000 fed00000 00000000\n",
	  "1:write of a page that is not mapped, by device 03:1f.2|"
	  "2:interrupt request that the remapping table does not permit|"
	  "3:faulty entry of the IOMMU's device table, device 03:1f.2|"
	  "4:request that a device may not make, device 03:00.0|5:faulty command to the IOMMU" },
	{ "(XEN) [VT-D]iommu.c:861: DMAR:[DMA Read] Request device [02:00.0] fault addr 7b000000, iommu reg = 0\n"
	  "(XEN) [VT-D]DMAR: reason 06 - PTE Read access is not set\n"
	  "(XEN) [VT-D]INTR-REMAP: Request device [0000:f0:1f.7] fault index 4a\n"
	  "(XEN) [VT-D]INTR-REMAP: reason 25 - Blocked a compatibility format interrupt request\n",
	  "1:the IOMMU blocked a DMA read of device 02:00.0 at bus address 7b000000|"
	  "2:read of a page that is not mapped|"
	  "3:the IOMMU blocked an interrupt of device 0000:f0:1f.7, entry 4a of the remapping table|"
	  "4:the interrupt request is not in the remappable format" },
	/* mm.c: types of four bits until 4.9, of three bits later */
	{ "(XEN) mm.c:2364:d0 Bad type (saw 7400000000000001 != exp 1000000000000000) for mfn 23a5c (pfn 1b5c)\n"
	  "(XEN) d1v0 Bad type (saw e400000000000003 != exp 2000000000000000) for mfn 23a5c (pfn 1b5c)\n"
	  "(XEN) d1v0 Bad type (saw 2400000000000001 != exp 4000000000000000) for mfn 23a5c (pfn 1b5c)\n"
	  "(XEN) mm.c:9: d0: Error pfn 23a5c: rd=0, od=0, caf=8000000000000003, taf=7c00000000000001\n",
	  "1:type of the page: writable (validated, count 1); requested: l1 table|"
	  "2:type of the page: writable (validated, count 3); requested: l1 table|"
	  "3:type of the page: l1 table (until 4.9: l2 table) (validated, count 1); requested: l2 table (until 4.9: l4 table)|"
	  "4:type of the page: writable (pinned, validated, count 1)" },
	{ "(XEN) d1v0 Bad L1 flags 800100\n"
	  "(XEN) mm.c:885:d1v0 Error getting mfn 1234 (pfn 5678) from L1 entry 8010000001234625 for l1e_owner d1, pg_owner d1\n"
	  "(XEN) d1v0 Attempt to implicitly unmap d3's grant PTE 8000000123456067\n",
	  "1:flags that the guest may not set: global, no execute|"
	  "2:the entry: mfn 1234, present, user, accessed, available 0, available 1, available 3, no execute|"
	  "3:the entry: mfn 123456, present, writable, user, accessed, dirty, no execute" },
	/* faults of guests */
	{ "(XEN) traps.c:2580:d1 Unhandled page fault fault/trap [#14] on VCPU 0 [ec=0007]\n"
	  "(XEN) d1v0 Unhandled page fault fault/trap [#14, ec=0000]\n"
	  "(XEN) d1v0 Unhandled: vec 14, #PF[0010]\n"
	  "(XEN) d3v0 EPT violation 0x182 (-w-/---) gpa 0x000000f0000123 mfn 0xffffffffffffffff type 4\n"
	  "(XEN) d3v0 EPT violation 0x18c (--x/r--) gpa 0x000000f0000123 mfn 0x12 type 4\n"
	  "(XEN) Xen SMAP violation\n(XEN) Xen WARN at a.c:1\n",
	  "1:write to a page in user mode: protection violation|"
	  "2:read of a page in kernel mode: not mapped|"
	  "3:instruction fetch from a page in kernel mode: not mapped|"
	  "4:write to a page of the guest: not mapped|"
	  "5:instruction fetch from a page of the guest: mapped without that permission|"
	  "6:data in a page of user space was accessed|7:a warning: Xen continues" },
	/* cut off before the panic */
	{ "(XEN) Xen BUG at common/domain.c:12\n"
	  "(XEN) ----[ Xen-4.20.1  x86_64  debug=n  Not tainted ]----\n(XEN) CPU:    3\n"
	  "(XEN) RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
	  "(XEN) CPU:    4\n",
	  "Xen BUG at common/domain.c:12, on pcpu 3, in vcpu_wake+0x18; Xen 4.20.1, debug=n" },
	{ "(XEN) Early fatal page fault at e008:ffff82d040201418 (cr2=0000000000000018, ec=0002)\n",
	  "Early fatal page fault: write to 0000000000000018, not mapped" },
	{ "(XEN) Fatal machine check: MCE: Fatal error happened on CPUs 6\n"
	  "(XEN) CPU1: Machine Check Exception:                5\n"
	  "(XEN) Bank 5: be00000000800400[     0] at         1234000\n"
	  "(XEN) Panic on CPU 1:\n(XEN) HARDWARE ERROR\n",
	  "fatal machine check, \"MCE: Fatal error happened on CPUs 1-2\", bank 5: uncorrected, "
	  "processor context corrupt: internal timer, address 1234000, on pcpu 1" },
	/* crashes of guests */
	{ "(XEN) ----[ Xen-4.20.1  x86_64  debug=n  Not tainted ]----\n"
	  "(XEN) d1v0 Unhandled page fault fault/trap [#14\n"
	  "(XEN) Domain 1 (vcpu#0) crashed on cpu#3:\n"
	  "(XEN) RIP:    e033:[<ffffffff81001111>]\n"
	  "(XEN) domain_crash called from common/a.c#twice+0x50/0x100\n"
	  "(XEN) d11v1 something else\n"
	  "(XEN) Domain 11 (vcpu#1) crashed on cpu#0:\n"
	  "(XEN) RIP:    0010:[<fffff80631bf8ad2>]\n",
	  "no crash of the host in the text; d11v1 crashed on pcpu 0, \"domain_crash called from "
	  "common/a.c#twice+0x50/0x100\", its RIP was fffff80631bf8ad2; crashes of guests before: 1; "
	  "Xen 4.20.1, debug=n" },
	{ "(XEN) Domain 3 reported crashed by domain 0 on cpu#2:\n",
	  "no crash of the host in the text; d3 crashed, as d0 reported" },
	{ "(XEN) d5v1 Triple fault - invoking HVM shutdown action 1\n",
	  "no crash of the host in the text; d5v1 had a triple fault" },
	{ "(XEN) d0v2 Unhandled page fault\n(XEN) Domain 0 (vcpu#2) crashed on cpu#3:\n",
	  "d0v2 crashed on pcpu 3, \"d0v2 Unhandled page fault\"" },
	{ "(XEN) Domain 3 (vcpu#0) crashed on cpu#3:\n(XEN) Panic on CPU 1:\n(XEN) no more\n",
	  "no more, on pcpu 1" },
	/* dom0's registers, with the prefix and without */
	{ "[  1.2] Kernel panic - not syncing: x\n[  1.2] RIP: e030:xennet_poll+0x123/0x9f0\n"
	  "(XEN) Hardware Dom0 crashed: rebooting machine in 5 seconds.\n",
	  "dom0 crashed: Kernel panic - not syncing: x, in xennet_poll+0x123" },
	{ "Kernel panic - not syncing: x\nRIP: e030:xennet_poll+0x123/0x9f0\n"
	  "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
	  "Hardware Dom0 crashed: rebooting machine in 5 seconds.\n",
	  "dom0 crashed: Kernel panic - not syncing: x, in xennet_poll+0x123" },
	/* without prefixes, brackets and marks, and two dashes made one */
	{ "\xe2\x80\x94\xe2\x80\x94[ Xen-4.20.1  x86_64  debug=n  Not tainted ]\xe2\x80\x94\xe2\x80\x94\n"
	  "RIP:    e008:ffff82d040201418 vcpu_wake+0x18/0x240\n"
	  "    RFLAGS: 0000000000010246   CONTEXT: hypervisor (d3v1)\n"
	  "    Xen call trace:\n"
	  "       [] R vcpu_wake+0x18/0x240\n"
	  "       [] S vcpu_kick+0x11/0x9c0\n"
	  "\n"
	  "    Panic on CPU 1:\n"
	  "    FATAL PAGE FAULT\n"
	  "    error_code=0002\n"
	  "    Faulting linear address: 0000000000000008\n",
	  "FATAL PAGE FAULT: write to 0000000000000008, not mapped, on pcpu 1, "
	  "in vcpu_wake+0x18, called by vcpu_kick, for d3v1; Xen 4.20.1, debug=n" },
	{ "RIP:    e008:[\xe2\x80\xb9""ffff82d040201418\xe2\x80\xba] vcpu_wake+0x18/0x240\n"
	  "Panic on CPU 1:\nFATAL TRAP: vector = 0 (divide error)\n"
	  "[  12.3] Kernel panic - not syncing: x\n",
	  "FATAL TRAP: vector = 0 (divide error), on pcpu 1, in vcpu_wake+0x18" },
};

static void text_alone(void **state)
{
	struct decoder *d;
	size_t i;

	(void)state;
	assert_null(decoder_create(NULL, NULL, NULL, &d));
	for (i = 0; i < ARRAY_SIZE(alone); i++) {
		struct got got = { .len = 0 };

		assert_null(decode_bytes(d, alone[i].text, strlen(alone[i].text),
					 &alone_ops, &got));
		assert_string_equal(got.text, alone[i].want);
	}
	decoder_destroy(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_cases), cmocka_unit_test(text_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
