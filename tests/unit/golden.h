/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expected outputs in a file: "== REQUEST" and the lines of its output. The
 * addresses in the fixture depend on the compiler, so they become ADDR.
 * Included after the fixture's header.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <ctype.h>
#include <stdio.h>

typedef struct err *golden_fn(struct fixture *f, const char *request, FILE *fp);

/* Address in the image, or in the directmap of host_fixture */
static inline bool golden_is_address(const char *p)
{
	return !strncmp(p, "ffff82d0400", 11) || !strncmp(p, "ffff830001", 10);
}

/* Addresses of 16 hex digits, with or without 0x, become ADDR, the version of this program N. */
static inline void golden_normalise(char *text)
{
	static const char program[] = "\"crash-xen ";
	char *in = text, *out = text;

	while (*in) {
		char *p = strncmp(in, "0x", 2) ? in : in + 2;
		size_t n = strspn(p, "0123456789abcdef");

		if (!strncmp(in, program, strlen(program))) {
			in += strlen(program);
			in += strcspn(in, "\"");
			memcpy(out, program, strlen(program));
			out += strlen(program);
			*out++ = 'N';
		} else if (n == 16 && golden_is_address(p)) {
			out = stpcpy(out, "ADDR");
			in = p + n;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
}

/* The output of the request, or "error: TEXT"; the caller frees it. */
static inline char *golden_answer(struct fixture *f, golden_fn *fn,
				  const char *request)
{
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err *e;

	assert_non_null(fp);
	e = fn(f, request, fp);
	if (e)
		fprintf(fp, "error: %s\n", err_text(e));
	err_free(e);
	fclose(fp);
	golden_normalise(text);
	return text;
}

static inline char *golden_load(const char *path)
{
	FILE *fp = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(fp);
	assert_true(fread(text, 1, (1 << 20) - 1, fp) > 0);
	fclose(fp);
	return text;
}

/*
 * Calls each for every entry, with the request and the expected output. Both
 * are parts of text, which is modified.
 */
static inline unsigned int golden_each(char *text,
				       void (*each)(const char *request,
						    const char *expected,
						    void *arg), void *arg)
{
	unsigned int n = 0;

	while (*text) {
		char *request = text + 3, *body, *next;

		assert_int_equal(strncmp(text, "== ", 3), 0);
		body = strchr(text, '\n');
		assert_non_null(body);
		*body++ = '\0';
		next = strncmp(body, "== ", 3) ? strstr(body, "\n== ") : body - 1;
		if (next)
			*next++ = '\0';
		else
			body[strlen(body) - 1] = '\0';
		each(request, next == body ? "" : body, arg);
		if (!next)
			return n + 1;
		text = next;
		n++;
	}
	return n;
}

struct golden {
	struct fixture *f;
	golden_fn *fn;
	unsigned int bad;
};

static inline void golden_check(const char *request, const char *expected,
				void *arg)
{
	struct golden *g = arg;
	char *got = golden_answer(g->f, g->fn, request);
	size_t n = strlen(got);

	if (n && got[n - 1] == '\n')
		got[n - 1] = '\0';
	if (strcmp(got, expected)) {
		print_error("== %s\n%s\n== expected\n%s\n", request, got, expected);
		g->bad++;
	}
	free(got);
}

static inline void golden_run(struct fixture *f, const char *path,
			      golden_fn *fn)
{
	struct golden g = { f, fn, 0 };
	char *text = golden_load(path);
	unsigned int n;

	n = golden_each(text, golden_check, &g);
	free(text);
	assert_true(n > 10);
	assert_int_equal(g.bad, 0);
}

#endif
