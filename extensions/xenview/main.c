/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of xen.so on a dump or a running host, without crash. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disassembler.h"
#include "extensions/support/command.h"
#include "extensions/support/progress.h"
#include "xen/base/version.h"
#include "xen/image/fetch.h"
#include "xen/image/image.h"
#include "xen/memory/corefile.h"
#include "xen/profile/profile_choose.h"

#define ARGUMENTS_MAX 64
#define PARTS_MAX 64

#define EXIT_USAGE 2

static const struct front_end front = {
	.name = "xenview",
	.help = "xenview help",
#ifdef HAVE_CAPSTONE
	.disassemble = disassemble,
#endif
};

static const char help[] =
	"Usage: xenview [OPTION]... VMCORE [COMMAND [ARGUMENT]...]\n"
	"       xenview [OPTION]... --live [COMMAND [ARGUMENT]...]\n"
	"       xenview --no-dump COMMAND [ARGUMENT]...\n"
	"       xenview --profile XEN-SYMS\n"
	"       xenview --fetch BUILD-ID\n"
	"       xenview help [COMMAND]\n"
	"\n"
	"Shows the Xen hypervisor in a dump of its host, with the commands of crash's\n"
	"extension xen.so. Without COMMAND commands are read from standard input, one\n"
	"per line; if that is a terminal or empty, the overview is printed.\n"
	"\n"
	"  -i, --image=XEN-SYMS    read symbols and types from this file\n"
	"  -n, --no-image          do not search for an image; use the hypervisor's own symbol table\n"
	"  -s, --split=FILE        another file of a split dump; may be repeated\n"
	"  -l, --live              the hypervisor of the running host, by hypercalls\n"
	"  -d, --no-dump           run a command that requires no dump, such as decode\n"
	"  -p, --profile=XEN-SYMS  write the layout profile of an image with DWARF\n"
	"  -f, --fetch=BUILD-ID    print the path of that build's debuginfo, from a server\n"
	"                          of DEBUGINFOD_URLS; executable:BUILD-ID: that of its code\n"
	"  -h, --help              this text\n"
	"  -V, --version           the version\n"
	"\n"
	"\"xenview help\" lists the commands. Each takes -j (JSON) and -h (its help page).\n"
	"If DEBUGINFOD_URLS is set, debuginfo of the hypervisor that is not found locally\n"
	"is fetched from these servers; -n prevents this.\n"
	"Exit status: 0, 1 if a command failed, 2 for wrong options of xenview.\n";

static const struct option long_options[] = {
	{ "image", required_argument, NULL, 'i' },
	{ "no-image", no_argument, NULL, 'n' },
	{ "split", required_argument, NULL, 's' },
	{ "live", no_argument, NULL, 'l' },
	{ "no-dump", no_argument, NULL, 'd' },
	{ "profile", required_argument, NULL, 'p' },
	{ "fetch", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

struct options {
	const char *image, *profile, *fetch;
	const char *parts[PARTS_MAX];	/* the other files of a split dump */
	unsigned int nr_parts;
	bool no_image, live, no_dump, help, version;
};

/* ---- the dump ---- */

/* Adds what to do with a file that is no dump. */
static struct err *not_a_dump(const char *path, struct err *e)
{
	struct image *img;
	struct err *other = image_probe(path, &img);

	if (other) {
		err_free(other);
		return e;
	}
	if (image_is_xen(img)) {
		err_free(e);
		e = err_new(ERR_USAGE, "%s: %s, not a dump; it is given with \"-i\", before the dump",
			    path, image_class_name(img->class));
	} else if (img->class == IMAGE_VMLINUX) {
		err_free(e);
		e = err_new(ERR_USAGE, "%s: vmlinux, not a dump; xenview does not require it", path);
	}
	image_close(img);
	return e;
}

static struct err *open_core(struct session *s, const struct options *o)
{
	struct memory *memory = NULL;
	struct notes *notes;
	unsigned int i;
	struct err *e;

	e = corefile_open(s->dump_path, &memory, &notes);
	if (e)
		return not_a_dump(s->dump_path, e);
	for (i = 0; !e && i < o->nr_parts; i++)
		e = corefile_join(memory, o->parts[i]);
	if (!e)
		e = session_open(s, memory, notes);
	if (e) {
		memory_destroy(memory);
		notes_destroy(notes);
	}
	return e;
}

static struct err *open_session(struct session *s, const struct options *o,
				const char *path)
{
	s->no_search = o->no_image || o->image;
	s->image_given = o->image;
	if (o->live) {
		ERR_TRY(session_open_live(s));
	} else {
		s->dump_path = strdup(path);
		if (!s->dump_path)
			return err_nomem();
		ERR_TRY(open_core(s, o));
	}
	return o->image ? session_load(s, o->image, false) : NULL;
}

static int write_profile(const char *path)
{
	struct image *img;
	struct err *e = image_open(path, &img);

	if (!e) {
		e = profile_write_image(img, stdout);
		image_close(img);
	}
	if (e)
		print_safe(stderr, "xenview: %s\n", err_text(e));
	err_free(e);
	return !!e;
}

/* Number of bytes of a build-id in hexadecimal; 0: it is not one. */
static unsigned int build_id_parse(const char *text, uint8_t *id)
{
	unsigned int len;
	int end;

	for (len = 0; len < BUILD_ID_MAX && text[0] && text[1]; len++, text += 2) {
		end = 0;
		if (strspn(text, "0123456789abcdefABCDEF") < 2 ||
		    sscanf(text, "%2hhx%n", &id[len], &end) != 1 || end != 2)
			return 0;
	}
	return *text ? 0 : len;
}

static int fetch_file(const char *what)
{
	static const char executable[] = "executable:";
	enum fetch_kind kind = FETCH_DEBUGINFO;
	uint8_t id[BUILD_ID_MAX];
	struct progress progress;
	unsigned int len;
	struct err *e;
	char *path = NULL;
	int status;

	if (!strncmp(what, executable, strlen(executable))) {
		kind = FETCH_EXECUTABLE;
		what += strlen(executable);
	}
	len = build_id_parse(what, id);
	if (!len) {
		print_safe(stderr, "xenview: no build-id \"%.200s\"\n", what);
		return EXIT_USAGE;
	}
	progress_start(&progress, "download");
	e = fetch_by_build_id(kind, id, len, progress_download, &progress, &path);
	progress_end(&progress);
	if (e)
		print_safe(stderr, "xenview: %s: %s\n", what, err_text(e));
	else
		print_safe(stdout, "%s\n", path);
	status = !!e;
	free(path);
	err_free(e);
	return status;
}

/* ---- commands ---- */

#define BLANKS " \t\r\n"

/* Cuts the next word off the line; "..." is part of a word with its blanks. NULL: none. */
static char *next_word(char **line)
{
	char *at = *line + strspn(*line, BLANKS), *word = at, *to = at;
	bool quoted = false;

	if (!*at)
		return NULL;
	for (; *at && (quoted || !strchr(BLANKS, *at)); at++) {
		if (*at == '"')
			quoted = !quoted;
		else
			*to++ = *at;
	}
	*line = *at ? at + 1 : at;
	*to = '\0';
	return word;
}

static bool run_line(struct session *s, char *line, bool *ran)
{
	char *argv[ARGUMENTS_MAX + 1], *word;
	int argc = 0;

	while ((word = next_word(&line)) && argc < ARGUMENTS_MAX) {
		if (argc && (!strcmp(word, "|") || !strcmp(word, ">"))) {
			print_safe(stderr, "xenview: \"%s\" works only in a shell: xenview VMCORE COMMAND %s ...\n",
				word, word);
			*ran = true;
			return false;
		}
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	if (word) {
		fprintf(stderr, "xenview: more than %d words\n", ARGUMENTS_MAX);
		return false;
	}
	if (!argc)
		return true;
	*ran = true;
	return command_run(s, argc, argv, stdout);
}

/*
 * Flushes after each command, as a program that sends commands through a pipe
 * may wait for the output.
 */
static bool run_stdin(struct session *s)
{
	bool ok = true, ran = false;
	char *line = NULL;
	size_t size = 0;

	while (!isatty(STDIN_FILENO) && getline(&line, &size, stdin) > 0) {
		ok = run_line(s, line, &ran) && ok;
		fflush(stdout);
	}
	free(line);
	return ran ? ok : command_run(s, 0, NULL, stdout);
}

static int run(struct session *s, const struct options *o, int argc, char **argv)
{
	struct err *e;
	bool ok;

	if (!o->no_dump) {
		e = open_session(s, o, argv[0]);
		if (e) {
			print_safe(stderr, "xenview: %s\n", err_text(e));
			err_free(e);
			return 1;
		}
	}
	if (!o->no_dump && !o->live) {
		argc--;
		argv++;
	}
	if (argc && !command_find(argv[0]) && strcmp(argv[0], "help") && !access(argv[0], F_OK)) {
		print_safe(stderr, "xenview: %s: a file, not a command; the hypervisor's image is given with \"-i\", before the dump\n",
			   argv[0]);
		return EXIT_USAGE;
	}
	ok = argc ? command_run(s, argc, argv, stdout) : run_stdin(s);
	return !ok;
}

/* ---- the command line ---- */

static bool wrong_usage(const char *text)
{
	if (text)
		print_safe(stderr, "xenview: %s\n", text);
	fprintf(stderr, "Try \"xenview --help\".\n");
	return false;
}

static bool take_option(struct options *o, int c)
{
	if (c == 'i')
		o->image = optarg;
	else if (c == 'n')
		o->no_image = true;
	else if (c == 's' && o->nr_parts < PARTS_MAX)
		o->parts[o->nr_parts++] = optarg;
	else if (c == 's')
		return wrong_usage("too many files of a split dump");
	else if (c == 'l')
		o->live = true;
	else if (c == 'd')
		o->no_dump = true;
	else if (c == 'p')
		o->profile = optarg;
	else if (c == 'f')
		o->fetch = optarg;
	else if (c == 'h')
		o->help = true;
	else if (c == 'V')
		o->version = true;
	return true;
}

/* getopt's own message would print the option unescaped. */
static bool wrong_option(const char *word, int c)
{
	print_safe(stderr, c == ':' ? "xenview: option \"%.200s\" requires an argument\n" :
		   "xenview: unknown option or unexpected argument \"%.200s\"\n", word);
	return wrong_usage(NULL);
}

/* Options end at VMCORE: those after it belong to the command. */
static bool parse(struct options *o, int argc, char **argv)
{
	int c;

	opterr = 0;
	while (true) {
		int at = optind;

		c = getopt_long(argc, argv, "+:df:hi:lnp:s:V", long_options, NULL);
		if (c == -1)
			break;
		if (c == '?' || c == ':')
			return wrong_option(argv[at], c);
		if (!take_option(o, c))
			return false;
	}
	if (o->help || o->version || o->profile || o->fetch)
		return true;
	if (optind < argc && !o->live && !strcmp(argv[optind], "help"))
		o->no_dump = true;
	if (optind == argc && o->no_dump)
		return wrong_usage("missing COMMAND");
	if (!o->live && !o->no_dump &&
	    (optind == argc || (command_find(argv[optind]) && access(argv[optind], F_OK))))
		return wrong_usage("missing VMCORE");
	return true;
}

/* One of xenview's own actions, or a command. */
static int act(const struct options *o, int argc, char **argv)
{
	struct session s = { .front = &front };
	int status = 0;

	if (o->help) {
		fputs(help, stdout);
	} else if (o->version) {
		printf("xenview %s\n", crash_xen_version);
	} else if (o->profile) {
		status = write_profile(o->profile);
	} else if (o->fetch) {
		status = fetch_file(o->fetch);
	} else {
		status = run(&s, o, argc, argv);
		session_close(&s);
	}
	return status;
}

/*
 * Output that could not be written, for example on a full disk, is an error of
 * every action. A failed command has printed its own message; quitting a pager
 * is not an error.
 */
static int close_output(int status)
{
	bool failed = ferror(stdout);
	int error = ENOSPC;	/* errno of an earlier write, which closing may change */

	if (fclose(stdout)) {
		failed = true;
		error = errno;
	}
	if (!failed || status)
		return status;
	if (error != EPIPE)
		print_safe(stderr, "xenview: cannot write the output: %s\n", strerror(error));
	return 1;
}

int main(int argc, char **argv)
{
	struct options o = { .image = NULL };

	if (!parse(&o, argc, argv))
		return EXIT_USAGE;
	return close_output(act(&o, argc - optind, argv + optind));
}
