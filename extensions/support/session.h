/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: one hypervisor, its image, and the front end that runs commands
 * on them (crash or xenview).
 */
#ifndef EXT_SESSION_H
#define EXT_SESSION_H

#include <stdio.h>

#include "xen/base/array.h"
#include "xen/model/xen.h"
#include "xen/output/output.h"

struct pv_task;
struct session;
struct sheet;

/* Instructions to disassemble: count of them, or if count is 0 those before end. */
struct code {
	uint64_t va, end, count;
};

/* Parameters to complete a session. */
struct start_request {
	const char *domain;		/* DOMID of a guest; NULL: dom0's kernel */
	const char *const *dump;	/* of a guest's host: the files of one dump */
	unsigned int nr_dumps;		/* 0: the running host */
	bool pause;			/* the guest, while the session lasts */
};

/* Callbacks of the front end; NULL where it does not support one. */
struct front_end {
	const char *name;
	const char *help;	/* command that lists the commands: "help xen" */
	/* Runs one command of gdb; the output is written to fp. */
	struct err *(*gdb)(const char *command, FILE *fp);
	/* Prints a line for each instruction; used if gdb is NULL. */
	struct err *(*disassemble)(struct session *s, const struct code *code,
				   FILE *fp);
	/* Called after an image was attached or detached, to update gdb. */
	struct err *(*image_attached)(struct session *s);
	void (*image_detached)(struct session *s);
	/* Completes the start of a session started with --minimal. */
	struct err *(*start)(struct session *s, const struct start_request *r);
	/* Return and change the source of dom0's memory on a running host. */
	const char *(*source)(struct session *s);
	struct err *(*source_use)(struct session *s, const char *name);
	/* Returns one line on the state of the dom0 side, or NULL. */
	const char *(*dom0_state)(struct session *s);
	/* Likewise in a session on a guest's kernel. */
	const char *(*guest_state)(struct session *s);
	/*
	 * Finds the function of the kernel of this session
	 * (session_has_kernel()) at va, and the offset in it; or NULL.
	 */
	const char *(*kernel_symbol)(uint64_t va, uint64_t *offset);
	/*
	 * Finds the irq of dom0's kernel for one of its event channels, and the
	 * names of its handlers ("" for none). ERR_NOT_FOUND if the port has no
	 * irq; other errors are the same for every port.
	 */
	struct err *(*dom0_irq)(unsigned int port, unsigned int *irq,
				char *action, size_t size);
	/*
	 * Formats the task of dom0's kernel that is current on a vcpu of dom0
	 * as "PID (name)"; returns buf, "" if it is unknown.
	 */
	const char *(*dom0_task)(unsigned int vcpu, char *buf, size_t size);
	/*
	 * Finds the task of dom0's kernel with that name or pid, and the ring
	 * that it serves (pv_task_fn of xen/model/io/pv_device.h).
	 */
	void (*dom0_thread)(const char *name, struct pv_task *ret);
	/* Returns the number of times that dom0's kernel handled that irq, on all cpus. */
	struct err *(*dom0_irq_count)(unsigned int irq, uint64_t *count);
};

struct session {
	const struct front_end *front;
	struct xen *xen;		/* NULL if no hypervisor was found */
	char *why_no_xen;		/* then the reason, for every command */
	char *dump_path;		/* NULL on a running host */
	unsigned int kernel_domid;	/* id of the guest whose kernel the front end has; 0: dom0 */
	void *live_library;		/* xen-live.so, from dlopen(); or NULL */
	char *vmlinux_path;		/* NULL if unknown */
	char *image_proof;		/* proof that the attached image is the right one */
	char *image_warning;		/* remains visible after `load -f` */
	char *types_from;		/* for an image without types: the profile, or the reason why there is none */
	char *image_search;		/* the places searched, if none was found */
	bool no_search;			/* only an image given by the user is used */
	bool image_given;		/* the user gives an image by session_load() */
	bool brief;			/* during the banner: steps that take time are skipped */
	FILE *fp;			/* output of the running command */
	/*
	 * For a command that consists of others: command_collect(), set by
	 * command_run().
	 */
	bool (*collect)(struct session *s, int argc, char **argv, struct sheet *ret);
};

/* session.c: opens a hypervisor from a memory and its notes, and attaches its image. */
struct err *session_open(struct session *s, struct memory *memory,
			 struct notes *notes) ERR_MUST_CHECK;
/*
 * Searches for images: in the given paths, or in all places without paths;
 * first_only: up to the first that is verified and has symbols and types.
 */
struct find_result;
struct err *session_find(struct session *s, const char *const *paths,
			 unsigned int nr_paths, bool first_only,
			 struct find_result **ret) ERR_MUST_CHECK;
/* Attaches an image by path, or the best one found if path is NULL. */
struct err *session_load(struct session *s, const char *path,
			 bool force) ERR_MUST_CHECK;
struct err *session_unload(struct session *s) ERR_MUST_CHECK;
/*
 * live.c: opens the hypervisor of the running host by xen-live.so, which is
 * beside this library or given by XEN_LIVE_SO. Fails with the first requirement
 * that is missing. session_close() closes it.
 */
struct err *session_open_live(struct session *s) ERR_MUST_CHECK;
void session_close_live(struct session *s);
/*
 * Called after the source of the hypervisor's memory has changed: extends the image's
 * symbols by those of livepatches, and finds a layout profile if there are no types.
 */
struct err *session_memory_opened(struct session *s) ERR_MUST_CHECK;
/* Attaches the image that is verified; else s->image_search has the reasons. */
void session_find_image(struct session *s);
void session_close(struct session *s);
/* Prints the few lines that appear when the extension is loaded. */
void session_banner(struct session *s, FILE *fp);

#endif
