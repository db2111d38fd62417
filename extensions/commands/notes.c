/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

/* One pcpu's notes take a few hundred bytes (common/kexec.c). */
#define NOTES_MAX	2048

/* crash_note_range_t, include/xen/kexec.h: where each pcpu's notes are */
struct note_range {
	struct value start, size;
};

static const struct field range_fields[] FIELD_TABLE = {
	FIELD(struct note_range, start, "crash_note_range_t.start"),
	FIELD(struct note_range, size, "crash_note_range_t.size"),
};

static const struct record_type range_type = RECORD_TYPE("notes", range_fields);

/* The columns of crash's "dumpinfo", and the note each is the address of. */
static const struct column columns[] = {
	{ .key = "pcpu", .title = "PCID" },
	{ .key = "notes", .title = "ENOTE" },
	{ .key = "core", .title = "CORE" },
	{ .key = "xen_core", .title = "XEN_CORE" },
	{ .key = "xen_info", .title = "XEN_INFO" },
};

static const struct {
	const char *name;
	uint32_t type;
} wanted[] = {
	{ "CORE", NT_PRSTATUS }, { "Xen", 0x1000002 }, { "Xen", 0x1000001 },
};

#define NR_WANTED (sizeof(wanted) / sizeof(wanted[0]))

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* The offset of each wanted note's description; 0 for one that is not there. */
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

static struct err *row(struct session *s, struct out *o, unsigned int cpu,
		       uint64_t va)
{
	unsigned char bytes[NOTES_MAX];
	size_t at[NR_WANTED], len, i;
	struct note_range range;

	ERR_TRY(record_read(s->xen->records, s->xen->space, &range_type, va, &range));
	if (range.start.state != VALUE_OK || range.size.state != VALUE_OK)
		return err_new(ERR_BAD_POINTER, "pcpu %u: crash_notes[%u] cannot be read",
			       cpu, cpu);
	len = range.size.u < sizeof(bytes) ? range.size.u : sizeof(bytes);
	ERR_TRY(err_prefix(space_read(s->xen->space, range.start.u, bytes, len),
			   "notes of pcpu %u", cpu));
	find_notes(bytes, len, at);
	out_dec(o, cpu);
	out_hex(o, range.start.u);
	for (i = 0; i < NR_WANTED; i++) {
		if (at[i])
			out_hex(o, range.start.u + at[i]);
		else
			out_none(o);
	}
	return NULL;
}

static struct err *run_notes(struct session *s, struct out *o, int argc,
			     char **argv)
{
	uint64_t notes;
	struct place type;
	unsigned int cpu;

	(void)argv;
	if (argc > 1)
		return command_usage("notes takes no arguments");
	ERR_TRY(xen_variable(s->xen, "crash_notes", &notes));
	if (!notes)
		return err_new(ERR_NOT_FOUND,
			       "this Xen keeps no crash notes: it was started without crashkernel=");
	ERR_TRY(record_resolve(s->xen->records, "crash_note_range_t", &type));
	out_list(o, "notes", columns, sizeof(columns) / sizeof(columns[0]));
	for (cpu = 0; cpu < s->xen->nr_cpus && !interrupt_pending; cpu++)
		out_error(o, row(s, o, cpu, notes + cpu * type.size));
	out_end(o);
	return interrupt_check();
}

static const char *const help[] = {
	"  Shows where in the hypervisor's memory each pcpu keeps its crash notes: the",
	"  ELF notes (ENOTE), and the contents of those that hold its registers (CORE),",
	"  its control registers (XEN_CORE) and the hypervisor's identity (XEN_INFO).",
	"",
	"EXAMPLE",
	"    crash> xen notes",
	"    PCID             ENOTE              CORE          XEN_CORE          XEN_INFO",
	"       0  ffff830027dbda00  ffff830027dbda14  ffff830027dbdb74  ffff830027dbdba4",
	"       1  ffff830027d67580  ffff830027d67594  ffff830027d676f4                 -",
	NULL
};

const struct command command_notes = {
	.needs = NEEDS_RECORDS,
	.run_words = run_notes,
	.synopsis = "[-j]",
	.help = help,
};
