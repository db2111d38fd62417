/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of units by their bytes are those that libdw finds, in the output of real
 * compilers, and in the file that is named as an argument.
 */
#include "tests/unit/types_fixture/fixture.h"

#include <dwarf.h>
#include <stdio.h>

#include "xen/symbols/dwarf_open.h"
#include "xen/symbols/units.h"
#include "xen/types/entries.h"

/* Steps of a walk by libdw. */
static bool next_by_libdw(const Dwarf_Die *unit, Dwarf_Die *die, enum type_class *class)
{
	while (die_next_child(unit, die)) {
		*class = class_of_tag(die_tag(die));
		if (*class != NR_CLASSES)
			return true;
	}
	return false;
}

static void check_entry(const struct top_entry *e, const Dwarf_Die *die, enum type_class class)
{
	const char *name = die_name(die), *found = entry_name(e);

	assert_ptr_equal(e->die.addr, die->addr);
	assert_int_equal(e->class, class);
	assert_int_equal(!name, !found);
	if (name)
		assert_string_equal(found, name);
	assert_int_equal(entry_rank(e), die_rank(class, die));
	/* the entry serves libdw's functions */
	assert_int_equal(class_of_tag(die_tag(&e->die)), class);
}

struct counts {
	unsigned int units, entries, known, asked;
};

static void check_unit(struct entries *w, Dwarf *dwarf, const Dwarf_Die *unit, struct counts *n)
{
	Dwarf_Die die = { .addr = NULL };
	enum type_class class;
	struct top_entry e;

	assert_ok(entries_start(w, dwarf, unit));
	n->units++;
	n->known += w->known;
	while (next_by_libdw(unit, &die, &class)) {
		assert_true(entries_next(w, &e));
		check_entry(&e, &die, class);
		n->entries++;
		n->asked += e.ask;
	}
	assert_false(entries_next(w, &e));
}

static struct counts check_all(Elf *elf)
{
	struct counts n = { 0 };
	struct entries w = { .dwarf = NULL };
	struct units u = { .dwarf = NULL };
	Dwarf_Die unit;
	Dwarf *dwarf;

	assert_ok(dwarf_open(elf, &dwarf));
	u.dwarf = dwarf;
	while (units_next(&u, &unit))
		check_unit(&w, dwarf, &unit, &n);
	entries_free(&w);
	dwarf_end(dwarf);
	return n;
}

static void as_libdw(void **state)
{
	(void)state;
	for (const struct compiler *c = compilers; c->cc; c++) {
		struct fixture *f = calloc(1, sizeof(*f));
		struct counts n;

		assert_non_null(f);
		if (fixture_compile(f, c->cc, c->flags)) {
			fixture_load(f);
			n = check_all(f->elf);
			printf("%s %s: %u units, %u entries, %u by libdw\n", c->cc, c->flags,
			       n.units, n.entries, n.asked);
			assert_true(n.units >= 2 && n.entries > 40);
			assert_int_equal(n.known, n.units);
			/* clang refers to names of DWARF 5 by numbers */
			if (strcmp(c->cc, "clang"))
				assert_true(n.asked < n.entries / 10);
		}
		fixture_unload(f);
		free(f);
	}
}

static void walk_all(Elf *elf)
{
	struct entries w = { .dwarf = NULL };
	struct units u = { .dwarf = NULL };
	struct top_entry e;
	Dwarf *dwarf = NULL;
	Dwarf_Die unit;

	err_free(dwarf_open(elf, &dwarf));
	u.dwarf = dwarf;
	while (dwarf && units_next(&u, &unit)) {
		assert_ok(entries_start(&w, dwarf, &unit));
		while (entries_next(&w, &e))
			if (e.text)
				entry_name(&e);
	}
	entries_free(&w);
	dwarf_end(dwarf);
}

static GElf_Shdr find_section(Elf *elf, const char *name)
{
	Elf_Scn *scn = NULL;
	size_t index;
	GElf_Shdr sh;

	assert_int_equal(elf_getshdrstrndx(elf, &index), 0);
	while ((scn = elf_nextscn(elf, scn))) {
		assert_non_null(gelf_getshdr(scn, &sh));
		if (!strcmp(elf_strptr(elf, index, sh.sh_name), name))
			return sh;
	}
	fail_msg("no section %s", name);
	return sh;
}

/* Replaces a byte of a section. */
static void damage_byte(Elf *elf, char *bytes, unsigned int round)
{
	GElf_Shdr sh = find_section(elf, round % 2 ? ".debug_abbrev" : ".debug_info");

	bytes[sh.sh_offset + rand() % sh.sh_size] = rand();
}

/* Leaves the first unit one abbreviation, without attributes. */
static void remove_attributes(Elf *elf, char *bytes, unsigned int round)
{
	static const char table[] = { 1, DW_TAG_compile_unit, 1, 0, 0, 0 };
	static const size_t head_size = 12;	/* of a unit in DWARF 5 */

	(void)round;
	memcpy(&bytes[find_section(elf, ".debug_abbrev").sh_offset], table, sizeof(table));
	bytes[find_section(elf, ".debug_info").sh_offset + head_size] = 1;
}

/* Walks the units of the fixture, damaged anew in each round. */
static void walk_damaged(unsigned int rounds,
			 void (*damage)(Elf *elf, char *bytes, unsigned int round))
{
	struct fixture *f = calloc(1, sizeof(*f));
	char *bytes;
	off_t size;

	assert_non_null(f);
	assert_true(fixture_compile(f, "cc", "-gdwarf-5"));
	fixture_load(f);
	size = lseek(f->fd, 0, SEEK_END);
	bytes = malloc(size);
	assert_non_null(bytes);
	for (unsigned int i = 0; i < rounds; i++) {
		Elf *elf;

		assert_int_equal(pread(f->fd, bytes, size, 0), size);
		elf = elf_memory(bytes, size);
		assert_non_null(elf);
		damage(elf, bytes, i);
		walk_all(elf);
		elf_end(elf);
	}
	free(bytes);
	fixture_unload(f);
	free(f);
}

/* Any bytes: the walk ends in the unit, as ASan verifies. */
static void damaged(void **state)
{
	(void)state;
	walk_damaged(400, damage_byte);
}

static void no_attributes(void **state)
{
	(void)state;
	walk_damaged(1, remove_attributes);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_libdw),
		cmocka_unit_test(damaged),
		cmocka_unit_test(no_attributes),
	};

	if (argc > 1) {
		int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
		struct counts n;

		elf_version(EV_CURRENT);
		n = check_all(elf_begin(fd, ELF_C_READ_MMAP, NULL));
		printf("%s: %u units, %u entries, %u by libdw\n", argv[1], n.units, n.entries,
		       n.asked);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
