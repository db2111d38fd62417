/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's memory: VMCOREINFO of arbitrary bytes, then the log and kallsyms at
 * the addresses in it. Input: u16 length of the text, text, memory.
 */
#include "tests/unit/made_guest.h"
#include "xen/base/bytes.h"
#include "xen/model/guest/guest_log.h"
#include "xen/model/guest/guest_symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err *take_record(void *arg, const struct guest_log_record *r)
{
	unsigned int *sum = arg;

	if (r->len > GUEST_LOG_TEXT)
		abort();
	for (size_t i = 0; i < r->len; i++)
		*sum += (unsigned char)r->text[i];
	return NULL;
}

static void read_all(struct made_guest *m)
{
	const struct symbols *s;
	unsigned int sum = 0;
	uint64_t lost, n;
	char text[64];

	err_free(guest_log_read(&m->guest, take_record, &sum, &lost));
	err_free(guest_symbols(&m->guest, &s));
	guest_symbol_text(&m->guest, MADE_RELATIVE + 0x42, text, sizeof(text));
	vmcoreinfo_text(&m->info, "OSRELEASE", text, sizeof(text));
	vmcoreinfo_number(&m->info, "NUMBER(phys_base)", &n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct made_guest made;
	unsigned int text, len;
	struct err *e;

	if (size < 2 + VMCOREINFO_HEADER)
		return 0;
	vmcoreinfo_header(data, &len);
	text = get_le16(data);
	data += 2;
	size -= 2;
	if (text > size)
		text = size;
	e = vmcoreinfo_take(data, text, &made.info);
	if (e) {
		err_free(e);
		return 0;
	}
	size -= text;
	memset(made.ram, 0, sizeof(made.ram));
	memcpy(made.ram, data + text, size < sizeof(made.ram) ? size : sizeof(made.ram));
	made_guest_open(&made);
	read_all(&made);
	made_guest_close(&made);
	return 0;
}
