/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Corrupt DWARF: the input is an ELF file. A seed is one compiled by tests/unit
 * from types_fixture/, whose names are looked up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/types/print.h"
#include "xen/types/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
	"struct domain", "nested", "bits", "vcpu", "enum state", "uint32_t",
	"mfn_t", "struct opaque", "packed_bits", "struct nowhere",
	"two.c#struct local", "unsigned long",
};

static const char *const variables[] = {
	"domain0", "vcpu0", "cube", "compare_table", "bits_array", "nested_pair",
	"strings", "flags_some", "unnamed", "compare_points", "zero_length",
};

struct sample {
	struct value a, b, c;
};

static const struct field fields[] = {
	FIELD(struct sample, a, "domain.vcpu[0]->arch.user_regs.rip"),
	FIELD(struct sample, b, "domain.nested.box.corner[1].y"),
	FIELD(struct sample, c, "domain.opaque->self->inside"),
};
static const struct record_type sample_type = RECORD_TYPE("sample", fields);

static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	memset(page, maddr >> 12, XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops ops = {
	.name = "fuzz", .read_page = read_page,
};

static void ask_type(struct types *t, struct space *s, const char *name,
		     bool variable, FILE *fp)
{
	struct print_options options = { .expand = true };
	struct type type;
	struct member m;
	char buf[300];
	uint64_t count;

	struct err *e = variable ? types_variable(t, name, &type) :
				   types_find(t, name, &type);

	if (e) {
		err_free(e);
		return;
	}
	type_declare(&type, "x", buf, sizeof(buf));
	type_enum_text(&type, 7, buf, sizeof(buf));
	type_is_signed(&type);
	err_free(type_count(&type, &count));
	err_free(type_member(&type, "arch.user_regs.rip", &m));
	err_free(type_print_definition(&type, 0, &options, fp));
	err_free(type_print(t, s, NULL, &type, 0xffff82d040003000, &options, fp));
}

static void ask_all(struct types *t, struct space *s, FILE *fp)
{
	struct sample sample;
	struct records *r;
	int64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ask_type(t, s, names[i], false, fp);
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		ask_type(t, s, variables[i], true, fp);
	err_free(types_enum_value(t, "STATE_offline", &value));
	err_free(records_create(types_places(t), &r));
	err_free(record_read(r, s, &sample_type, 0xffff82d040003000, &sample));
	records_destroy(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct space_params params = {
		.virt_start = 0xffff82d040000000, .phys_start = 0x1000000,
	};
	static FILE *null;
	struct memory *memory;
	struct space *space;
	struct types *types;
	char *copy;
	Elf *elf;

	if (!size)
		return 0;
	if (!null)
		null = fopen("/dev/null", "w");
	elf_version(EV_CURRENT);
	copy = malloc(size);
	memcpy(copy, data, size);
	elf = elf_memory(copy, size);
	struct err *e = types_from_elf(elf, &types);

	if (!e) {
		err_free(memory_create(&ops, NULL, &memory));
		err_free(space_create(memory, &params, &space));
		ask_all(types, space, null);
		space_destroy(space);
		memory_destroy(memory);
		types_destroy(types);
	}
	err_free(e);
	elf_end(elf);
	free(copy);
	return 0;
}
