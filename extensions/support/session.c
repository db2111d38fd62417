/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiles.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>

#include "xen/image/find.h"
#include "xen/image/match.h"
#include "xen/model/host/livepatch.h"
#include "xen/model/memory_source.h"

static void replace(char **to, const char *text)
{
	free(*to);
	*to = text ? strdup(text) : NULL;
}

/* A running host changes while a profile is checked: vcpus go to other pcpus. */
#define RUNNING_TRIES 5

/*
 * Finds a profile if there is no DWARF; types_from is the profile, or the
 * reason why there is none.
 */
static struct err *find_profile(struct session *s)
{
	unsigned int tries = xen_is_running(s->xen) ? RUNNING_TRIES : 1;
	struct err *e;

	replace(&s->types_from, NULL);
	if (s->xen->types || !xen_reads_memory(s->xen))
		return NULL;
	while ((e = profiles_find(s)) && !err_is_final(e) && --tries) {
		err_free(e);
		memory_flush(s->xen->memory);
	}
	if (!e || err_is_final(e))
		return e;
	replace(&s->types_from, err_text(e));
	err_free(e);
	return NULL;
}

/*
 * A payload that cannot be read affects only its own symbols; "xen livepatch"
 * reports it.
 */
static void join_livepatches(struct session *s)
{
	struct xen *x = s->xen;

	if (x->image && x->types && xen_reads_memory(x))
		err_free(livepatches_join_symbols(x, x->image->symbols));
}

struct err *session_memory_opened(struct session *s)
{
	join_livepatches(s);
	return records_known(s->xen->records) ? NULL : find_profile(s);
}

/* Attaches an image that is verified, or forced (warning). */
static struct err *attach(struct session *s, struct image *img,
			  const char *proof, const char *warning)
{
	ERR_TRY(xen_attach(s->xen, img, warning));
	join_livepatches(s);
	if (s->front->image_detached)
		s->front->image_detached(s);
	replace(&s->image_proof, proof);
	replace(&s->image_warning, warning);
	replace(&s->image_search, NULL);
	if (s->front->image_attached)
		ERR_TRY(s->front->image_attached(s));
	return find_profile(s);
}

/* ERR_MISMATCH unless the image is the build in memory; force turns it into a warning. */
static struct err *judge(struct session *s, struct image *img, bool force,
			 struct image_verdict *v, char **warning)
{
	ERR_TRY(image_match_by(img, xen_read_build_id, s->xen,
			       space_params(s->xen->space)->virt_start, v));
	*warning = NULL;
	if (v->kind == MATCH_PROVED)
		return NULL;
	if (!force)
		return err_new(v->kind == MATCH_OTHER ? ERR_MISMATCH : ERR_REFUSED,
			       "%s: %s", img->path, v->text);
	if (asprintf(warning, "WARNING: %s was loaded by force, output may be wrong: %s",
		     img->path, v->text) < 0)
		return err_nomem();
	return NULL;
}

static struct err *load_path(struct session *s, const char *path, bool force)
{
	struct image_verdict v = { .kind = MATCH_UNKNOWN };
	struct image *img;
	char *warning = NULL;
	struct err *e;

	ERR_TRY(image_open(path, &img));
	e = judge(s, img, force, &v, &warning);
	if (!e)
		e = attach(s, img, v.text, warning);
	if (e && s->xen->image != img)
		image_close(img);
	free(warning);
	return e;
}

struct err *session_find(struct session *s, const char *const *paths,
			 unsigned int nr_paths, bool first_only,
			 struct find_result **ret)
{
	struct progress progress;
	struct find_request request = {
		.dump_path = s->dump_path,
		.vmlinux_path = s->vmlinux_path,
		.extra = paths,
		.nr_extra = nr_paths,
		.extra_only = nr_paths > 0,
		.first_only = first_only,
		.fetch = true,
		.progress = progress_download,
		.progress_arg = &progress,
	};
	struct err *e;

	if (s->xen) {
		request.build_id = s->xen->id.build_id;
		request.build_id_len = s->xen->id.build_id_len;
		request.read = xen_read_build_id;
		request.ctx = s->xen;
		request.virt_start = space_params(s->xen->space)->virt_start;
	}
	progress_start(&progress, "download of the hypervisor's debuginfo");
	e = image_find(&request, ret);
	progress_end(&progress);
	return e;
}

/*
 * Uses the symbol table in the hypervisor's memory; why: reason for the missing
 * image. A running host already has its symbols.
 */
static struct err *use_embedded(struct session *s, const char *why)
{
	if (xen_reads_memory(s->xen) || !s->xen->symbols)
		ERR_TRY(xen_attach_embedded(s->xen));
	replace(&s->image_proof, s->xen->variables_found ?
		"names of functions from the hypervisor's own symbol table, which contains no variables: some were found by the notes of the dump and by their content" :
		"names from the hypervisor's own symbol table");
	replace(&s->image_search, why);
	return find_profile(s);
}

/* image_search contains the list of files that were examined. */
static struct err *load_best(struct session *s)
{
	struct image_verdict v;
	struct find_result *r;
	struct image *img = NULL;
	struct err *e, *missing;

	ERR_TRY(session_find(s, NULL, 0, true, &r));
	missing = find_take_best(r, &img, &v);
	find_result_destroy(r);
	if (!missing) {
		e = attach(s, img, v.text, NULL);
		if (e && s->xen->image != img)
			image_close(img);
		return e;
	}
	e = use_embedded(s, err_text(missing));
	err_free(missing);
	return e;
}

struct err *session_load(struct session *s, const char *path, bool force)
{
	return path ? load_path(s, path, force) : load_best(s);
}

struct err *session_unload(struct session *s)
{
	if (s->front->image_detached)
		s->front->image_detached(s);
	replace(&s->image_proof, NULL);
	replace(&s->image_warning, NULL);
	replace(&s->types_from, NULL);
	return xen_detach(s->xen);
}

void session_find_image(struct session *s)
{
	struct err *e;

	if (s->no_search && s->image_given)
		return;
	e = s->no_search ? use_embedded(s, "not searched for (\"-n\")") :
			   session_load(s, NULL, false);
	if (e)
		replace(&s->image_search, err_text(e));
	err_free(e);
}

struct err *session_open(struct session *s, struct memory *memory,
			 struct notes *notes)
{
	if (notes->of_domain == OWN_NOTE_EMPTY)
		return err_new(ERR_UNSUPPORTED,
			       "a core of a domain without its memory (\"extract -n\"); use it by \"xen start -d DOMID VMCORE\" in crash, with the dump of the host");
	if (notes->of_domain == OWN_NOTE_DOMAIN)
		return err_new(ERR_UNSUPPORTED,
			       "the core of a domain (\"extract -d\"), without the hypervisor; open it in crash with that domain's vmlinux");
	ERR_TRY(xen_open(memory, notes, &memory_source, &s->xen));
	session_find_image(s);
	return NULL;
}

void session_close(struct session *s)
{
	if (s->xen && s->front->image_detached)
		s->front->image_detached(s);
	xen_close(s->xen);
	s->xen = NULL;
	session_close_live(s);
	replace(&s->image_proof, NULL);
	replace(&s->image_warning, NULL);
	replace(&s->types_from, NULL);
	replace(&s->why_no_xen, NULL);
	replace(&s->dump_path, NULL);
	replace(&s->vmlinux_path, NULL);
	replace(&s->image_search, NULL);
}
