/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of xen.so on an ELF vmcore, without crash: for tests, ASan and
 * fuzzing.
 *
 *   xenview [-i XEN-SYMS] [-n] VMCORE [COMMAND [ARGUMENT]...]
 *
 * -i takes this image instead of searching, -n takes none. Without a command
 * lines from standard input are run, a command each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../extensions/command.h"
#include "../../xen/memory/corefile.h"

#define ARGUMENTS_MAX 64

static const struct host host = { .name = "xenview" };

static struct err *open_core(struct session *s, const char *path)
{
	struct memory *memory = NULL;
	struct notes *notes;
	struct err *e;

	ERR_TRY(corefile_notes(path, &notes));
	e = corefile_memory(path, &memory);
	if (!e)
		e = session_open(s, memory, notes);
	if (e) {
		memory_destroy(memory);
		notes_destroy(notes);
	}
	return e;
}

/* Words apart by blanks; quotes are not needed by any test. */
static bool run_line(struct session *s, char *line)
{
	char *argv[ARGUMENTS_MAX + 1], *word, *save = NULL;
	int argc = 0;

	for (word = strtok_r(line, " \n", &save); word && argc < ARGUMENTS_MAX;
	     word = strtok_r(NULL, " \n", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return command_run(s, argc, argv, stdout);
}

static bool run_stdin(struct session *s)
{
	char *line = NULL;
	size_t size = 0;
	bool ok = true;

	while (getline(&line, &size, stdin) > 0)
		ok = run_line(s, line) && ok;
	free(line);
	return ok;
}

int main(int argc, char **argv)
{
	struct session s = { .host = &host };
	const char *image = NULL;
	bool search = true, ok;
	struct err *e;
	int c;

	while ((c = getopt(argc, argv, "+i:n")) != -1) {
		if (c == 'i')
			image = optarg;
		else if (c != 'n')
			return 2;
		search = false;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: xenview [-i XEN-SYMS] [-n] VMCORE [COMMAND [ARGUMENT]...]\n");
		return 2;
	}
	s.dump_path = strdup(argv[optind]);
	s.no_search = !search;
	e = open_core(&s, s.dump_path);
	if (!e && image)
		e = session_load(&s, image, false);
	if (e) {
		fprintf(stderr, "xenview: %s\n", err_text(e));
		err_free(e);
		session_close(&s);
		return 1;
	}
	argc -= optind + 1;
	argv += optind + 1;
	ok = argc ? command_run(&s, argc, argv, stdout) : run_stdin(&s);
	session_close(&s);
	return !ok;
}
