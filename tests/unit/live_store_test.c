/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The xenstore of a running host, requested from a generated daemon through a socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "assert_err.h"
#include "xen/hypercall/live_internal.h"
#include "xen/model/dom0/names.h"
#include "xen/model/dom0/xenstore.h"

struct header {
	uint32_t type, id, transaction, len;
};

/* Path, value, permissions; a folder with many children is sent in parts. */
static const struct {
	const char *path, *value, *perms, *children;
	size_t children_len;
} nodes[] = {
	{ "/", "", "n0", "local\0tool", 11 },
	{ "/local", "", "n0", "domain", 7 },
	{ "/local/domain", "", "r0", "0\0001\0002", 6 },
	{ "/local/domain/0", "", "n0", "name", 5 },
	{ "/local/domain/0/name", "Domain-0", "n0", "", 0 },
	{ "/local/domain/1", "", "n0,r1", "data\0name", 10 },
	{ "/local/domain/1/data", "x", "b1,w2", "", 0 },
	{ "/local/domain/1/name", "web", "n0", "", 0 },
	{ "/local/domain/2", "", "n0", "", 0 },
	{ "/tool", "", "n0", "parts", 6 },
	{ "/tool/parts", "", "n0", NULL, 0 },
};

#define PARTS	1500	/* children of /tool/parts: p0 to p1499 */

enum fault { SOUND, SILENT, HUGE_ANSWER, CLOSES, OTHER_TYPE };

static char path[64];
static pid_t daemon_pid;

static void answer(int fd, const struct header *q, uint32_t type,
		   const char *bytes, uint32_t len)
{
	struct header h = { .type = type, .id = q->id, .len = len };

	if (write(fd, &h, sizeof(h)) != sizeof(h) ||
	    (len && write(fd, bytes, len) != (ssize_t)len))
		_exit(1);
}

/* All names of the big folder, as one text. */
static size_t all_parts(char *to)
{
	size_t len = 0;
	int i;

	for (i = 0; i < PARTS; i++)
		len += sprintf(to + len, "p%d", i) + 1;
	return len;
}

static void answer_part(int fd, const struct header *q, size_t from)
{
	static char names[PARTS * 8];
	char part[4096];
	size_t len = all_parts(names), n = 0;

	n = sprintf(part, "17") + 1;
	while (from < len && n + strlen(names + from) + 2 < 3000) {
		strcpy(part + n, names + from);
		n += strlen(names + from) + 1;
		from += strlen(names + from) + 1;
	}
	if (from >= len)
		part[n++] = '\0';
	answer(fd, q, q->type, part, n);
}

static void answer_node(int fd, const struct header *q, size_t i)
{
	char perms[32];
	size_t k, len = strlen(nodes[i].perms) + 1;

	switch (q->type) {
	case 1:
		if (!nodes[i].children)
			answer(fd, q, 16, "E2BIG", 6);
		else
			answer(fd, q, 1, nodes[i].children, nodes[i].children_len);
		break;
	case 2:
		answer(fd, q, 2, nodes[i].value, strlen(nodes[i].value));
		break;
	default:
		memcpy(perms, nodes[i].perms, len);
		for (k = 0; k < len; k++)
			if (perms[k] == ',')
				perms[k] = '\0';
		answer(fd, q, q->type, perms, len);
	}
}

static void answer_request(int fd, const struct header *q, const char *text)
{
	size_t i;

	if (q->type == 20) {
		answer_part(fd, q, strtoul(text + strlen(text) + 1, NULL, 10));
		return;
	}
	/* an event of a watch comes between */
	answer(fd, &(struct header){ .id = 0 }, 15, "a\0b", 4);
	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		if (!strcmp(nodes[i].path, text)) {
			answer_node(fd, q, i);
			return;
		}
	}
	if (!strncmp(text, "/tool/parts/p", 13) && q->type != 1)
		answer(fd, q, q->type, q->type == 2 ? "v" : "n0", q->type == 2 ? 1 : 3);
	else if (!strncmp(text, "/tool/parts/p", 13))
		answer(fd, q, 1, NULL, 0);
	else
		answer(fd, q, 16, "ENOENT", 7);
}

static void serve(int listener, enum fault fault)
{
	char text[4096];
	struct header q;

	for (;;) {
		int fd = accept(listener, NULL, NULL);

		while (fd >= 0 && read(fd, &q, sizeof(q)) == sizeof(q) &&
		       q.len <= sizeof(text) &&
		       read(fd, text, q.len) == (ssize_t)q.len) {
			if (fault == SILENT)
				continue;
			if (fault == CLOSES)
				break;
			if (fault == HUGE_ANSWER) {
				q.len = 0xffffffff;
				if (write(fd, &q, sizeof(q)) < 0)
					_exit(1);
			} else if (fault == OTHER_TYPE) {
				answer(fd, &q, 7, "", 0);
			} else {
				answer_request(fd, &q, text);
			}
		}
		close(fd);
	}
}

static void start(enum fault fault)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(path, sizeof(path), "/tmp/store-test.%d", getpid());
	strcpy(addr.sun_path, path);
	unlink(path);
	assert_int_equal(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(listener, 4), 0);
	setenv("XENSTORED_PATH", path, 1);
	daemon_pid = fork();
	if (!daemon_pid) {
		/* must not outlive a test that failed */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener, fault);
	}
	close(listener);
}

static void stop(void)
{
	kill(daemon_pid, SIGKILL);
	waitpid(daemon_pid, NULL, 0);
	unlink(path);
}

static struct xen *host(void)
{
	static struct xen x = { .source = &live_source };

	return &x;
}

static void test_tree(void **state)
{
	const struct store_node *n;
	struct store s;

	(void)state;
	start(SOUND);
	assert_ok(store_read(host(), "/", 0, &s));
	assert_int_equal(s.kind, STORE_DAEMON);
	assert_int_equal(s.nr, sizeof(nodes) / sizeof(nodes[0]) + PARTS);
	n = store_find(&s, "/local/domain/1/data");
	assert_string_equal(n->value, "x");
	assert_int_equal(n->nr_perms, 2);
	assert_int_equal(n->perm[0].domid, 1);
	assert_int_equal(n->perm[0].bits, STORE_READ | STORE_WRITE);
	assert_int_equal(n->perm[1].domid, 2);
	assert_int_equal(n->perm[1].bits, STORE_WRITE);
	assert_non_null(store_find(&s, "/tool/parts/p1499"));
	store_free(&s);
	assert_ok(store_read(host(), "/local/domain/1", 0, &s));
	assert_int_equal(s.nr, 3);
	store_free(&s);
	assert_err(store_read(host(), "/nothing", 0, &s), ERR_NOT_FOUND,
		   "no node \"/nothing\"");
	stop();
}

static void test_names(void **state)
{
	struct domain d = { .domain_id = { .raw = 1, .state = VALUE_OK } };

	(void)state;
	start(SOUND);
	assert_string_equal(name_of_domain(host(), &d), "web");
	d.domain_id.raw = 2;
	assert_null(name_of_domain(host(), &d));
	assert_null(names_missing(host()));
	stop();
	free(host()->names);
	host()->names = NULL;
	assert_null(name_of_domain(host(), &d));
	assert_non_null(strstr(names_missing(host()), "xenstored is not running"));
	free(host()->names);
	host()->names = NULL;
}

static void test_faults(void **state)
{
	static const struct {
		enum fault fault;
		enum err_reason reason;
		const char *text;
	} cases[] = {
		{ SILENT, ERR_IO, "does not answer within 2 s" },
		{ HUGE_ANSWER, ERR_CORRUPT, "has 4294967295 bytes" },
		{ CLOSES, ERR_IO, "closed the connection" },
		{ OTHER_TYPE, ERR_CORRUPT, "answers with type 7" },
	};
	struct store s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(cases[i].fault);
		assert_err(store_read(host(), "/", 0, &s), cases[i].reason,
			   cases[i].text);
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
