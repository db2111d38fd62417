/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "gdb.h"
#include "signals.h"

#include <errno.h>
#include <gelf.h>
#include <inttypes.h>

#include "extensions/support/session.h"
#include "extensions/support/words.h"
#include "xen/symbols/elf_names.h"

/* The name of the symbol file in gdb, for remove-symbol-file and unlink. */
static struct {
	uint64_t text;
	char *temporary;	/* an unpacked copy, or NULL */
	bool is;
} added;

/*
 * Always uses GNU_RETURN_ON_ERROR: otherwise gdb's C++ exception would pass
 * through C frames and end the session (gdb_interface.c of 8.0 and later).
 */
struct err *gdb_run(const char *command, FILE *out)
{
	bool ok, ours;

	/* gdb_interface() would jump to the prompt */
	if (output_closed())
		return err_new(ERR_INTERRUPTED, "interrupted");
	fflush(out);
	ours = signals_leave();
	ok = gdb_pass_through((char *)command, out, GNU_RETURN_ON_ERROR);
	if (ours)
		signals_enter();
	if (!ok)
		return err_new(ERR_UNSUPPORTED, "gdb failed: %s", command);
	return NULL;
}

/* The va of section .text, an argument of add-symbol-file. */
static struct err *text_address(Elf *elf, uint64_t *ret)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;
	struct elf_names names;
	size_t index;

	if (elf_getshdrstrndx(elf, &index))
		return err_new(ERR_CORRUPT, "no section names");
	names = elf_names_of(elf, index);
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name;

		if (!gelf_getshdr(scn, &shdr))
			continue;
		name = elf_name_at(&names, shdr.sh_name);
		if (name && !strcmp(name, ".text")) {
			*ret = shdr.sh_addr;
			return NULL;
		}
	}
	return err_new(ERR_CORRUPT, "no section .text");
}

/* gdb opens the file itself and does not support compression. */
static struct err *unpack(Elf *elf, char **ret)
{
	const char *dir = getenv("TMPDIR");
	size_t size, done = 0;
	const char *bytes = elf_rawfile(elf, &size);
	char *path;
	int fd;

	if (!bytes)
		return err_new(ERR_CORRUPT, "%s", elf_errmsg(-1));
	if (asprintf(&path, "%s/xen-syms.XXXXXX", dir ? dir : "/var/tmp") < 0)
		return err_nomem();
	fd = mkstemp(path);
	if (fd < 0) {
		struct err *e = err_io(errno, "%s", path);

		free(path);
		return e;
	}
	while (done < size) {
		ssize_t n = write(fd, bytes + done, size - done);

		if (n <= 0) {
			struct err *e = err_io(errno, "%s", path);

			close(fd);
			unlink(path);
			free(path);
			return e;
		}
		done += n;
	}
	close(fd);
	*ret = path;
	return NULL;
}

struct err *gdb_add_image(struct session *s)
{
	struct image *img = s->xen->image;
	const char *path = img->path;
	struct err *e;
	char *command, *word;
	int n;

	/*
	 * crash looks up Linux types in gdb during its start, and could find a
	 * Xen type of the same name: symbols are added only after a deferred
	 * start.
	 */
	if (!img->elf || (pc->flags & MINIMAL_MODE) || added.is)
		return NULL;
	ERR_TRY(err_prefix(text_address(img->elf, &added.text), "%s", path));
	if (img->compression != FILE_PLAIN) {
		ERR_TRY(unpack(img->elf, &added.temporary));
		path = added.temporary;
	}
	word = gdb_word(path);
	n = word ? asprintf(&command, "add-symbol-file %s 0x%" PRIx64, word,
			    added.text) : -1;
	free(word);
	if (n < 0)
		return err_nomem();
	e = gdb_run(command, pc->nullfp);
	free(command);
	added.is = !e;
	return e;
}

void gdb_remove_image(struct session *s)
{
	char command[64];

	(void)s;
	if (added.is) {
		snprintf(command, sizeof(command), "remove-symbol-file -a 0x%" PRIx64,
			 added.text);
		err_free(gdb_run(command, pc->nullfp));
	}
	gdb_forget_image();
}

void gdb_forget_image(void)
{
	if (added.temporary)
		unlink(added.temporary);
	free(added.temporary);
	memset(&added, 0, sizeof(added));
}
