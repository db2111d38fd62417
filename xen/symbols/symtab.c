/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF symbol table of xen-syms or xen.efi.elf.
 */
#include "build.h"

#include <ctype.h>
#include <gelf.h>

#include "elf_names.h"

/* The table being read. */
struct table {
	Elf *elf;
	struct elf_names strings, sections;
	const char *file;	/* of the next local symbols, or NULL */
};

/* The letter nm(1) prints, from the flags of the symbol's section. */
static char section_letter(const GElf_Shdr *sh)
{
	if (sh->sh_flags & SHF_EXECINSTR)
		return 't';
	if (sh->sh_type == SHT_NOBITS)
		return 'b';
	return sh->sh_flags & SHF_WRITE ? 'd' : 'r';
}

static bool elf_section(Elf *elf, size_t index, GElf_Shdr *sh)
{
	Elf_Scn *scn = elf_getscn(elf, index);

	return scn && gelf_getshdr(scn, sh);
}

static char symbol_letter(Elf *elf, const GElf_Sym *sym)
{
	unsigned int bind = GELF_ST_BIND(sym->st_info);
	char letter = 'a';
	GElf_Shdr sh;

	if (sym->st_shndx != SHN_ABS) {
		if (sym->st_shndx >= SHN_LORESERVE ||
		    !elf_section(elf, sym->st_shndx, &sh) ||
		    !(sh.sh_flags & SHF_ALLOC))
			return 0;
		letter = section_letter(&sh);
	}
	if (bind == STB_WEAK)
		return 'W';
	return bind == STB_LOCAL ? letter : toupper(letter);
}

static enum symbol_rank symbol_rank(const GElf_Sym *sym)
{
	unsigned int type = GELF_ST_TYPE(sym->st_info);
	bool local = GELF_ST_BIND(sym->st_info) == STB_LOCAL;

	if (type == STT_SECTION)
		return RANK_SECTION;
	if (type == STT_FUNC || type == STT_OBJECT)
		return local ? RANK_TYPED : RANK_TYPED_GLOBAL;
	return local ? RANK_PLAIN : RANK_GLOBAL;
}

/*
 * As in Xen's tools/symbols.c, an STT_FILE is the file of the local symbols
 * that follow, up to the next STT_FILE.
 */
static struct err *add_symbol(struct symbols *s, struct table *t, const GElf_Sym *sym)
{
	const char *name = elf_name_at(&t->strings, sym->st_name);
	struct symbol out = { .addr = sym->st_value, .size = sym->st_size };
	GElf_Shdr sh;

	if (GELF_ST_TYPE(sym->st_info) == STT_FILE) {
		t->file = name && *name ? name : NULL;
		return NULL;
	}
	if (sym->st_shndx == SHN_UNDEF)
		return NULL;
	out.type = symbol_letter(t->elf, sym);
	if (!out.type)
		return NULL;
	if (GELF_ST_TYPE(sym->st_info) == STT_SECTION &&
	    elf_section(t->elf, sym->st_shndx, &sh))
		name = elf_name_at(&t->sections, sh.sh_name);
	if (!name || !*name)
		return NULL;
	out.name = name;
	if (GELF_ST_BIND(sym->st_info) == STB_LOCAL)
		out.file = t->file;
	return symbols_add(s, &out, symbol_rank(sym), NULL);
}

static struct err *read_table(struct symbols *s, Elf *elf, Elf_Scn *scn,
			      const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	struct table t = { elf, elf_names_of(elf, sh->sh_link), { NULL, 0 }, NULL };
	size_t names;
	GElf_Sym sym;

	if (!data)
		return err_new(ERR_CORRUPT, "its symbol table cannot be read: %s",
			       elf_errmsg(-1));
	if (!elf_getshdrstrndx(elf, &names))
		t.sections = elf_names_of(elf, names);
	for (int i = 0; gelf_getsym(data, i, &sym); i++) {
		if (!(i & 0xfff))
			ERR_TRY(interrupt_check());
		ERR_TRY(add_symbol(s, &t, &sym));
	}
	return NULL;
}

static struct err *read_elf(struct symbols *s, Elf *elf)
{
	Elf_Scn *scn = NULL, *table = NULL;
	GElf_Shdr sh, table_sh;

	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &sh))
			continue;
		if (sh.sh_type == SHT_SYMTAB) {
			table = scn;
			table_sh = sh;
		}
		if ((sh.sh_flags & SHF_ALLOC) && sh.sh_size &&
		    sh.sh_addr + sh.sh_size > sh.sh_addr)
			ERR_TRY(symbols_add_section(s, sh.sh_addr,
						    sh.sh_addr + sh.sh_size));
	}
	if (!table)
		return err_new(ERR_NO_SYMBOL, "it has no symbol table (stripped)");
	ERR_TRY(read_table(s, elf, table, &table_sh));
	return symbols_finish(s);
}

struct err *symbols_from_elf(Elf *elf, struct symbols **ret)
{
	struct symbols *s;
	struct err *e;

	ERR_TRY(symbols_create(&s));
	e = read_elf(s, elf);
	if (e) {
		symbols_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}
