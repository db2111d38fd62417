/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmcoreinfo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/bytes.h"

static const char name[] = "VMCOREINFO";
static const char first_key[] = "OSRELEASE=";

bool vmcoreinfo_header(const void *bytes, unsigned int *len)
{
	const unsigned char *p = bytes;
	uint32_t size = get_le32(p + 4);

	if (get_le32(p) != sizeof(name) || get_le32(p + 8) ||
	    memcmp(p + 12, name, sizeof(name)) || !size || size > VMCOREINFO_MAX)
		return false;
	*len = size;
	return true;
}

static bool is_text(unsigned char c)
{
	return c == '\n' || (c >= ' ' && c < 0x7f);
}

struct err *vmcoreinfo_take(const void *text, size_t len,
			    struct vmcoreinfo *ret)
{
	const char *p = text;
	size_t n = 0;

	if (len > VMCOREINFO_MAX)
		len = VMCOREINFO_MAX;
	while (n < len && is_text(p[n]))
		n++;
	if (n < strlen(first_key) || memcmp(p, first_key, strlen(first_key)))
		return err_new(ERR_CORRUPT, "VMCOREINFO does not begin with OSRELEASE");
	memcpy(ret->text, p, n);
	ret->text[n] = '\0';
	ret->len = n;
	return NULL;
}

/* Returns the value of a key and its length; NULL if the key is missing. */
static const char *find(const struct vmcoreinfo *v, const char *key,
			size_t *len)
{
	size_t key_len = strlen(key);
	const char *line = v->text;

	while (*line) {
		const char *end = strchrnul(line, '\n');

		if (!strncmp(line, key, key_len) && line[key_len] == '=') {
			*len = end - (line + key_len + 1);
			return line + key_len + 1;
		}
		line = *end ? end + 1 : end;
	}
	return NULL;
}

bool vmcoreinfo_text(const struct vmcoreinfo *v, const char *key, char *buf,
		     size_t size)
{
	size_t len;
	const char *value = find(v, key, &len);

	if (!value)
		return false;
	snprintf(buf, size, "%.*s", (int)len, value);
	return true;
}

static bool number(const struct vmcoreinfo *v, const char *key, bool hex,
		   uint64_t *ret)
{
	char text[32], *end;
	size_t len;
	const char *value = find(v, key, &len);
	uint64_t n;
	int base;

	if (!value || !len || len >= sizeof(text) ||
	    strspn(value, "-0123456789abcdefABCDEFxX") < len)
		return false;
	memcpy(text, value, len);
	text[len] = '\0';
	base = hex || !strncmp(text, "0x", 2) ? 16 : 10;
	errno = 0;
	n = *text == '-' ? (uint64_t)strtoll(text, &end, base)
			 : strtoull(text, &end, base);
	if (errno || *end || end == text)
		return false;
	*ret = n;
	return true;
}

bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *key,
		       uint64_t *ret)
{
	return number(v, key, false, ret);
}

bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *ret)
{
	return number(v, key, true, ret);
}

bool vmcoreinfo_symbol(const struct vmcoreinfo *v, const char *symbol,
		       uint64_t *va)
{
	char key[64];

	snprintf(key, sizeof(key), "SYMBOL(%s)", symbol);
	return number(v, key, true, va);
}
