/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory sources: those of dom0, and the methods for the running hypervisor. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xen/memory/memory.h"
#include "source_xen.h"

#define KCORE	"/proc/kcore"
#define CRASH	"/dev/crash"
#define MEM	"/dev/mem"

/* State of a driver that modprobe can load. */
#define NOT_LOADED	"not loaded"

/* State of a file from which dom0's memory can be read. */
struct finding {
	const char *state;	/* "usable", "blocked", "absent", NOT_LOADED */
	char why[256];
};

static bool lockdown(char *level, size_t size)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "", *from, *to;

	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	from = strchr(line, '[');
	to = from ? strchr(from, ']') : NULL;
	if (!to)
		return false;
	snprintf(level, size, "%.*s", (int)(to - from - 1), from + 1);
	return strcmp(level, "none");
}

/* Reports why a file of the kernel cannot be opened. */
static void refused(struct finding *f, int error)
{
	char level[32];

	f->state = error == ENOENT ? "absent" : "blocked";
	if (error == EPERM && lockdown(level, sizeof(level)))
		snprintf(f->why, sizeof(f->why), "kernel lockdown (%s)", level);
	else if (error == EPERM || error == EACCES)
		snprintf(f->why, sizeof(f->why), "permission denied (must be root)");
	else
		snprintf(f->why, sizeof(f->why), "%s", strerror(error));
}

static void try_kcore(int fd, struct finding *f)
{
	char magic[4];

	if (pread(fd, magic, sizeof(magic), 0) == sizeof(magic))
		return;
	refused(f, errno);
}

/*
 * Below 1 MiB /dev/mem is always readable. Above 1 MiB, a kernel with
 * STRICT_DEVMEM refuses RAM (arch/x86/mm/init.c, devmem_is_allowed), so it is
 * tried.
 */
static void try_mem(int fd, struct finding *f)
{
	char page[XPAGE_SIZE];
	off_t at;

	for (at = 2 << 20; at <= 64 << 20; at *= 2) {
		if (pread(fd, page, sizeof(page), at) == sizeof(page))
			continue;
		f->state = "blocked";
		if (errno == EPERM)
			snprintf(f->why, sizeof(f->why),
				 "CONFIG_STRICT_DEVMEM: the kernel refuses RAM at %llx",
				 (unsigned long long)at);
		else
			snprintf(f->why, sizeof(f->why), "RAM at %llx: %s",
				 (unsigned long long)at, strerror(errno));
		return;
	}
}

static void try_nothing(int fd, struct finding *f)
{
	(void)fd;
	(void)f;
}

static const struct {
	const char *name, *absent;
	void (*try)(int fd, struct finding *f);
} files[] = {
	{ KCORE, "kernel without CONFIG_PROC_KCORE", try_kcore },
	{ CRASH, "crash.ko is neither loaded nor installed for this kernel (SLES: crash-kmp; else memory_driver/ of crash's source)", try_nothing },
	{ MEM, "kernel without CONFIG_DEVMEM", try_mem },
};

/* Path of crash.ko as found by depmod, in updates/ (SLES), extra/ or elsewhere. */
static bool find_driver(char *path, size_t size)
{
	struct utsname name;
	char deps[PATH_MAX], line[PATH_MAX], *end;
	bool found = false;
	FILE *f;

	if (uname(&name))
		return false;
	snprintf(deps, sizeof(deps), "/lib/modules/%s/modules.dep", name.release);
	f = fopen(deps, "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		end = strchr(line, ':');
		if (!end)
			continue;
		*end = '\0';
		end = strrchr(line, '/');
		found = !strncmp(end ? end : line, "/crash.ko", 9);
	}
	if (f)
		fclose(f);
	if (found)
		snprintf(path, size, "%s", line);
	return found;
}

static struct err *load_driver(void)
{
	char *argv[] = { "modprobe", "crash", NULL };
	int status = -1;
	pid_t pid;
	int rc = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	if (rc)
		return err_io(rc, "running modprobe");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		return err_new(ERR_IO, "\"modprobe crash\" failed; see above and the kernel's log");
	return NULL;
}

static void inspect(unsigned int n, struct finding *f)
{
	int fd = open(files[n].name, O_RDONLY | O_CLOEXEC);
	int error = errno;
	char driver[PATH_MAX];

	f->state = "usable";
	f->why[0] = '\0';
	if (fd < 0 && error == ENOENT && !strcmp(files[n].name, CRASH) &&
	    find_driver(driver, sizeof(driver))) {
		f->state = NOT_LOADED;
		snprintf(f->why, sizeof(f->why),
			 "%.160s is installed; \"xen source " CRASH "\" loads it", driver);
	} else if (fd < 0 && error == ENOENT) {
		f->state = "absent";
		snprintf(f->why, sizeof(f->why), "%s", files[n].absent);
	} else if (fd < 0) {
		refused(f, error);
	} else {
		files[n].try(fd, f);
		close(fd);
	}
}

static const struct column columns[] = {
	{ .key = "source", .title = "SOURCE",
	  .help = "file, hypercalls, or a method of -x" },
	{ .key = "of", .title = "OF", .help = "owner of the memory: dom0 or Xen" },
	{ .key = "state", .title = "STATE",
	  .help = "in use, usable, not loaded, blocked (dom0), refused (Xen) or absent" },
	{ .key = "why", .title = "WHY",
	  .help = "reason of that state; for a usable method the way it reads" },
};

/* why may be empty. */
static void row(struct out *o, const char *name, const char *of,
		const char *state, const char *why)
{
	out_str(o, name);
	out_str(o, of);
	out_str(o, state);
	if (*why)
		out_str(o, why);
	else
		out_none(o);
}

static void list_xen(struct session *s, struct out *o)
{
	if (!s->xen)
		row(o, "hypercalls", "Xen", "absent",
		    s->why_no_xen ? s->why_no_xen : "");
	else if (xen_is_running(s->xen))
		row(o, "hypercalls", "Xen", "in use",
		    "records of the hypervisor, not its memory");
	else
		row(o, memory_name(s->xen->memory), "Xen", "in use", "");
}

static void list_methods(struct session *s, struct out *o)
{
	struct source_method m[LIVE_METHODS];
	struct err *e = source_xen_methods(s, m);
	unsigned int i;

	for (i = 0; i < LIVE_METHODS && !e; i++)
		row(o, m[i].name, "Xen's memory", m[i].state, m[i].why);
	out_error(o, e);
}

static struct err *list(struct session *s, struct out *o)
{
	const char *used = s->front->source ? s->front->source(s) : NULL;
	struct finding f;
	unsigned int n;

	out_list(o, "sources", columns, ARRAY_SIZE(columns));
	for (n = 0; n < ARRAY_SIZE(files) && !s->dump_path; n++) {
		inspect(n, &f);
		row(o, files[n].name, "dom0",
		    used && !strcmp(used, files[n].name) ? "in use" : f.state,
		    f.why);
	}
	if (s->dump_path)
		row(o, s->dump_path, "dom0", "in use", "");
	list_xen(s, o);
	if (s->xen && xen_is_running(s->xen))
		list_methods(s, o);
	out_end(o);
	return NULL;
}

static struct err *use(struct session *s, const char *name)
{
	struct finding f;
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(files); n++)
		if (!strcmp(name, files[n].name))
			break;
	if (n == ARRAY_SIZE(files))
		return err_new(ERR_NOT_FOUND, "unknown source \"%s\"; available: " KCORE ", " CRASH ", " MEM,
			       name);
	if (s->dump_path)
		return err_new(ERR_UNSUPPORTED, "the source of a dump cannot be changed");
	if (!s->front->source_use)
		return err_new(ERR_UNSUPPORTED, "%s has no dom0 session; use crash", s->front->name);
	inspect(n, &f);
	if (!strcmp(f.state, NOT_LOADED)) {
		ERR_TRY(load_driver());
		inspect(n, &f);
	}
	if (strcmp(f.state, "usable"))
		return err_new(ERR_REFUSED, "%s is %s: %s", name, f.state, f.why);
	return s->front->source_use(s, name);
}

static struct err *run_source(struct session *s, struct out *o,
			      const struct args *a)
{
	const char *method = args_text(a, "x");

	if (method && a->nr_words)
		return command_usage("unexpected argument \"%s\"", a->word[0]);
	if (method)
		ERR_TRY(source_xen_use(s, o, method));
	else if (a->nr_words)
		ERR_TRY(use(s, a->word[0]));
	return list(s, o);
}

static const struct option_spec options[] = {
	{ "x", OPTION_TEXT, .value = "METHOD",
	  .help = "read the running hypervisor's memory: A, B, C, D, auto, off or cleanup" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("sources", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the sources of dom0's memory and of the hypervisor's, and why some are",
	"  blocked. With NAME dom0's memory is read from that source from now on.",
	"    /proc/kcore  memory that dom0's page tables map",
	"    /dev/mem     read once as a test: STRICT_DEVMEM refuses RAM",
	"    /dev/crash   requires the driver crash.ko, which is loaded if it is",
	"                 installed for the running kernel (SLES: crash-kmp)",
	"  The last two read machine addresses; xen.so walks the page tables, in a",
	"  PV dom0 with Xen's M2P.",
	"",
	"  No source of dom0 contains the hypervisor. On a running host hypercalls",
	"  return some of its data; a value that they do not return is \"-\", and",
	"  -v of such a command gives the reason.",
	"",
	"  -x makes all memory of the hypervisor readable, so that every command",
	"  works as on a dump. Methods, from the least to the most intrusive:",
	"    A     Xen's debugger interface (Xen 4.6 to 4.13)",
	"    C     the same, through a helper domain that never runs (CONFIG_GDBSX)",
	"    B     memory mapped into a PVH dom0 and read through /dev/mem (Xen 4.11",
	"          and later)",
	"    D     copied by a program in a helper domain (Xen 4.13 and later, VT-x or",
	"          SVM)",
	"    auto  the first of these that is safe on this hypervisor and flushes no",
	"          caches: up to Xen 4.16 B, C and D do; the warning contains",
	"          the number",
	"    off   back to hypercalls; undoes the changes of the method",
	"    cleanup  removes leftovers of ended sessions",
	"  A method that could crash this hypervisor is refused before any call. All",
	"  are refused while an image is loaded by force (\"xen load -f\"). Only",
	"  RAM is read, never devices, and nothing is written. The helper domain is",
	"  removed at the end of the session, by a watchdog process if the session is",
	"  killed.",
	NULL
};

static const char *const example[] = {
	"    crash> xen source",
	"    SOURCE       OF    STATE    WHY",
	"    /proc/kcore  dom0  in use   -",
	"    /dev/crash   dom0  usable   -",
	"    /dev/mem     dom0  blocked  CONFIG_STRICT_DEVMEM: the kernel refuses RAM at 200000",
	"    hypercalls   Xen   in use   records of the hypervisor, not its memory",
	NULL
};

const struct command command_source = {
	.needs = NEEDS_NOTHING,
	.run = run_source,
	.args = { .options = options, .words = { "[NAME]", .max = 1 } },
	.tables = tables,
	.description = description,
	.example = example,
};
