/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "find.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "places.h"

/* Ranks: first the kind, then the usable content, then the packing. */
#define RANK_KIND	100
#define RANK_USE	10

/* Rank by content: 0 is types and symbols. */
static unsigned int usefulness(const struct image *img)
{
	if (img->elf && img->has_dwarf)
		return img->has_symtab ? 0 : 1;
	if (img->has_symtab)
		return 2;
	if (img->symbols && img->has_bytes)
		return 3;
	return img->class == IMAGE_XEN_MAP ? 4 : 5;
}

static void rank(struct find_candidate *c)
{
	unsigned int kind = c->verdict.kind;

	if (!c->image) {
		c->rank = 9 * RANK_KIND;
		return;
	}
	if (!image_is_xen(c->image))
		kind = MATCH_UNKNOWN + 5;
	else if (kind != MATCH_PROVED)
		kind = kind == MATCH_UNKNOWN ? 1 : 2;
	c->rank = kind * RANK_KIND + usefulness(c->image) * RANK_USE +
		  (c->image->compression != FILE_PLAIN);
}

static int compare_candidates(const void *a, const void *b)
{
	const struct find_candidate *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void say(struct find_candidate *c, enum match_kind kind,
		enum match_proof proof, const char *text)
{
	c->verdict.kind = kind;
	c->verdict.proof = proof;
	snprintf(c->verdict.text, sizeof(c->verdict.text), "%s", text);
}

/* A different build-id is decisive without unpacking the file. */
static bool judge_by_id(const struct find_request *r, struct find_candidate *c)
{
	const struct image *img = c->image;
	char memory[2 * BUILD_ID_MAX + 1], file[2 * BUILD_ID_MAX + 1];
	char text[sizeof(c->verdict.text)];
	bool same;

	if (!r->build_id_len || !img->build_id_len)
		return false;
	same = r->build_id_len == img->build_id_len &&
	       !memcmp(r->build_id, img->build_id, img->build_id_len);
	if (same && r->read)
		return false;
	build_id_text(r->build_id, r->build_id_len, memory, sizeof(memory));
	build_id_text(img->build_id, img->build_id_len, file, sizeof(file));
	if (same)
		snprintf(text, sizeof(text), "build-id %s fits", file);
	else
		snprintf(text, sizeof(text),
			 "build-id in memory is %s, in the file is %s", memory,
			 file);
	say(c, same ? MATCH_PROVED : MATCH_OTHER, PROOF_BUILD_ID, text);
	return true;
}

static struct err *judge_by_memory(const struct find_request *r,
				   struct find_candidate *c)
{
	struct err *e;

	if (!r->read) {
		say(c, MATCH_UNKNOWN, PROOF_NONE, r->build_id_len ?
		    "could not be checked: the file has no build-id" :
		    "could not be checked: no build-id to compare with");
		return NULL;
	}
	e = image_match_by(c->image, r->read, r->ctx, r->virt_start,
			   &c->verdict);
	if (!e || err_is_final(e))
		return e;
	say(c, MATCH_UNKNOWN, PROOF_NONE, err_text(e));
	err_free(e);
	return NULL;
}

static struct err *judge(const struct find_request *r,
			 struct find_candidate *c)
{
	struct err *e;

	if (!image_is_xen(c->image)) {
		char text[128];

		snprintf(text, sizeof(text), "%s, not a hypervisor",
			 image_class_name(c->image->class));
		say(c, MATCH_OTHER, PROOF_NONE, text);
		return NULL;
	}
	if (!judge_by_id(r, c))
		ERR_TRY(judge_by_memory(r, c));
	if (c->verdict.kind == MATCH_OTHER)
		return NULL;
	/* the content is known only now */
	e = image_complete(c->image);
	if (e && !err_is_final(e)) {
		say(c, MATCH_UNKNOWN, PROOF_NONE, err_text(e));
		err_free(e);
		e = NULL;
	}
	return e;
}

/* Probes one file. *keep: it is a file of Xen, or given by the user. */
static struct err *look_at_file(const struct find_request *r,
				const struct place_file *f,
				struct find_candidate *c, bool *keep)
{
	struct err *e = interrupt_check();

	*keep = false;
	if (e)
		return e;
	e = image_probe(f->path, &c->image);
	if (err_is_final(e))
		return e;
	if (e) {
		c->image = NULL;
		say(c, MATCH_UNKNOWN, PROOF_NONE, err_text(e));
		err_free(e);
		*keep = f->named;
	} else if (image_is_xen(c->image) || f->named) {
		*keep = true;
		ERR_TRY(judge(r, c));
	}
	if (!*keep)
		return NULL;
	c->named = f->named;
	c->path = strdup(f->path);
	if (!c->path)
		return err_nomem();
	rank(c);
	return NULL;
}

/*
 * Order of opening files, by their names: files likely to be the best first,
 * those that take longest to examine last.
 */
static const char *const passes[][3] = {
	{ "xen-syms*", "*.debug", "*.efi.elf" },
	{ "*" },
	{ "*.map", "*.map.gz" },
};

#define NR_PASSES ARRAY_SIZE(passes)

static size_t pass_of(const struct place_file *f)
{
	const char *slash = strrchr(f->path, '/');
	const char *name = slash ? slash + 1 : f->path;

	/*
	 * "xen-syms*" matches maps, too: a file belongs to the last pass that
	 * matches; "*" only if no other does
	 */
	for (size_t i = NR_PASSES; i--;)
		for (size_t n = 0; n < 3 && i != 1; n++)
			if (passes[i][n] && !fnmatch(passes[i][n], name, 0))
				return i;
	return 1;
}

/* Sets *best if the file is verified and has symbols, types and bytes. */
static struct err *look_at_next(const struct find_request *r,
				const struct place_file *f,
				struct find_result *result, bool *best)
{
	struct find_candidate *c = &result->candidate[result->nr_candidates];
	struct err *e;
	bool keep;

	memset(c, 0, sizeof(*c));
	e = look_at_file(r, f, c, &keep);
	if (e || !keep) {
		image_close(c->image);
		free(c->path);
		return e;
	}
	result->nr_candidates++;
	if (c->rank < RANK_USE)
		*best = true;
	return NULL;
}

/* Files that a server may provide in addition */
#define FETCHED_MAX	2

static const char *const fetched_names[FETCHED_MAX] = {
	[FETCH_DEBUGINFO] = "debuginfo", [FETCH_EXECUTABLE] = "executable",
};

/* Adds the file, if a server has it; *what receives the result. */
static struct err *fetch(const struct find_request *r, enum fetch_kind kind,
			 struct find_result *result, bool *best, char **what)
{
	struct place_file f = { .path = NULL };
	struct err *e = fetch_by_build_id(kind, r->build_id, r->build_id_len,
					  r->progress, r->progress_arg, &f.path);
	int len;

	if (err_is_final(e))
		return e;
	len = asprintf(what, "%s: %s", fetched_names[kind], e ? err_text(e) : f.path);
	if (len < 0)
		*what = NULL;
	err_free(e);
	e = len < 0 ? err_nomem() : NULL;
	if (!e && f.path)
		e = look_at_next(r, &f, result, best);
	free(f.path);
	return e;
}

/* Asks the servers: first for a file of debug sections, as some have no other file. */
static struct err *look_at_servers(const struct find_request *r,
				   struct place_list *list,
				   struct find_result *result, bool *best)
{
	const char *servers = fetch_servers();
	struct err *e = NULL;
	char *what;

	if (!r->fetch || r->extra_only || !r->build_id_len || !servers)
		return NULL;
	for (unsigned int kind = 0; !e && !*best && kind < FETCHED_MAX; kind++) {
		what = NULL;
		e = fetch(r, kind, result, best, &what);
		if (!e)
			e = places_add(list, servers, what);
		free(what);
	}
	return e;
}

static struct err *look_at_files(const struct find_request *r,
				 struct place_list *list,
				 struct find_result *result)
{
	bool best = false;

	result->candidate = calloc(list->nr + FETCHED_MAX,
				   sizeof(*result->candidate));
	if (!result->candidate)
		return err_nomem();
	for (size_t pass = 0; pass < NR_PASSES; pass++)
		for (size_t i = 0; i < list->nr; i++) {
			if (pass_of(&list->file[i]) != pass)
				continue;
			if (best && r->first_only)
				break;
			ERR_TRY(look_at_next(r, &list->file[i], result, &best));
		}
	ERR_TRY(look_at_servers(r, list, result, &best));
	array_sort(result->candidate, result->nr_candidates,
		   sizeof(*result->candidate), compare_candidates);
	return NULL;
}

struct err *image_find(const struct find_request *request,
		       struct find_result **ret)
{
	struct place_list list = { 0 };
	struct find_result *r = calloc(1, sizeof(*r));
	struct err *e;

	if (!r)
		return err_nomem();
	e = places_collect(request, &list);
	if (!e)
		e = look_at_files(request, &list, r);
	if (e) {
		find_result_destroy(r);
	} else {
		r->place = list.place;
		r->nr_places = list.nr_places;
		list.place = NULL;
		list.nr_places = 0;
		*ret = r;
	}
	places_clear(&list);
	return e;
}

void find_result_destroy(struct find_result *r)
{
	if (!r)
		return;
	for (unsigned int i = 0; i < r->nr_candidates; i++) {
		image_close(r->candidate[i].image);
		free(r->candidate[i].path);
	}
	for (unsigned int i = 0; i < r->nr_places; i++) {
		free(r->place[i].path);
		free(r->place[i].what);
	}
	free(r->candidate);
	free(r->place);
	free(r);
}

/* All places that were searched, one per line. */
static struct err *nothing_fits(const struct find_result *r)
{
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err *e;

	if (!fp)
		return err_nomem();
	for (unsigned int i = 0; i < r->nr_candidates; i++)
		fprintf(fp, "\n  %s: %s", r->candidate[i].path,
			r->candidate[i].verdict.text);
	for (unsigned int i = 0; i < r->nr_places; i++)
		fprintf(fp, "\n  %s: %s", r->place[i].path, r->place[i].what);
	if (fclose(fp)) {
		free(text);
		return err_nomem();
	}
	e = err_new(ERR_NOT_FOUND,
		    "no file of the hypervisor in memory found; searched:%s",
		    text);
	free(text);
	return e;
}

struct err *find_take_best(struct find_result *r, struct image **img,
			   struct image_verdict *verdict)
{
	struct find_candidate *c = r->candidate;

	if (!r->nr_candidates || !c->image ||
	    c->verdict.kind != MATCH_PROVED || !image_is_xen(c->image))
		return nothing_fits(r);
	ERR_TRY(image_complete(c->image));
	*img = c->image;
	*verdict = c->verdict;
	c->image = NULL;
	return NULL;
}
