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

	if (!strcmp(name, "txt"))
		name = "text";
	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (!strcmp(forms[i].name, name))
			return &forms[i];
	return NULL;
}

/* Format given by -f or -j; NULL without both. */
static struct err *choose_form(struct out *o, const struct args *a, const struct form **ret)
{
	const char *name = args_text(a, "f");

	if (name && out_format(o) == OUT_JSON && strcmp(name, "json"))
		return command_usage("\"-j\" and \"-f %s\" exclude each other", name);
	if (!name && out_format(o) == OUT_JSON)
		name = "json";
	*ret = name ? form_by_name(name) : NULL;
	if (name && !*ret)
		return command_usage("unknown form \"%s\" (text, json or html)", name);
	return NULL;
}

/* ---- targets ---- */

/* The files given by -o: one, or one of each format in a folder. */
struct target {
	const char *path;
	bool folder;
	const struct form *form;	/* NULL: all, in a folder */
};

/*
 * Existing files are not overwritten, also those that are not regular, such as
 * /dev/null.
 */
static struct err *refuse_existing(const char *path)
{
	struct stat st;

	if (!lstat(path, &st))
		return err_new(ERR_REFUSED, "\"%s\" exists; remove it or choose another name", path);
	return NULL;
}

static char *path_in(const struct target *p, const struct form *form)
{
	char *path = NULL;

	if (!p->folder)
		return strdup(p->path);
	return asprintf(&path, "%s%sxen-report.%s", p->path,
			p->path[strlen(p->path) - 1] == '/' ? "" : "/",
			form == forms ? "txt" : form->name) < 0 ? NULL : path;
}

static bool target_has(const struct target *p, const struct form *form)
{
	return !p->form || p->form == form;
}

/*
 * An existing folder, or a name that ends in '/', is a folder; the format of a
 * file follows from the end of its name.
 */
static struct err *choose_target(const char *path, const struct form *form, struct target *ret)
{
	const char *end = strrchr(path, '/'), *dot;
	struct stat st;
	size_t i;

	*ret = (struct target){ .path = path, .form = form };
	if (!*path)
		return command_usage("\"-o\": the name is empty");
	ret->folder = (end && !end[1]) || (!stat(path, &st) && S_ISDIR(st.st_mode));
	if (!ret->folder && !form) {
		dot = strrchr(end ? end : path, '.');
		ret->form = dot ? form_by_name(dot + 1) : NULL;
		if (!ret->form)
			return command_usage("\"-o %s\": the form is unknown; add .txt, .json or .html to the name, \"-f FORM\", or / for a new folder", path);
	}
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		char *name;
		struct err *e;

		if (!target_has(ret, &forms[i]))
			continue;
		name = path_in(ret, &forms[i]);
		if (!name)
			return err_nomem();
		e = refuse_existing(name);
		free(name);
		ERR_TRY(e);
	}
	return NULL;
}

/* ---- files ---- */

static const struct column file_columns[] = {
	{ .key = "form", .title = "FORM", .help = "text, json or html" },
	{ .key = "bytes", .title = "BYTES", .help = "size of the file" },
	{ .key = "path", .title = "FILE", .help = "the file written" },
};

/* Flushes to the disk, as the crash kernel will restart the host. */
static struct err *finish_file(FILE *fp, const char *path, long *bytes)
{
	bool failed = ferror(fp);
	int error = ENOSPC;	/* errno of an earlier write, which flushing may change */

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
 * A file that was created meanwhile is not overwritten, if the file system
 * supports links.
 */
static struct err *give_name(const char *temporary, const char *path)
{
	if (!link(temporary, path)) {
		unlink(temporary);
		return NULL;
	}
	if (errno == EEXIST || rename(temporary, path))
		return err_io(errno, "%s", path);
	return NULL;
}

/*
 * Writes a new file, which gets its name when it is complete, so that a file
 * with the name is never incomplete.
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
		if (ferror(fp)) {	/* interpreted as ^C by the printers */
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
	if (!e)
		e = give_name(temporary, path);
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

/* Text first: it is the smallest, and the disk may be full. */
static struct err *write_files(const struct report *r, const struct target *p, struct out *o)
{
	struct err *e = NULL;
	char *path;
	size_t i;

	if (p->folder && mkdir(p->path, 0777) && errno != EEXIST)
		return err_io(errno, "%s", p->path);
	for (i = 0; !e && i < ARRAY_SIZE(forms); i++) {
		if (!target_has(p, &forms[i]))
			continue;
		path = path_in(p, &forms[i]);
		if (!path)
			return err_nomem();
		e = write_file(r, &forms[i], path, o);
		free(path);
	}
	return e;
}

/* ---- the command ---- */

/* Without -o: prints to the terminal, in the report's own format instead of that of o. */
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
	struct target target;
	struct report *r;
	struct err *e;

	ERR_TRY(choose_form(o, a, &form));
	if (path)
		ERR_TRY(choose_target(path, form, &target));
	ERR_TRY(report_create(s, args_has(a, "-share"), &r));
	if (!path) {
		e = print_report(s, o, form ? form : &forms[0], r);
		report_destroy(r);
		return e;
	}
	out_list(o, "files", file_columns, ARRAY_SIZE(file_columns));
	e = write_files(r, &target, o);
	out_end(o);
	report_destroy(r);
	return e;
}

static const struct option_spec options[] = {
	{ "o", OPTION_TEXT, .value = "FILE",
	  .help = "write a new FILE; into a folder, or a new one whose name ends in \"/\", xen-report.txt, .json and .html" },
	{ "f", OPTION_TEXT, .value = "FORM",
	  .help = "text, json or html; otherwise by the end of FILE's name: .txt, .json, .html" },
	{ "-share", OPTION_FLAG,
	  .help = "replace names, UUIDs, MAC and IP addresses, paths and secrets" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("files", file_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  One file on the host: its crash, the vcpu that was scheduled, the evidence",
	"  for both, a signature, the last events, traces of the pcpus, vcpus, domains,",
	"  locks, schedulers, interrupts, memory, configuration, and data that could",
	"  not be read, with the reason. It combines the output of the other commands.",
	"",
	"  Existing files are not overwritten.",
	"",
	"  Text is a few pages. JSON contains each command's records, as with -j,",
	"  under \"parts\". HTML is one file that makes no network request; it can",
	"  be read without script, and sorted and searched with script.",
	"",
	"  The signature is the kind of the crash and a hash of the first functions",
	"  found by registers or debug information; it contains no addresses and",
	"  is the same for the same fault on another host and build.",
	"",
	"  --share replaces names, addresses, serial numbers and secrets that identify",
	"  the host, its guests and its network, equal ones by equal words, leaves out",
	"  guests' console text, registers and stack words, and lists the parts left",
	"  out. Read it before you pass it on: text of guests and devices may contain",
	"  anything.",
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
