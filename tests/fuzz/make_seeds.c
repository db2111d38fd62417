/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the seeds of the image fuzzers from the made hypervisor of the unit
 * tests: make_seeds DIR, with DIR tests/fuzz/seeds. Has to be run again when
 * the format of tests/unit/made_xen.h changes:
 *
 *   cc -std=gnu11 -D_GNU_SOURCE -I. tests/fuzz/make_seeds.c build/libcore.a -lz -o make_seeds
 */
#include <sys/stat.h>

#include "tests/unit/made_dump.h"
#include "tests/unit/made_formats.h"
#include "tests/unit/made_guest.h"
#include "tests/unit/made_store.h"

static const char *seeds;
static struct made made;

static void put(const char *fuzzer, const char *name, const void *bytes,
		size_t len)
{
	char path[512];
	FILE *fp;

	snprintf(path, sizeof(path), "%s/%s", seeds, fuzzer);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", seeds, fuzzer, name);
	fp = fopen(path, "w");
	if (!fp || fwrite(bytes, 1, len, fp) != len || fclose(fp)) {
		perror(path);
		exit(1);
	}
}

static void put_made(const char *name, uint8_t *bytes, size_t len)
{
	put("image", name, bytes, len);
	free(bytes);
}

static void put_map(void)
{
	char text[4096], *p = text;

	for (size_t i = 0; i < made.nr_symbols; i++) {
		const struct made_symbol *s = &made.symbol[i];

		p += sprintf(p, "%#lx %c %s%s%s\n", made.va + s->at, s->type,
			     s->file, *s->file ? "#" : "", s->name);
	}
	put("map", "xen-syms.map", text, p - text);
	put("image", "xen-syms.map", text, p - text);
}

static void put_tables(void)
{
	static const char *const names[] = { "", "4.4", "4.7", "4.21", "4.22" };

	for (int t = TABLE_4_4; t <= TABLE_4_22; t++) {
		struct made_options o = { .table = t };

		made_init(&made, &o);
		put("embedded", names[t], made.payload + made.rodata,
		    made.erodata - made.rodata);
	}
}

/*
 * Layout of locate_fuzz.c: top table, L3 and L2 from 0x5000 on, then the bytes
 * at 14 MiB.
 */
static void put_memory(const char *name, const struct made_options *o)
{
	uint64_t virt = o->virt_start ? o->virt_start : MADE_NEW;
	static uint8_t bytes[0x3000 + sizeof(made.payload)];
	uint8_t *image = bytes + 0x3000;

	made_init(&made, o);
	memset(bytes, 0, sizeof(bytes));
	memcpy(image, made.payload, made.size);
	made_put32(image + 8, 0x1badb002);
	made_put32(image + 12, 3);
	made_put32(image + 16, -(0x1badb002 + 3));
	made_put64(bytes + (virt >> 39 & 511) * 8, 0x6003);
	made_put64(bytes + 0x1000 + (virt >> 30 & 511) * 8, 0x7003);
	made_put64(bytes + 0x2000 + ((virt + MADE_IMG_OFFSET) >> 21 & 511) * 8,
		   14 << 20 | 0x83);
	memcpy(image + made.page_table, bytes, 4096);
	put("locate", name, bytes, 0x3000 + made.mem_size);
}

/* Writes two parts, preceded by the length of the first. */
static void put_split(const char *name, uint64_t middle, uint64_t start)
{
	static uint8_t bytes[4 + 32 * 4096];
	uint32_t one = made_kdump(bytes + 4, 0, middle);
	size_t two = made_kdump(bytes + 4 + one, start, MADE_PAGES);

	memcpy(bytes, &one, sizeof(one));
	put("split", name, bytes, 4 + one + two);
}

static struct made_guest guest;

static void put_guest(const char *name, void (*make)(struct made_guest *m))
{
	static unsigned char bytes[2 + VMCOREINFO_MAX + 0x2000];
	size_t len;

	make(&guest);
	len = guest.info.len;
	made_put16(bytes, len);
	memcpy(bytes + 2, guest.info.text, len);
	memcpy(bytes + 2 + len, guest.ram, 0x1c00);
	put("guest", name, bytes, 2 + len + 0x1c00);
}

/* A heap that contains the store, in the order of its addresses. */
static void put_heap(const char *name)
{
	uint8_t heap[2 * XPAGE_SIZE];
	size_t i;

	for (i = 0; i < sizeof(heap); i++)
		heap[i] = ram[heap_frame(i >> XPAGE_SHIFT) + i % XPAGE_SIZE];
	i = heap_end - HEAP;
	put("xenstore", name, heap, i < sizeof(heap) ? i : sizeof(heap));
}

static void put_stores(void)
{
	static const struct made_node nodes[] = {
		{ "/", "", "a\0b", 4, 0, 0, 0, 0, 1 },
		{ "/a", "1", NULL, 0, 0, 0, 1, 1, 2 },
		{ "/b", "2", NULL, 0, 2, 2, 0, 0, 3 },
	};
	static const uint32_t versions[] = { 0x2601196d, 0x2601196e };
	static const char *const names[] = { "tdb-old", "tdb" };
	uint64_t heads, va;
	unsigned int i, k;

	made_process("xenstored");
	made_table(3, &heads);
	for (i = 0; i < 3; i++)
		heap_u64(heads + 8 * i, made_hash_entry(0, &nodes[i]));
	put_heap("hash");
	for (k = 0; k < 2; k++) {
		made_process("xenstored");
		va = made_database(versions[k]);
		for (i = 0; i < 3; i++)
			made_tdb_record(va, k ? FORM_GENERATION : FORM_OLD, i, 0,
					&nodes[i]);
		put_heap(names[k]);
	}
	put("xenstore", "tables", ram + MADE_ROOT, 9 * XPAGE_SIZE);
}

/* A ring with three outstanding requests, and one of netfront's buffers. */
static void put_rings(void)
{
	uint32_t words[16 + 512] = { 148, 147, 145, 146 };

	put("ring", "requests", words, 64);
	words[0] = 269;
	words[1] = 1;
	words[2] = 13;
	words[3] = 14;
	for (uint32_t i = 0; i < 256; i++)
		words[16 + 2 * i] = i;
	put("ring", "buffers", words, sizeof(words));
}

int main(int argc, char **argv)
{
	struct made_options o = { .table = TABLE_4_21, .build_info = "debug=y" };
	struct made_options old = { .table = TABLE_4_4, .alt12 = true,
				    .virt_start = MADE_OLD, .no_build_id = true };
	uint8_t *bytes, *gz;
	size_t len;

	if (argc != 2)
		return 2;
	seeds = argv[1];
	put_tables();
	made_init(&made, &old);
	bytes = made_wrapper(&made, &len);
	put_made("xen-4.4", bytes, len);
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	gz = made_gzip(bytes, len, &len);
	put_made("xen.gz", gz, len);
	free(bytes);
	bytes = made_elf64(&made, MADE_DWARF, &len);
	put_made("xen-syms", bytes, len);
	bytes = made_elf64(&made, MADE_SPLIT, &len);
	put_made("xen-syms.debug", bytes, len);
	bytes = made_pe(&made, &len);
	put("note", "buildid", bytes + len - 0x35, 0x35);
	put_made("xen.efi", bytes, len);
	put("note", "gnu", made.payload + made.note, 36);
	put_map();
	put("map", "kallsyms", "ffffffff81000000 T _text\nffffffffc0000000 t f\t[m]\n", 51);
	put("map", "nm", "                 U x\nffff82d080200000 T _stext\n", 47);
	put_memory("own-table", &o);
	put_memory("root", &old);
	put_guest("lockless", made_guest_lockless);
	put_guest("records", made_guest_records);
	put_guest("characters", made_guest_characters);
	put_guest("kallsyms", made_guest_kallsyms);
	put_stores();
	put_rings();
	put_split("parts", 3, 3);
	put_split("overlap", 5, 3);
	put("image", "vmcore", "KDUMP   \6\0\0\0", 12);
	put("image", "Module.symvers", "0x12345678\tf\tvmlinux\tEXPORT_SYMBOL\n", 35);
	return 0;
}
