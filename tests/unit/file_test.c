/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and their compressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#ifdef HAVE_LIBLZMA
#include <lzma.h>
#endif
#ifdef HAVE_LIBZSTD
#include <zstd.h>
#endif

#include "made_formats.h"
#include "xen/base/file.h"
#include "xen/memory/dumpfile.h"

#define SIZE 400000

static uint8_t content[SIZE];

static void fill(void)
{
	for (size_t i = 0; i < SIZE; i++)
		content[i] = i * 7 + (i >> 9) * 13;
}

struct packed {
	enum file_format format;
	uint8_t *bytes;
	size_t len;
};

/* All formats that this build can read. */
static unsigned int pack_all(struct packed *p)
{
	unsigned int n = 0;

	fill();
	p[n].format = FILE_GZIP;
	p[n].bytes = made_gzip(content, SIZE, &p[n].len);
	n++;
#ifdef HAVE_LIBLZMA
	p[n].format = FILE_XZ;
	p[n].bytes = malloc(SIZE * 2);
	p[n].len = 0;
	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL,
						 content, SIZE, p[n].bytes,
						 &p[n].len, SIZE * 2), LZMA_OK);
	n++;
#endif
#ifdef HAVE_LIBZSTD
	p[n].format = FILE_ZSTD;
	p[n].bytes = malloc(SIZE * 2);
	p[n].len = ZSTD_compress(p[n].bytes, SIZE * 2, content, SIZE, 1);
	assert_false(ZSTD_isError(p[n].len));
	n++;
#endif
	return n;
}

static void free_all(struct packed *p, unsigned int n)
{
	while (n--)
		free(p[n].bytes);
}

static void test_unpack(void **state)
{
	struct packed p[3];
	unsigned int n = pack_all(p);

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		struct file *f;

		assert_null(file_from_bytes("x", p[i].bytes, p[i].len, &f));
		assert_int_equal(file_format(f), p[i].format);
		assert_int_equal(file_size(f), 0);
		/* not further than requested, except the output of one step */
		assert_null(file_want(f, 100));
		assert_in_range(file_size(f), 100, SIZE - 1);
		assert_memory_equal(file_data(f), content, 100);
		assert_null(file_want(f, SIZE_MAX));
		assert_int_equal(file_size(f), SIZE);
		assert_memory_equal(file_data(f), content, SIZE);
		file_close(f);
	}
	free_all(p, n);
}

/* Consecutive streams form one content. */
static void test_members(void **state)
{
	struct packed p[3];
	unsigned int n = pack_all(p);

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		uint8_t *twice = malloc(2 * p[i].len);
		struct file *f;

		memcpy(twice, p[i].bytes, p[i].len);
		memcpy(twice + p[i].len, p[i].bytes, p[i].len);
		assert_null(file_from_bytes("x", twice, 2 * p[i].len, &f));
		assert_null(file_want(f, SIZE_MAX));
		assert_int_equal(file_size(f), 2 * SIZE);
		assert_memory_equal(file_data(f) + SIZE, content, SIZE);
		file_close(f);
		free(twice);
	}
	free_all(p, n);
}

static void test_cut_off(void **state)
{
	struct packed p[3];
	unsigned int n = pack_all(p);

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		for (unsigned int part = 1; part < 5; part++) {
			struct file *f;
			struct err *e;

			assert_null(file_from_bytes("cut", p[i].bytes,
						    p[i].len * part / 5, &f));
			e = file_want(f, SIZE_MAX);
			assert_non_null(e);
			assert_int_equal(err_reason(e), ERR_CORRUPT);
			assert_non_null(strstr(err_text(e), "cut"));
			assert_in_range(file_size(f), 0, SIZE - 1);
			if (file_size(f))
				assert_memory_equal(file_data(f), content,
						    file_size(f));
			err_free(e);
			/* further requests neither hang nor succeed */
			e = file_want(f, SIZE_MAX);
			assert_non_null(e);
			err_free(e);
			file_close(f);
		}
	}
	free_all(p, n);
}

static void test_damaged(void **state)
{
	struct packed p[3];
	unsigned int n = pack_all(p);

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		struct file *f;
		struct err *e;

		memset(p[i].bytes + p[i].len / 2, 0xff, 64);
		assert_null(file_from_bytes("x", p[i].bytes, p[i].len, &f));
		e = file_want(f, SIZE_MAX);
		assert_non_null(e);
		assert_int_equal(err_reason(e), ERR_CORRUPT);
		err_free(e);
		file_close(f);
	}
	free_all(p, n);
}

static void test_plain(void **state)
{
	char path[] = "/tmp/file_test.XXXXXX";
	int fd = mkstemp(path);
	struct file *f;

	(void)state;
	fill();
	assert_int_equal(write(fd, content, SIZE), SIZE);
	assert_null(file_open(path, &f));
	assert_int_equal(file_format(f), FILE_PLAIN);
	assert_int_equal(file_size(f), SIZE);
	assert_memory_equal(file_data(f), content, SIZE);
	assert_null(file_want(f, SIZE_MAX));
	file_close(f);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_null(file_open(path, &f));
	assert_int_equal(file_size(f), 0);
	file_close(f);
	close(fd);
	unlink(path);
}

/* A writer that waits for the fifo to be opened; returns its process. */
static pid_t wait_for_reader(const char *path)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(open(path, O_WRONLY) < 0);
	usleep(100000);
	return pid;
}

/* A link in a customer's folder may lead to a device that is changed by being opened. */
static void test_not_opened(void **state)
{
	char dir[] = "/tmp/file_test.XXXXXX", path[64];
	struct dumpfile *dump;
	struct file *f;
	struct err *e;
	pid_t pid;
	int status;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	pid = wait_for_reader(path);
	e = file_open(path, &f);
	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	assert_non_null(strstr(err_text(e), "fifo: not a regular file"));
	err_free(e);
	e = dumpfile_open(path, &dump);
	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	err_free(e);
	usleep(100000);
	/* the writer still waits */
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	unlink(path);
	rmdir(dir);
}

/* Files of procfs have a size of 0. */
static void test_proc(void **state)
{
	struct file *f;

	(void)state;
	assert_null(file_open("/proc/self/status", &f));
	assert_non_null(memmem(file_data(f), file_size(f), "VmRSS", 5));
	file_close(f);
}

static void expect_open_fails(const char *path, enum err_reason reason)
{
	struct file *f = (void *)1;
	struct err *e = file_open(path, &f);

	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	assert_non_null(strstr(err_text(e), path));
	assert_ptr_equal(f, (void *)1);
	err_free(e);
}

static void test_no_files(void **state)
{
	char dir[] = "/tmp/file_test.XXXXXX", fifo[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	/* and does not wait for a writer */
	expect_open_fails(fifo, ERR_UNSUPPORTED);
	expect_open_fails(dir, ERR_UNSUPPORTED);
	expect_open_fails("/dev/null", ERR_UNSUPPORTED);
	unlink(fifo);
	rmdir(dir);
	expect_open_fails(dir, ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unpack),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_not_opened),
		cmocka_unit_test(test_proc),
		cmocka_unit_test(test_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
