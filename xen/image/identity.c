/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity of a hypervisor, from small functions that return a constant
 * (common/version.c, 4.4 to master). Their first instructions load it: "lea
 * disp32(%rip),%rax" for strings, "mov $imm32,%eax" for numbers. Neither
 * instruction is patched at run time, so memory can be read like a file.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "internal.h"

#define CODE_SIZE	32
#define STRING_MAX	512

struct source {
	const struct symbols *symbols;
	image_read_fn read;
	void *ctx;
};

/* One string and the functions that return it: Xen's own first, then Debian's. */
static const struct {
	size_t at;		/* offset of a char * in struct image_identity */
	const char *functions[2];
} strings[] = {
#define AT(m) offsetof(struct image_identity, m)
	{ AT(extra), { "xen_extra_version" } },
	{ AT(changeset), { "xen_changeset" } },
	{ AT(compiler), { "xen_compiler" } },
	{ AT(compiled_by),
	  { "xen_compile_by", "xen_compile_system_maintainer_local" } },
	{ AT(compile_domain),
	  { "xen_compile_domain", "xen_compile_system_maintainer_domain" } },
	{ AT(compile_date), { "xen_compile_date" } },
	{ AT(build_info), { "xen_build_info" } },
	{ AT(distribution), { "xen_compile_system_distribution" } },
	{ AT(package_version), { "xen_compile_system_version" } },
#undef AT
};

/*
 * Before 4.15 no string has the debug flag. Only debug=y builds have the first
 * function; all have the second (common/spinlock.c).
 */
static const char debug_function[] = "spin_debug_enable";
static const char any_function[] = "_spin_lock";

/*
 * Target of the jump that a livepatch wrote at the start of a function
 * (asm/livepatch.h of x86), in Xen 4.17 and later after endbr64; 0: no jump.
 */
static uint64_t replacement(uint64_t va, const uint8_t *code)
{
	unsigned int at = memcmp(code, "\xf3\x0f\x1e\xfa", 4) ? 0 : 4;

	if (code[at] != 0xe9)
		return 0;
	return va + at + 5 + (int32_t)get_le32(code + at + 1);
}

/*
 * Reads the first bytes of a function, or of its replacement; *ok is false if
 * they cannot be read.
 */
static struct err *read_code(const struct source *s, const char *name,
			     uint8_t *code, uint64_t *va, bool *ok)
{
	const struct symbol *sym = symbols_next_match(s->symbols, name, NULL);
	struct err *e;

	*ok = false;
	if (!sym)
		return NULL;
	*va = sym->addr;
	e = s->read(s->ctx, sym->addr, code, CODE_SIZE);
	if (!e && replacement(*va, code)) {
		*va = replacement(*va, code);
		e = s->read(s->ctx, *va, code, CODE_SIZE);
	}
	if (err_is_final(e))
		return e;
	*ok = !e;
	err_free(e);
	return NULL;
}

/* The text is NULL if it is not a printable string. */
static struct err *read_string(const struct source *s, uint64_t va,
			       char **text)
{
	char buf[STRING_MAX];

	*text = NULL;
	for (size_t n = 0; n + 1 < sizeof(buf); n++) {
		struct err *e = s->read(s->ctx, va + n, buf + n, 1);

		if (err_is_final(e))
			return e;
		if (e) {
			err_free(e);
			return NULL;
		}
		if (!buf[n]) {
			*text = strdup(buf);
			return *text ? NULL : err_nomem();
		}
		if ((unsigned char)buf[n] < ' ' && buf[n] != '\t')
			return NULL;
	}
	return NULL;
}

static struct err *string_of(const struct source *s, const char *function,
			     char **text)
{
	uint8_t code[CODE_SIZE];
	uint64_t va;
	bool ok;

	*text = NULL;
	ERR_TRY(read_code(s, function, code, &va, &ok));
	for (unsigned int i = 0; ok && i + 7 <= CODE_SIZE; i++)
		if (code[i] == 0x48 && code[i + 1] == 0x8d && code[i + 2] == 0x05)
			return read_string(s, va + i + 7 +
					   (int32_t)get_le32(code + i + 3), text);
	return NULL;
}

/* Version numbers are small: all bytes except the first are 0. */
static struct err *number_of(const struct source *s, const char *function,
			     unsigned int *ret, bool *found)
{
	uint8_t code[CODE_SIZE];
	uint64_t va;
	bool ok;

	*found = false;
	ERR_TRY(read_code(s, function, code, &va, &ok));
	for (unsigned int i = 0; ok && i + 5 <= CODE_SIZE; i++) {
		if (code[i] != 0xb8 || get_le32(code + i + 1) > 255)
			continue;
		*ret = code[i + 1];
		*found = true;
		break;
	}
	return NULL;
}

static struct err *read_version(const struct source *s,
				struct image_identity *id)
{
	bool have_major, have_minor;

	ERR_TRY(number_of(s, "xen_major_version", &id->major, &have_major));
	ERR_TRY(number_of(s, "xen_minor_version", &id->minor, &have_minor));
	if (!have_major || !have_minor) {
		id->major = id->minor = 0;
		return NULL;
	}
	if (asprintf(&id->version, "%u.%u%s", id->major, id->minor,
		     id->extra ? id->extra : "") < 0) {
		id->version = NULL;
		return err_nomem();
	}
	return NULL;
}

static enum image_tri read_debug(const struct source *s,
				 const struct image_identity *id)
{
	if (id->build_info) {
		if (!strncmp(id->build_info, "debug=y", 7))
			return IMAGE_YES;
		return strncmp(id->build_info, "debug=n", 7) ?
			IMAGE_NOT_KNOWN : IMAGE_NO;
	}
	if (symbols_next_match(s->symbols, debug_function, NULL))
		return IMAGE_YES;
	return symbols_next_match(s->symbols, any_function, NULL) ?
		IMAGE_NO : IMAGE_NOT_KNOWN;
}

/*
 * print_version() of common/version.c, console_init_preirq() before 4.20;
 * Debian's has the package before the compiler's user.
 */
static struct err *make_banner(struct image_identity *id)
{
	bool package = id->distribution && id->package_version;
	const char *info = id->build_info;

	if (!info)
		info = id->debug == IMAGE_YES ? "debug=y" :
		       id->debug == IMAGE_NO ? "debug=n" : "debug=?";
	free(id->banner);
	id->banner = NULL;
	if (!id->version || !id->compiler || !id->compile_date)
		return NULL;
	if (asprintf(&id->banner, "Xen version %s %s%s%s%s%s(%s@%s) (%s) %s %s",
		     id->version, package ? "(" : "",
		     package ? id->distribution : "", package ? " " : "",
		     package ? id->package_version : "", package ? ") " : "",
		     id->compiled_by ? id->compiled_by : "",
		     id->compile_domain ? id->compile_domain : "",
		     id->compiler, info, id->compile_date) < 0) {
		id->banner = NULL;
		return err_nomem();
	}
	return NULL;
}

static struct err *read_all(const struct source *s, struct image_identity *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		char **text = (char **)((char *)id + strings[i].at);

		for (size_t f = 0; f < 2 && !*text; f++)
			if (strings[i].functions[f])
				ERR_TRY(string_of(s, strings[i].functions[f],
						  text));
	}
	ERR_TRY(read_version(s, id));
	id->debug = read_debug(s, id);
	return make_banner(id);
}

struct err *image_identity_read(const struct symbols *symbols,
				image_read_fn read, void *ctx,
				struct image_identity *ret)
{
	struct source s = { symbols, read, ctx };
	struct image_identity id = { .debug = IMAGE_NOT_KNOWN };
	struct err *e = read_all(&s, &id);

	if (e) {
		image_identity_clear(&id);
		return e;
	}
	*ret = id;
	return NULL;
}

struct err *image_identity_set_debug(struct image_identity *id,
				     enum image_tri debug)
{
	id->debug = debug;
	return make_banner(id);
}

void image_identity_clear(struct image_identity *id)
{
	free(id->version);
	free(id->extra);
	free(id->changeset);
	free(id->compiler);
	free(id->compiled_by);
	free(id->compile_domain);
	free(id->compile_date);
	free(id->build_info);
	free(id->distribution);
	free(id->package_version);
	free(id->banner);
	memset(id, 0, sizeof(*id));
	id->debug = IMAGE_NOT_KNOWN;
}
