/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "owner.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failed.h"

static const char mark[4] = { 'c', 'x', 'e', 'n' };

static int namespace_of_self(uint32_t *ret)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st))
		return failed();
	*ret = st.st_ino;
	return 0;
}

/* Reads field 22 of /proc/PID/stat; -ENOENT or -ESRCH if there is no such process. */
static int start_of(uint32_t pid, uint32_t *ret)
{
	char path[32], text[1024], *at;
	unsigned long long start = 0;
	int rc = 0;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	errno = 0;
	f = fopen(path, "re");
	if (!f)
		return failed();
	n = fread(text, 1, sizeof(text) - 1, f);
	if (!n)
		rc = failed();
	fclose(f);
	if (rc)
		return rc;
	text[n] = '\0';
	/* the name, in parentheses, may contain any character */
	at = strrchr(text, ')');
	if (!at || sscanf(at + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
			  &start) != 1)
		return -EIO;
	*ret = start;
	return 0;
}

int owner_self(struct owner *ret)
{
	struct owner o = { .pid = getpid() };
	int rc = namespace_of_self(&o.ns);

	if (!rc)
		rc = start_of(o.pid, &o.start);
	if (rc)
		return rc;
	memcpy(o.mark, mark, sizeof(mark));
	*ret = o;
	return 0;
}

int owner_has_mark(const struct owner *o)
{
	return !memcmp(o->mark, mark, sizeof(mark));
}

enum owner_state owner_state(const struct owner *o)
{
	uint32_t ns, start;
	int rc;

	if (namespace_of_self(&ns) || ns != o->ns)
		return OWNER_UNKNOWN;
	rc = start_of(o->pid, &start);
	if (!rc)
		return start == o->start ? OWNER_RUNS : OWNER_ENDED;
	/* the namespace above was read from the same /proc */
	return rc == -ENOENT || rc == -ESRCH ? OWNER_ENDED : OWNER_UNKNOWN;
}
