/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xen/base/array.h"

static const struct form {
	const char *name;
	struct err *(*print)(const struct report *r, FILE *fp);
} forms[] = {
	{ "text", report_text },
	{ "json", report_json },
	{ "html", report_html },
};

static const struct form *form_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (!strcmp(forms[i].name, name))
			return &forms[i];
	return NULL;
}

/* By -f or -j, otherwise by the end of the file's name; text without one. */
static struct err *choose_form(struct out *o, const struct args *a, const char *path,
			       const struct form **ret)
{
	const char *name = args_text(a, "f");
	const char *dot = path ? strrchr(path, '.') : NULL;

	if (name && out_format(o) == OUT_JSON && strcmp(name, "json"))
		return command_usage("\"-j\" and \"-f %s\" exclude each other", name);
	*ret = NULL;
	if (name)
		*ret = form_by_name(name);
	else if (out_format(o) == OUT_JSON)
		*ret = form_by_name("json");
	else if (dot)
		*ret = form_by_name(dot + 1);
	if (name && !*ret)
		return command_usage("no form \"%s\"; there are text, json and html", name);
	if (!*ret)
		*ret = &forms[0];
	return NULL;
}

/* ---- files ---- */

static const struct column file_columns[] = {
	{ .key = "form", .title = "FORM", .help = "text, json or html" },
	{ .key = "bytes", .title = "BYTES", .help = "size of the file" },
	{ .key = "path", .title = "FILE", .help = "the file written" },
};

/* Flushes to the disk: the crash kernel restarts the host soon. */
static struct err *finish_file(FILE *fp, const char *path, long *bytes)
{
	bool failed = ferror(fp);
	int error = ENOSPC;	/* of an earlier write: flushing may set another */

	if (fflush(fp)) {
		failed = true;
		error = errno;
	}

	*bytes = ftell(fp);
	if (!failed && fsync(fileno(fp)) && errno != EINVAL && errno != EROFS) {
		failed = true;
		error = errno;
	}
	if (fclose(fp) && !failed) {
		failed = true;
		error = errno;
	}
	return failed ? err_io(error, "%s", path) : NULL;
}

/*
 * Writes a new file, and gives it its name when it is complete, so that a name
 * never stands for half a report.
 */
static struct err *write_file(const struct report *r, const struct form *form,
			      const char *path, struct out *o)
{
	struct err *e = NULL;
	long bytes = 0;
	FILE *fp = NULL;
	char *temporary;
	int fd;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return err_nomem();
	fd = mkstemp(temporary);
	if (fd >= 0)
		fp = fdopen(fd, "w");
	if (!fp)
		e = err_io(errno, "%s", path);
	if (!e) {
		e = form->print(r, fp);
		if (ferror(fp)) {	/* taken for ^C by the printers */
			interrupt_pending = 0;
			err_free(e);
			e = NULL;
		}
		if (!e)
			e = finish_file(fp, path, &bytes);
		else
			fclose(fp);
	} else if (fd >= 0) {
		close(fd);
	}
	if (!e && rename(temporary, path))
		e = err_io(errno, "%s", path);
	if (e && fd >= 0)
		unlink(temporary);
	free(temporary);
	if (e)
		return e;
	out_str(o, form->name);
	out_dec(o, bytes);
	out_str(o, path);
	return NULL;
}

/* report.txt first: it is the smallest, and the disk may be full. */
static struct err *write_folder(const struct report *r, const char *dir,
				const struct form *only, struct out *o)
{
	struct err *e = NULL;
	char *path;
	size_t i;

	for (i = 0; !e && i < ARRAY_SIZE(forms); i++) {
		if (only && only != &forms[i])
			continue;
		if (asprintf(&path, "%s/xen-report.%s", dir,
			     i ? forms[i].name : "txt") < 0)
			return err_nomem();
		e = write_file(r, &forms[i], path, o);
		free(path);
	}
	return e;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* ---- the command ---- */

/* Without -o to the terminal, in its own form instead of o's. */
static struct err *print_report(struct session *s, struct out *o,
				const struct form *form, const struct report *r)
{
	struct err *e = form->print(r, s->fp);

	if (!e)
		out_abandon(o);
	return e;
}

static struct err *run_report(struct session *s, struct out *o, const struct args *a)
{
	const char *path = args_text(a, "o");
	const struct form *form;
	struct report *r;
	struct err *e;

	ERR_TRY(choose_form(o, a, path, &form));
	ERR_TRY(report_create(s, args_has(a, "-share"), &r));
	if (!path) {
		e = print_report(s, o, form, r);
		report_destroy(r);
		return e;
	}
	out_list(o, "files", file_columns, ARRAY_SIZE(file_columns));
	if (is_folder(path))
		e = write_folder(r, path, args_has(a, "f") ? form : NULL, o);
	else
		e = write_file(r, form, path, o);
	out_end(o);
	report_destroy(r);
	return e;
}

static const struct option_spec options[] = {
	{ "o", OPTION_TEXT, .value = "FILE",
	  .help = "write to FILE; into an existing folder xen-report.txt, .json and .html" },
	{ "f", OPTION_TEXT, .value = "FORM",
	  .help = "text, json or html; otherwise by the end of FILE's name, or text" },
	{ "-share", OPTION_FLAG,
	  .help = "replace names, UUIDs, MAC and IP addresses, paths and secrets" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("files", file_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  One file that explains the host: what crashed, on whose behalf and how that",
	"  is known, a signature, the last events, traces of the pcpus, vcpus, domains,",
	"  locks, schedulers, interrupts, memory, configuration, and what could not be",
	"  read and why. It is made of what the other commands show.",
	"",
	"  Text is a few pages. JSON holds each command's records, as -j prints them,",
	"  under \"parts\". HTML is one file without any request to the network; it can",
	"  be read without script, and with script sorted and searched.",
	"",
	"  The signature is the kind of the crash and a hash of the first functions",
	"  that were proved by registers or debug information; it has no addresses and",
	"  is the same for the same fault on another host and build.",
	"",
	"  --share replaces what identifies the host and its guests, the same thing by",
	"  the same word throughout, leaves out guests' console text, registers and",
	"  stack words, and lists what was left out. Look through it before it leaves",
	"  the house: text of guests and devices can hold anything.",
	NULL
};

static const char *const example[] = {
	"    crash> xen report -o /var/crash",
	"    FORM   BYTES  FILE",
	"    text    9847  /var/crash/xen-report.txt",
	"    json   71630  /var/crash/xen-report.json",
	"    html  118404  /var/crash/xen-report.html",
	NULL
};

const struct command command_report = {
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_report,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
