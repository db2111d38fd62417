/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files from a debuginfod server: this test is the server, on a loopback
 * address. Skipped where libdebuginfod is not installed.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "assert_err.h"
#include "made_formats.h"
#include "made_memory.h"
#include "remove_tree.h"
#include "xen/image/find.h"

static struct made made, foreign;
static struct made_memory memory;
static char root[64];
static pid_t server;

static const struct made_options running = {
	.table = TABLE_4_7, .build_info = "debug=n", .text_size = 0x11000,
};

/* Files of the server; "debuginfo" and "executable", NULL: 404 */
static struct answer {
	uint8_t *file[2];
	size_t len[2];
	bool silent;		/* accepts the request and never answers */
} answer;

static void send_all(int to, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = send(to, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			_exit(1);
		p += n;
		len -= n;
	}
}

static void serve_one(int fd)
{
	char request[4096] = "", id[2 * MADE_ID_LEN + 1], head[128], *path;
	static const char *const kinds[] = { "debuginfo", "executable" };
	size_t len = 0;
	ssize_t n;

	while (!strstr(request, "\r\n\r\n") && len < sizeof(request) - 1 &&
	       (n = recv(fd, request + len, sizeof(request) - 1 - len, 0)) > 0)
		len += n;
	if (answer.silent)
		pause();
	build_id_text(made.id, MADE_ID_LEN, id, sizeof(id));
	for (int i = 0; i < 2; i++) {
		if (asprintf(&path, "GET /buildid/%s/%s ", id, kinds[i]) < 0)
			_exit(1);
		if (answer.file[i] && !strncmp(request, path, strlen(path))) {
			n = snprintf(head, sizeof(head),
				     "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
				     answer.len[i]);
			send_all(fd, head, n);
			send_all(fd, answer.file[i], answer.len[i]);
			return;
		}
		free(path);
	}
	snprintf(head, sizeof(head), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
	send_all(fd, head, strlen(head));
}

/* Starts the server and sets it for the library. */
static void serve(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char url[64];

	assert_return_code(bind(listener, (void *)&at, size), 0);
	assert_return_code(listen(listener, 8), 0);
	assert_return_code(getsockname(listener, (void *)&at, &size), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", ntohs(at.sin_port));
	setenv("DEBUGINFOD_URLS", url, 1);
	server = fork();
	if (!server)
		while (true) {
			int fd = accept(listener, NULL, NULL);

			serve_one(fd);
			close(fd);
		}
	close(listener);
}

static int setup(void **state)
{
	struct made_options o = running;

	(void)state;
	strcpy(root, "/tmp/fetch_test.XXXXXX");
	assert_non_null(mkdtemp(root));
	made_init(&made, &running);
	made_memory_init(&memory, &made);
	o.minor = 17;
	made_init(&foreign, &o);
	memset(&answer, 0, sizeof(answer));
	setenv("DEBUGINFOD_CACHE_PATH", root, 1);
	unsetenv("DEBUGINFOD_TIMEOUT");
	unsetenv("DEBUGINFOD_URLS");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		free(answer.file[i]);
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	server = 0;
	interrupt_pending = 0;
	return remove_tree(root);
}

static void require_library(void)
{
	void *library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		skip();
	dlclose(library);
}

static unsigned int steps;
static bool interrupt;

static void count_steps(void *arg, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	assert_ptr_equal(arg, &made);
	steps++;
	if (interrupt)
		interrupt_pending = 1;
}

static struct find_result *find(void)
{
	struct find_request r = {
		.build_id = made.id, .build_id_len = MADE_ID_LEN,
		.read = made_memory_read, .ctx = &memory,
		.virt_start = MADE_NEW, .root = root, .fetch = true,
		.progress = count_steps, .progress_arg = &made,
	};
	struct find_result *result = NULL;
	struct err *e = image_find(&r, &result);

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
	return result;
}

static const struct find_place *last_place(const struct find_result *r)
{
	return &r->place[r->nr_places - 1];
}

/* A whole file with DWARF: the second kind is not requested. */
static void test_debuginfo(void **state)
{
	struct find_result *r;
	struct image_verdict v;
	struct image *img;

	(void)state;
	require_library();
	answer.file[0] = made_elf64(&made, MADE_DWARF, &answer.len[0]);
	steps = 0;
	serve();
	r = find();
	assert_true(steps > 0);
	assert_int_equal(r->nr_candidates, 1);
	assert_string_equal(last_place(r)->path, getenv("DEBUGINFOD_URLS"));
	assert_non_null(strstr(last_place(r)->what, "debuginfo: /"));
	assert_null(find_take_best(r, &img, &v));
	assert_int_equal(v.kind, MATCH_PROVED);
	assert_true(img->has_dwarf);
	image_close(img);
	find_result_destroy(r);
}

/* A file without DWARF is available only as "executable". */
static void test_executable(void **state)
{
	struct find_result *r;
	struct image_verdict v;
	struct image *img;

	(void)state;
	require_library();
	answer.file[1] = made_elf64(&made, 0, &answer.len[1]);
	serve();
	r = find();
	assert_string_equal(r->place[r->nr_places - 2].what, "debuginfo: not found");
	assert_non_null(strstr(last_place(r)->what, "executable: /"));
	assert_null(find_take_best(r, &img, &v));
	assert_true(img->has_symtab);
	image_close(img);
	find_result_destroy(r);
}

/* A file from a server is not verified by that. */
static void test_other_build(void **state)
{
	struct find_result *r;
	struct image_verdict v;
	struct image *img;
	struct err *e;

	(void)state;
	require_library();
	answer.file[0] = made_elf64(&foreign, MADE_DWARF, &answer.len[0]);
	serve();
	r = find();
	assert_int_equal(r->candidate[0].verdict.kind, MATCH_OTHER);
	e = find_take_best(r, &img, &v);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	assert_non_null(strstr(err_text(e), "build-id in memory is"));
	err_free(e);
	find_result_destroy(r);
}

/* No request without servers, nor if a file of this system matches. */
static void test_not_asked(void **state)
{
	struct find_result *r;
	char path[128];
	size_t len;
	uint8_t *bytes = made_elf64(&made, MADE_DWARF, &len);
	FILE *fp;

	(void)state;
	r = find();
	assert_int_equal(r->nr_candidates, 0);
	assert_null(strstr(last_place(r)->what, "debuginfo"));
	find_result_destroy(r);
	require_library();
	snprintf(path, sizeof(path), "%s/boot", root);
	assert_return_code(mkdir(path, 0700), 0);
	strcat(path, "/xen-syms");
	fp = fopen(path, "w");
	assert_int_equal(fwrite(bytes, 1, len, fp), len);
	fclose(fp);
	free(bytes);
	serve();
	steps = 0;
	r = find();
	assert_int_equal(steps, 0);
	assert_int_equal(r->nr_candidates, 1);
	find_result_destroy(r);
}

/*
 * A server that accepts and sends nothing: ends after DEBUGINFOD_TIMEOUT, and
 * on ^C at once.
 */
static void test_silent(void **state)
{
	struct timespec before, after;
	struct find_result *r;
	char *path = NULL, cache[128];

	(void)state;
	require_library();
	answer.silent = true;
	serve();
	setenv("DEBUGINFOD_TIMEOUT", "2", 1);
	clock_gettime(CLOCK_MONOTONIC, &before);
	r = find();
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range(after.tv_sec - before.tv_sec, 2, 12);
	assert_non_null(strstr(last_place(r)->what, "no answer for 2 s"));
	find_result_destroy(r);
	/* the library caches failures for some minutes */
	snprintf(cache, sizeof(cache), "%s/other", root);
	setenv("DEBUGINFOD_CACHE_PATH", cache, 1);
	setenv("DEBUGINFOD_TIMEOUT", "600", 1);
	interrupt = true;
	assert_err(fetch_by_build_id(FETCH_DEBUGINFO, made.id, MADE_ID_LEN,
				     count_steps, &made, &path),
		   ERR_INTERRUPTED, "");
	interrupt = false;
	assert_null(path);
}

/* No server at that address */
static void test_unreachable(void **state)
{
	struct find_result *r;

	(void)state;
	require_library();
	setenv("DEBUGINFOD_URLS", "http://127.0.0.1:1", 1);
	r = find();
	assert_non_null(strstr(last_place(r)->what, "executable: download failed: "));
	assert_int_equal(r->nr_candidates, 0);
	find_result_destroy(r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_debuginfo), TEST(test_executable), TEST(test_other_build),
		TEST(test_not_asked), TEST(test_silent), TEST(test_unreachable),
	};

	/* a proxy of this machine would receive the requests */
	setenv("no_proxy", "127.0.0.1", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
