/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes ELF cores, notes and page tables, valid or corrupt, for unit tests. */
#ifndef TESTS_CORE_H
#define TESTS_CORE_H

#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bytes {
	unsigned char at[1 << 16];
	size_t len;
};

static inline void put(struct bytes *b, const void *from, size_t len)
{
	if (len > sizeof(b->at) - b->len)
		abort();
	memcpy(b->at + b->len, from, len);
	b->len += len;
}

static inline void put_note(struct bytes *b, const char *name, uint32_t type,
			    const void *desc, uint32_t size)
{
	Elf64_Nhdr h = { strlen(name) + 1, size, type };
	static const char pad[4];

	put(b, &h, sizeof(h));
	put(b, name, h.n_namesz);
	put(b, pad, -h.n_namesz & 3);
	put(b, desc, size);
	put(b, pad, -size & 3);
}

/* An NT_PRSTATUS with the given rip and rsp. */
static inline void put_prstatus(struct bytes *b, uint64_t rip, uint64_t rsp)
{
	unsigned char desc[336] = { 0 };

	memcpy(desc + 112 + 16 * 8, &rip, 8);
	memcpy(desc + 112 + 19 * 8, &rsp, 8);
	put_note(b, "CORE", NT_PRSTATUS, desc, sizeof(desc));
}

/* A core with one PT_NOTE and PT_LOADs; returns the path, which the caller unlinks. */
struct load {
	uint64_t maddr;
	const void *bytes;
	size_t len;
};

static inline char *make_core(const struct bytes *notes, const struct load *load,
			      unsigned int nr)
{
	Elf64_Ehdr eh = { .e_type = ET_CORE, .e_machine = EM_X86_64,
			  .e_phoff = sizeof(eh), .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = nr + 1, .e_ehsize = sizeof(eh) };
	uint64_t at = sizeof(eh) + (nr + 1) * sizeof(Elf64_Phdr);
	Elf64_Phdr ph = { .p_type = PT_NOTE, .p_offset = at, .p_filesz = notes->len };
	char *path = strdup("/tmp/crash-xen-test.XXXXXX");
	FILE *f = fdopen(mkstemp(path), "w");
	unsigned int i;

	memcpy(eh.e_ident, ELFMAG, SELFMAG);
	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	fwrite(&eh, sizeof(eh), 1, f);
	fwrite(&ph, sizeof(ph), 1, f);
	at += notes->len;
	for (i = 0; i < nr; i++) {
		Elf64_Phdr l = { .p_type = PT_LOAD, .p_offset = at,
				 .p_paddr = load[i].maddr,
				 .p_filesz = load[i].len, .p_memsz = load[i].len };

		fwrite(&l, sizeof(l), 1, f);
		at += load[i].len;
	}
	fwrite(notes->at, 1, notes->len, f);
	for (i = 0; i < nr; i++)
		fwrite(load[i].bytes, 1, load[i].len, f);
	fclose(f);
	return path;
}

#endif
