/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notes.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"

#define XEN_ELFNOTE_CRASH_INFO	0x1000001
#define XEN_ELFNOTE_CRASH_REGS	0x1000002

/* Offset of pr_reg in the x86_64 struct elf_prstatus. */
#define PRSTATUS_REGS	112

/* Limit, above any NR_CPUS. */
#define MAX_PCPUS	8192

struct note {
	const char *name;
	uint32_t type;
	const unsigned char *desc;
	size_t size;
};

typedef struct err *note_fn(struct notes *n, const struct note *note);

static struct err *note_prstatus(struct notes *n, const struct note *note)
{
	struct note_pcpu *pcpu;

	if (note->size < PRSTATUS_REGS + sizeof(pcpu->regs))
		return err_new(ERR_CORRUPT, "invalid size of NT_PRSTATUS: %zu bytes", note->size);
	if (n->nr_pcpus == MAX_PCPUS)
		return err_new(ERR_CORRUPT, "more than %d NT_PRSTATUS", MAX_PCPUS);
	if (!ARRAY_GROW(n->pcpu, n->nr_pcpus))
		return err_nomem();
	pcpu = &n->pcpu[n->nr_pcpus++];
	memset(pcpu, 0, sizeof(*pcpu));
	memcpy(&pcpu->regs, note->desc + PRSTATUS_REGS, sizeof(pcpu->regs));
	/* The note of a pcpu that did not save its registers is all zero. */
	pcpu->has_regs = pcpu->regs.rip || pcpu->regs.rsp;
	return NULL;
}

/* Follows the NT_PRSTATUS of the same pcpu (common/kexec.c). */
static struct err *note_crash_regs(struct notes *n, const struct note *note)
{
	struct note_pcpu *pcpu;
	const unsigned char *cr = note->desc;

	if (note->size < 4 * 8)
		return err_new(ERR_CORRUPT, "invalid size of XEN_ELFNOTE_CRASH_REGS: %zu bytes",
			       note->size);
	if (!n->nr_pcpus)
		return NULL;
	pcpu = &n->pcpu[n->nr_pcpus - 1];
	pcpu->cr0 = get_le64(cr);
	pcpu->cr2 = get_le64(cr + 8);
	pcpu->cr3 = get_le64(cr + 16);
	pcpu->cr4 = get_le64(cr + 24);
	pcpu->has_cr = pcpu->cr0 != 0;
	return NULL;
}

static struct err *note_crash_info(struct notes *n, const struct note *note)
{
	if (note->size < sizeof(n->crash_info))
		return err_new(ERR_CORRUPT, "invalid size of XEN_ELFNOTE_CRASH_INFO: %zu bytes",
			       note->size);
	memcpy(&n->crash_info, note->desc, sizeof(n->crash_info));
	/* Zero unless a kexec image was executed. */
	n->has_crash_info = n->crash_info.major != 0;
	return NULL;
}

static struct err *copy_text(char **to, const struct note *note)
{
	char *text = malloc(note->size + 1);

	if (!text)
		return err_nomem();
	memcpy(text, note->desc, note->size);
	text[note->size] = 0;
	free(*to);
	*to = text;
	return NULL;
}

static struct err *note_vmcoreinfo_xen(struct notes *n, const struct note *note)
{
	return copy_text(&n->vmcoreinfo_xen, note);
}

static struct err *note_vmcoreinfo(struct notes *n, const struct note *note)
{
	return copy_text(&n->vmcoreinfo, note);
}

/*
 * QEMUCPUState (QEMU, target/i386/arch_dump.c, version 1, unchanged to 9.2):
 * version and size, 18 registers, ten segments of 24 bytes of which the eighth
 * is the task register, cr0 to cr4. They follow the NT_PRSTATUS of all pcpus.
 */
#define QEMU_TR_BASE	(8 + 18 * 8 + 7 * 24 + 16)
#define QEMU_CR		(8 + 18 * 8 + 10 * 24)

static struct err *note_qemu(struct notes *n, const struct note *note)
{
	struct note_pcpu *pcpu;
	const unsigned char *cr = note->desc + QEMU_CR;

	if (note->size < QEMU_CR + 5 * 8)
		return err_new(ERR_CORRUPT, "invalid size of a QEMU note: %zu bytes", note->size);
	n->from_qemu = true;
	if (n->nr_qemu >= n->nr_pcpus)
		return NULL;
	pcpu = &n->pcpu[n->nr_qemu++];
	pcpu->tss = get_le64(note->desc + QEMU_TR_BASE);
	pcpu->cr0 = get_le64(cr);
	pcpu->cr2 = get_le64(cr + 16);
	pcpu->cr3 = get_le64(cr + 24);
	pcpu->cr4 = get_le64(cr + 32);
	pcpu->has_cr = pcpu->cr0 != 0;
	return NULL;
}

static struct err *note_domain(struct notes *n, const struct note *note)
{
	n->of_domain = note->type;
	return NULL;
}

static struct err *note_panic(struct notes *n, const struct note *note)
{
	size_t len;

	if (note->size <= OWN_NOTE_PANIC_TEXT || note->size > OWN_NOTE_PANIC_SIZE)
		return err_new(ERR_CORRUPT, "invalid size of the note on dom0's panic: %zu bytes", note->size);
	len = note->size - OWN_NOTE_PANIC_TEXT - 1;
	n->panic.pfn = get_le64(note->desc);
	n->panic.unproved = get_le64(note->desc + 8) != 0;
	memcpy(n->panic.text, note->desc + OWN_NOTE_PANIC_TEXT, len);
	n->panic.text[len] = '\0';
	return NULL;
}

static const struct {
	const char *name;
	uint32_t type;
	note_fn *fn;
} known_notes[] = {
	{ "CORE", NT_PRSTATUS, note_prstatus },
	{ "Xen", XEN_ELFNOTE_CRASH_REGS, note_crash_regs },
	{ "Xen", XEN_ELFNOTE_CRASH_INFO, note_crash_info },
	{ "VMCOREINFO_XEN", 0, note_vmcoreinfo_xen },
	{ "VMCOREINFO", 0, note_vmcoreinfo },
	{ "QEMU", 0, note_qemu },
	{ OWN_NOTE_NAME, OWN_NOTE_DOMAIN, note_domain },
	{ OWN_NOTE_NAME, OWN_NOTE_EMPTY, note_domain },
	{ OWN_NOTE_NAME, OWN_NOTE_PANIC, note_panic },
};

static struct err *take_note(struct notes *n, const struct note *note)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known_notes); i++)
		if (note->type == known_notes[i].type &&
		    !strcmp(note->name, known_notes[i].name))
			return known_notes[i].fn(n, note);
	return NULL;
}

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static struct err *parse(struct notes *n, const unsigned char *bytes, size_t len)
{
	size_t at = 0;

	while (len - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr h;
		char name[32] = "";
		struct note note = { .name = name };
		size_t left;

		memcpy(&h, bytes + at, sizeof(h));
		at += sizeof(h);
		left = len - at;
		/* Padding after the last note, up to the end of the page, is zero. */
		if (!h.n_namesz && !h.n_descsz && !h.n_type)
			continue;
		if (h.n_namesz > left || align4(h.n_namesz) > left ||
		    h.n_descsz > left - align4(h.n_namesz))
			return err_new(ERR_CORRUPT,
				       "note at offset %zu runs past the end of its segment",
				       at - sizeof(h));
		memcpy(name, bytes + at,
		       h.n_namesz < sizeof(name) - 1 ? h.n_namesz : sizeof(name) - 1);
		at += align4(h.n_namesz);
		note.type = h.n_type;
		note.desc = bytes + at;
		note.size = h.n_descsz;
		ERR_TRY(take_note(n, &note));
		left = len - at;
		at += align4(h.n_descsz) < left ? align4(h.n_descsz) : left;
	}
	return NULL;
}

struct err *notes_parse(const void *bytes, size_t len, struct notes **ret)
{
	struct notes *n = calloc(1, sizeof(*n));
	struct err *e;

	if (!n)
		return err_nomem();
	n->raw = malloc(len ? len : 1);
	if (!n->raw) {
		notes_destroy(n);
		return err_nomem();
	}
	memcpy(n->raw, bytes, len);
	n->raw_len = len;
	e = parse(n, bytes, len);
	if (e) {
		notes_destroy(n);
		return e;
	}
	*ret = n;
	return NULL;
}

void notes_destroy(struct notes *n)
{
	if (!n)
		return;
	free(n->pcpu);
	free(n->vmcoreinfo_xen);
	free(n->vmcoreinfo);
	free(n->raw);
	free(n);
}

bool notes_are_xen(const struct notes *n)
{
	return n->has_crash_info || n->vmcoreinfo_xen;
}

struct err *notes_vmcoreinfo_xen(const struct notes *n, const char *key,
				 uint64_t *ret)
{
	const char *line = n->vmcoreinfo_xen;
	size_t len = strlen(key);
	int base = strncmp(key, "SYMBOL(", 7) ? 10 : 16;

	while (line && *line) {
		if (!strncmp(line, key, len) && line[len] == '=') {
			char *end;
			uint64_t v = strtoull(line + len + 1, &end, base);

			if (end == line + len + 1 || (*end && *end != '\n'))
				return err_new(ERR_CORRUPT,
					       "VMCOREINFO_XEN: %s is not a number", key);
			*ret = v;
			return NULL;
		}
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return err_new(ERR_NOT_FOUND, "VMCOREINFO_XEN has no %s", key);
}
