/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the files that match the hypervisor in memory: by build-id in the usual
 * debug directories, in /boot, next to the dump and next to vmlinux, and on
 * debuginfod servers. Only headers and notes of most files are read.
 */
#ifndef XEN_IMAGE_FIND_H
#define XEN_IMAGE_FIND_H

#include "fetch.h"
#include "match.h"

struct find_request {
	/* Build-id of the hypervisor in memory; len 0: unknown. */
	const uint8_t *build_id;
	unsigned int build_id_len;
	/* Memory of the hypervisor for other checks; read NULL: by build-id only. */
	image_read_fn read;
	void *ctx;
	uint64_t virt_start;
	/* Their directories are searched; NULL: unknown. */
	const char *dump_path;
	const char *vmlinux_path;
	/* Files, of any name, and directories given by the user. */
	const char *const *extra;
	unsigned int nr_extra;
	/* Search only these. */
	bool extra_only;
	/* Stop at the first file that is verified and has symbols and types. */
	bool first_only;
	/*
	 * Fetch from debuginfod servers (fetch.h), by the build-id, if no file
	 * found is verified and has types and symbols; not with extra_only.
	 */
	bool fetch;
	fetch_progress_fn progress;	/* may be NULL */
	void *progress_arg;
	/* Prefix of all places of the system; may be NULL. */
	const char *root;
};

/* One file. Files given by the user are listed even if they are not hypervisors. */
struct find_candidate {
	char *path;
	/* Probed, and completed if required; NULL if it cannot be read. */
	struct image *image;
	struct image_verdict verdict;	/* text: proof or difference, or why the file cannot be read */
	bool named;			/* given by the user */
	unsigned int rank;		/* lower is better */
};

/* A place and the result of its search: "/boot": "3 of 12 files". */
struct find_place {
	char *path;
	char *what;
};

struct find_result {
	struct find_candidate *candidate;	/* best first */
	unsigned int nr_candidates;
	struct find_place *place;		/* in the order of the search */
	unsigned int nr_places;
};

/*
 * Order: verified with DWARF, verified without DWARF, unknown, others. An empty
 * result is no error. Places that do not exist are listed as such.
 */
struct err *image_find(const struct find_request *request,
		       struct find_result **ret) ERR_MUST_CHECK;
void find_result_destroy(struct find_result *r);

/*
 * Returns the best verified candidate, whose image is opened and owned by the
 * caller; ERR_NOT_FOUND, with all places in the text, if there is none.
 */
struct err *find_take_best(struct find_result *r, struct image **img,
			   struct image_verdict *verdict) ERR_MUST_CHECK;

#endif
