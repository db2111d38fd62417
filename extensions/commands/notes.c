/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/pcpus.h"

/*
 * Limit in bytes; the notes of one pcpu have a few hundred (common/kexec.c, 4.4
 * to 4.20).
 */
#define NOTES_MAX	2048

/* crash_note_range_t of include/xen/kexec.h: place of one pcpu's notes */
struct note_range {
	struct value start, size;
};

static const struct field range_fields[] FIELD_TABLE = {
	FIELD(struct note_range, start, "crash_note_range_t.start"),
	FIELD(struct note_range, size, "crash_note_range_t.size"),
};

static const struct record_type range_type = RECORD_TYPE("notes", range_fields);

/* Columns of crash's "dumpinfo" */
static const struct column columns[] = {
	{ .key = "pcpu", .title = "PCID", .help = "number of the pcpu" },
	{ .key = "notes", .title = "ENOTE",
	  .help = "address of the pcpu's ELF notes" },
	{ .key = "core", .title = "CORE",
	  .help = "address of the content of NT_PRSTATUS: general registers" },
	{ .key = "xen_core", .title = "XEN_CORE",
	  .help = "address of the content of Xen's note on control registers" },
	{ .key = "xen_info", .title = "XEN_INFO",
	  .help = "address of the content of Xen's note on its version, which only one pcpu has" },
};

/* The notes of the last three columns */
static const struct {
	const char *name;
	uint32_t type;
} wanted[] = {
	{ "CORE", NT_PRSTATUS }, { "Xen", 0x1000002 }, { "Xen", 0x1000001 },
};

#define NR_WANTED ARRAY_SIZE(wanted)

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* Offsets of the descriptions of the shown notes; 0 for a note that is absent. */
static void find_notes(const unsigned char *bytes, size_t len,
		       size_t at[NR_WANTED])
{
	size_t pos = 0, i;

	memset(at, 0, NR_WANTED * sizeof(at[0]));
	while (len - pos > sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr h;
		size_t desc;

		memcpy(&h, bytes + pos, sizeof(h));
		pos += sizeof(h);
		desc = pos + align4(h.n_namesz);
		if (h.n_namesz > len - pos || desc > len || h.n_descsz > len - desc)
			return;
		for (i = 0; i < NR_WANTED; i++)
			if (h.n_type == wanted[i].type &&
			    h.n_namesz == strlen(wanted[i].name) + 1 &&
			    !memcmp(bytes + pos, wanted[i].name, h.n_namesz))
				at[i] = desc;
		pos = desc + align4(h.n_descsz);
		if (pos > len)
			return;
	}
}

/* crash_notes, an array with one range for each pcpu */
struct ranges_at {
	uint64_t va;
	uint32_t size;		/* size of an element */
};

static struct err *show_notes(struct session *s, struct out *o,
			      unsigned int cpu, void *arg)
{
	unsigned char bytes[NOTES_MAX];
	size_t at[NR_WANTED], len, i;
	const struct ranges_at *ranges = arg;
	struct note_range range;

	ERR_TRY(record_read(s->xen->records, s->xen->space, &range_type,
			    ranges->va + (uint64_t)cpu * ranges->size, &range));
	if (!value_ok(&range.start) || !value_ok(&range.size))
		return err_new(ERR_BAD_POINTER, "pcpu %u: crash_notes[%u] cannot be read",
			       cpu, cpu);
	len = value_of(&range.size) < sizeof(bytes) ? value_of(&range.size) : sizeof(bytes);
	ERR_TRY(err_prefix(space_read(s->xen->space, value_of(&range.start), bytes, len),
			   "notes of pcpu %u", cpu));
	find_notes(bytes, len, at);
	out_dec(o, cpu);
	out_hex(o, value_of(&range.start));
	for (i = 0; i < NR_WANTED; i++) {
		if (at[i])
			out_hex(o, value_of(&range.start) + at[i]);
		else
			out_none(o);
	}
	return NULL;
}

static struct err *run_notes(struct session *s, struct out *o,
			     const struct args *a)
{
	struct ranges_at ranges;
	struct place type;

	ERR_TRY(xen_variable(s->xen, "crash_notes", &ranges.va));
	if (!ranges.va)
		return err_new(ERR_NOT_FOUND,
			       "no crash notes: Xen was started without crashkernel=");
	ERR_TRY(record_resolve(s->xen->records, "crash_note_range_t", &type));
	ranges.size = type.size;
	out_list(o, "crash_notes", columns, ARRAY_SIZE(columns));
	ERR_TRY(show_each_pcpu(s, o, &a->pcpus, show_notes, &ranges));
	out_end(o);
	return NULL;
}

static const struct option_spec options[] = {
	PCPUS_OPTION,
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("crash_notes", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the addresses, in the hypervisor's memory, of the ELF notes that each",
	"  pcpu writes when the host crashes, and of their contents.",
	NULL
};

static const char *const example[] = {
	"    crash> xen notes",
	"    PCID             ENOTE              CORE          XEN_CORE          XEN_INFO",
	"       0  ffff830027dbda00  ffff830027dbda14  ffff830027dbdb74  ffff830027dbdba4",
	"       1  ffff830027d67580  ffff830027d67594  ffff830027d676f4                 -",
	NULL
};

const struct command command_notes = {
	.needs = NEEDS_RECORDS,
	.run = run_notes,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
