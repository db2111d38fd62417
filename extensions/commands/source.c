/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where memory comes from, and why not from elsewhere. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xen/memory/memory.h"
#include "source.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

#define KCORE	"/proc/kcore"
#define CRASH	"/dev/crash"
#define MEM	"/dev/mem"

/* The state of a driver that modprobe can load. */
#define NOT_LOADED	"not loaded"

/* What `xen source` says of a file it looked at. */
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

/* Why a file of the kernel cannot be opened. */
static void refused(struct finding *f, int error)
{
	char level[32];

	f->state = error == ENOENT ? "absent" : "blocked";
	if (error == EPERM && lockdown(level, sizeof(level)))
		snprintf(f->why, sizeof(f->why), "kernel lockdown (%s)", level);
	else if (error == EPERM || error == EACCES)
		snprintf(f->why, sizeof(f->why), "permissions: root only");
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
 * Below 1 MiB /dev/mem is always readable. Above, a kernel with STRICT_DEVMEM
 * refuses RAM (arch/x86/mm/init.c, devmem_is_allowed), so it is tried.
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
	{ KCORE, "this kernel is built without CONFIG_PROC_KCORE", try_kcore },
	{ CRASH, "the crash driver is neither loaded nor installed for this kernel (SLES: crash-kmp; else memory_driver/ of crash's source)", try_nothing },
	{ MEM, "this kernel is built without CONFIG_DEVMEM", try_mem },
};

/* crash.ko as depmod found it, in updates/ (SLES), extra/ or elsewhere. */
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
		return err_new(ERR_IO, "\"modprobe crash\" failed, see above and the kernel's log");
	return NULL;
}

static void look(unsigned int n, struct finding *f)
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
			 "%.160s is installed: \"xen source " CRASH "\" loads it", driver);
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
	{ .key = "source", .title = "SOURCE" },
	{ .key = "of", .title = "OF" },
	{ .key = "state", .title = "STATE" },
	{ .key = "why", .title = "WHY" },
};

void source_row(struct out *o, const char *name, const char *of,
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

static void row_xen(struct session *s, struct out *o)
{
	if (!s->xen)
		source_row(o, "hypercalls", "Xen", "absent",
		    s->why_no_xen ? s->why_no_xen : "");
	else if (xen_is_running(s->xen))
		source_row(o, "hypercalls", "Xen", "in use",
			   "they tell what Xen is asked for, not its memory");
	else
		source_row(o, memory_name(s->xen->memory), "Xen", "in use", "");
}

static struct err *list(struct session *s, struct out *o)
{
	const char *used = s->front->source ? s->front->source(s) : NULL;
	struct finding f;
	unsigned int n;

	out_list(o, "sources", columns, N(columns));
	for (n = 0; n < N(files) && !s->dump_path; n++) {
		look(n, &f);
		source_row(o, files[n].name, "dom0",
		    used && !strcmp(used, files[n].name) ? "in use" : f.state,
		    f.why);
	}
	if (s->dump_path)
		source_row(o, s->dump_path, "dom0", "in use", "");
	row_xen(s, o);
	if (s->xen && xen_is_running(s->xen))
		source_xen_rows(s, o);
	out_end(o);
	return NULL;
}

static struct err *use(struct session *s, const char *name)
{
	struct finding f;
	unsigned int n;

	for (n = 0; n < N(files); n++)
		if (!strcmp(name, files[n].name))
			break;
	if (n == N(files))
		return err_new(ERR_NOT_FOUND, "%s is no source: there are " KCORE ", " CRASH ", " MEM,
			       name);
	if (s->dump_path)
		return err_new(ERR_UNSUPPORTED, "a session of a dump has one source");
	if (!s->front->source_use)
		return err_new(ERR_UNSUPPORTED, "%s has no dom0 session", s->front->name);
	look(n, &f);
	if (!strcmp(f.state, NOT_LOADED)) {
		ERR_TRY(load_driver());
		look(n, &f);
	}
	if (strcmp(f.state, "usable"))
		return err_new(ERR_REFUSED, "%s is %s: %s", name, f.state, f.why);
	return s->front->source_use(s, name);
}

static struct err *run_source(struct session *s, struct out *o, int argc,
			      char **argv)
{
	const char *method = NULL;
	int c;

	while ((c = getopt(argc, argv, "x:")) != -1) {
		if (c != 'x')
			return command_usage("unknown option, or -x without METHOD");
		method = optarg;
	}
	if (argc - optind + !!method > 1)
		return command_usage("one source at a time");
	if (method)
		ERR_TRY(source_xen_use(s, o, method));
	else if (optind < argc)
		ERR_TRY(use(s, argv[optind]));
	return list(s, o);
}

static const char *const help[] = {
	"  Shows where the memory of dom0 and the hypervisor is read from, what else there",
	"  is, and what blocks it; with NAME reads dom0's memory from there from now on.",
	"  /dev/mem is tried, not only opened: a kernel with STRICT_DEVMEM refuses RAM.",
	"  /dev/crash is there once the driver crash.ko is loaded, which this does where it",
	"  is installed for the running kernel (SLES: crash-kmp, in updates/). /proc/kcore",
	"  reads what page tables map by itself; for the others these are walked, in a PV",
	"  dom0 with Xen's M2P, as they hold machine addresses. No source of dom0 reads the",
	"  hypervisor; much of it is told by hypercalls: \"-\" is for what is not, and with",
	"  -v such a command says why.",
	"",
	"  -x reads the memory of the running hypervisor, which it gives to nobody by",
	"  itself. From then on every command works as on a dump, on what changes while it",
	"  is read. The methods, from the least to the most intrusive:",
	"    A     Xen reads for us through its debugger interface (Xen 4.6 to 4.13)",
	"    C     the same, through a helper domain that never runs (CONFIG_GDBSX)",
	"    B     memory is mapped into a PVH dom0 and read through /dev/mem (Xen 4.11 and",
	"          later)",
	"    D     a program in a helper domain copies (Xen 4.13 and later, VT-x or SVM)",
	"    auto  the first of these that is safe on this very hypervisor",
	"    off   back to hypercalls; undoes what the method made",
	"    cleanup  removes what sessions left that are gone",
	"  A method that could bring down this hypervisor is refused before any call. Only",
	"  RAM is read, never devices, and nothing is written. The helper domain is removed",
	"  at the end of the session; if that is killed, by a watchdog process.",
	"",
	"EXAMPLE",
	"    crash> xen source",
	"    SOURCE       OF    STATE    WHY",
	"    /proc/kcore  dom0  in use   -",
	"    /dev/crash   dom0  usable   -",
	"    /dev/mem     dom0  blocked  CONFIG_STRICT_DEVMEM: the kernel refuses RAM at 200000",
	"    hypercalls   Xen   in use   they tell what Xen is asked for, not its memory",
	NULL
};

const struct command command_source = {
	.needs = NEEDS_NOTHING,
	.run_words = run_source,
	.synopsis = "[-j] [NAME | -x METHOD]",
	.help = help,
};
