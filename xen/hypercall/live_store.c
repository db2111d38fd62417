/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The xenstore of a running host, requested from xenstored by the protocol of
 * public/io/xs_wire.h (4.4 to master) through its socket, or through the
 * kernel's device if it runs in a stub domain. libxenstore waits for ever for a
 * daemon that hangs; here requests have a time limit.
 */
#include "live_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "xen/base/array.h"
#include "xen/base/budget.h"
#include "xen/model/dom0/xenstore.h"

#define PAYLOAD_MAX	4096	/* XENSTORE_PAYLOAD_MAX */
#define TIMEOUT_MS	2000	/* id of a request */
#define NODES_MAX	(1U << 22)
#define NAMES_FOLDER	"/local/domain"

enum { XS_DIRECTORY = 1, XS_READ = 2, XS_GET_PERMS = 3, XS_ERROR = 16,
       XS_DIRECTORY_PART = 20 };

struct header {
	uint32_t type, id, transaction, len;
};

struct client {
	int fd;
	uint32_t id;
	char payload[PAYLOAD_MAX + 1];	/* payload of the last answer, and a NUL */
	uint32_t len;
};

/* ---- the connection ---- */

static int connect_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	return fd;
}

static struct err *client_open(struct client *c)
{
	static const char *const devices[] = { "/dev/xen/xenbus", "/proc/xen/xenbus" };
	static const char *const sockets[] = {
		"/run/xenstored/socket", "/var/run/xenstored/socket",
	};
	const char *named = getenv("XENSTORED_PATH");
	unsigned int i;
	int fd = -ENOENT;

	/* the variable used by Xen's own tools; if it is set, nothing else is tried */
	if (named)
		fd = connect_socket(named);
	for (i = 0; !named && fd < 0 && i < ARRAY_SIZE(sockets); i++)
		fd = connect_socket(sockets[i]);
	for (i = 0; !named && fd == -ENOENT && i < ARRAY_SIZE(devices); i++) {
		fd = open(devices[i], O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	if (fd == -EACCES || fd == -EPERM)
		return err_new(ERR_REFUSED, "xenstored: permission denied (must be root)");
	if (fd == -EAGAIN)
		return err_new(ERR_IO, "xenstored does not answer");
	if (fd < 0)
		return err_new(ERR_NOT_FOUND, "xenstored is not running (%s)",
			       strerror(-fd));
	*c = (struct client){ .fd = fd };
	return NULL;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

/* Waits for the descriptor, at most until the given time. ^C ends the wait. */
static struct err *wait_ready(int fd, short events, uint64_t end)
{
	struct pollfd p = { .fd = fd, .events = events };
	uint64_t now = now_ms();

	ERR_TRY(interrupt_check());
	if (now >= end || (!poll(&p, 1, end - now) && now_ms() >= end))
		return err_new(ERR_IO, "xenstored does not answer within %d s",
			       TIMEOUT_MS / 1000);
	return interrupt_check();
}

static struct err *transfer(int fd, void *buf, size_t len, bool out, uint64_t end)
{
	char *at = buf;

	while (len) {
		ssize_t n = out ? send(fd, at, len, MSG_NOSIGNAL) : read(fd, at, len);

		/* the kernel's device is not a socket */
		if (out && n < 0 && errno == ENOTSOCK)
			n = write(fd, at, len);
		if (!n)
			return err_new(ERR_IO, "xenstored closed the connection");
		if (n > 0) {
			at += n;
			len -= n;
		} else if (errno == EAGAIN || errno == EINTR) {
			ERR_TRY(wait_ready(fd, out ? POLLOUT : POLLIN, end));
		} else {
			return err_io(errno, "xenstored");
		}
	}
	return NULL;
}

/* An error is returned as the name of an error of errno.h: "ENOENT". */
static struct err *error_of(const struct client *c, const char *path)
{
	if (!strcmp(c->payload, "ENOENT"))
		return err_new(ERR_NOT_FOUND, "no node \"%s\" in the xenstore", path);
	if (!strcmp(c->payload, "E2BIG"))
		return err_new(ERR_UNSUPPORTED, "%s: too long for an answer", path);
	return err_new(strcmp(c->payload, "EACCES") ? ERR_IO : ERR_REFUSED,
		       "%s: xenstored answers %s", path, c->payload);
}

/* Sends a request of one or two texts, second may be NULL; the answer is stored in c. */
static struct err *ask(struct client *c, uint32_t type, const char *path,
		       const char *second)
{
	uint64_t end = now_ms() + TIMEOUT_MS;
	size_t len = strlen(path) + 1, more = second ? strlen(second) + 1 : 0;
	struct header h = { .type = type, .id = ++c->id, .len = len + more };
	char request[sizeof(h) + PAYLOAD_MAX];

	if (len + more > PAYLOAD_MAX)
		return err_new(ERR_NOT_FOUND, "the path is too long");
	memcpy(request, &h, sizeof(h));
	memcpy(request + sizeof(h), path, len);
	if (second)
		memcpy(request + sizeof(h) + len, second, more);
	ERR_TRY(transfer(c->fd, request, sizeof(h) + h.len, true, end));
	do {
		ERR_TRY(transfer(c->fd, &h, sizeof(h), false, end));
		if (h.len > PAYLOAD_MAX)
			return err_new(ERR_CORRUPT, "an answer of xenstored has %u bytes", h.len);
		ERR_TRY(transfer(c->fd, c->payload, h.len, false, end));
	} while (h.id != c->id);
	c->payload[h.len] = '\0';
	c->len = h.len;
	if (h.type == XS_ERROR)
		return error_of(c, path);
	if (h.type != type)
		return err_new(ERR_CORRUPT, "xenstored answers with type %u to %u",
			       h.type, type);
	return NULL;
}

/* ---- nodes ---- */

struct text {
	char *bytes;
	size_t len;
};

static struct err *text_add(struct text *t, const char *bytes, size_t len)
{
	char *grown = realloc(t->bytes, t->len + len + 1);

	if (!grown)
		return err_nomem();
	memcpy(grown + t->len, bytes, len);
	t->bytes = grown;
	t->len += len;
	grown[t->len] = '\0';
	return NULL;
}

/*
 * Reads a folder that is larger than an answer, in parts from an offset on:
 * generation, NUL, names; an empty name ends the last part.
 */
static struct err *read_parts(struct client *c, const char *path,
			      struct text *names)
{
	char offset[24];

	do {
		size_t skip;

		if (names->len > STORE_RECORD_MAX)
			return err_new(ERR_CORRUPT, "%s: too many children", path);
		snprintf(offset, sizeof(offset), "%zu", names->len);
		ERR_TRY(ask(c, XS_DIRECTORY_PART, path, offset));
		skip = strlen(c->payload) + 1;
		if (skip >= c->len)
			return NULL;
		ERR_TRY(text_add(names, c->payload + skip, c->len - skip));
	} while (names->len < 2 || names->bytes[names->len - 2]);
	names->len--;
	return NULL;
}

static struct err *read_children(struct client *c, const char *path,
				 struct text *names)
{
	struct err *e = ask(c, XS_DIRECTORY, path, NULL);

	if (!e)
		return text_add(names, c->payload, c->len);
	if (err_reason(e) != ERR_UNSUPPORTED)
		return e;
	err_free(e);
	return read_parts(c, path, names);
}

/* "n0", NUL, "r1", NUL */
static struct err *read_perms(struct client *c, const char *path,
			      struct store_perm **perm, uint32_t *nr)
{
	const char *at;

	ERR_TRY(ask(c, XS_GET_PERMS, path, NULL));
	for (at = c->payload; at < c->payload + c->len; at += strlen(at) + 1) {
		if (!*at)
			break;
		if (!ARRAY_GROW(*perm, *nr))
			return err_nomem();
		(*perm)[(*nr)++] = (struct store_perm){
			.domid = strtoul(at + 1, NULL, 10),
			.bits = (*at == 'r' || *at == 'b' ? STORE_READ : 0) |
				(*at == 'w' || *at == 'b' ? STORE_WRITE : 0),
		};
	}
	return NULL;
}

/* Adds one node; names receives its children. */
static struct err *read_node(struct client *c, const char *path,
			     struct store *s, struct text *names)
{
	struct store_node n = { .path = path };
	struct store_perm *perm = NULL;
	struct text value = { NULL, 0 };
	struct err *e = ask(c, XS_READ, path, NULL);

	if (!e)
		e = text_add(&value, c->payload, c->len);
	if (!e)
		e = read_perms(c, path, &perm, &n.nr_perms);
	if (!e)
		e = read_children(c, path, names);
	if (!e) {
		n.value = value.bytes;
		n.len = value.len;
		n.perm = perm;
		n.children = names->bytes;
		n.children_len = names->len;
		e = store_add(s, &n);
	}
	free(value.bytes);
	free(perm);
	return e;
}

/* Paths that are still to be read. */
struct paths {
	char **path;
	size_t nr;
};

static struct err *push(struct paths *p, const char *parent, const char *name)
{
	char *path;

	if (!ARRAY_GROW(p->path, p->nr))
		return err_nomem();
	if (asprintf(&path, "%s%s%s", strcmp(parent, "/") ? parent : "",
		     name ? "/" : "", name ? name : !*parent ? "/" : "") < 0)
		return err_nomem();
	p->path[p->nr++] = path;
	return NULL;
}

static struct err *push_children(struct paths *p, const char *parent,
				 const struct text *names, const char *suffix)
{
	const char *at = names->bytes, *end = at + names->len;

	for (; at < end && *at; at += strlen(at) + 1) {
		char name[STORE_PATH_MAX];

		if (snprintf(name, sizeof(name), "%s%s", at, suffix) >= (int)sizeof(name))
			continue;
		ERR_TRY(push(p, parent, name));
	}
	return NULL;
}

static struct err *read_next(struct client *c, struct paths *p, bool deep,
			     struct store *s)
{
	struct text names = { NULL, 0 };
	char *path = p->path[--p->nr];
	struct err *e = read_node(c, path, s, &names);

	if (!e && deep)
		e = push_children(p, path, &names, "");
	/* removed since its parent was read */
	if (e && err_reason(e) == ERR_NOT_FOUND && s->nr) {
		err_free(e);
		e = NULL;
	}
	free(names.bytes);
	free(path);
	return e;
}

static struct err *read_tree(struct client *c, const char *path,
			     unsigned int flags, struct store *s)
{
	struct budget b = { .limit = NODES_MAX };
	struct text names = { NULL, 0 };
	struct paths p = { NULL, 0 };
	struct err *e;

	if (flags & STORE_NAMES) {
		e = read_children(c, NAMES_FOLDER, &names);
		if (!e)
			e = push_children(&p, NAMES_FOLDER, &names, "/name");
	} else {
		e = push(&p, strcmp(path, "/") ? path : "", NULL);
	}
	while (!e && p.nr) {
		e = budget_take(&b, "xenstore");
		if (!e)
			e = read_next(c, &p, !(flags & STORE_NAMES), s);
		/* a domain without a name */
		if (e && err_reason(e) == ERR_NOT_FOUND && (flags & STORE_NAMES)) {
			err_free(e);
			e = NULL;
		}
	}
	while (p.nr)
		free(p.path[--p.nr]);
	free(p.path);
	free(names.bytes);
	return e;
}

struct err *live_store_read(struct xen *x, const char *path,
			    unsigned int flags, struct store *ret)
{
	struct store s = { .kind = STORE_DAEMON };
	struct client c;
	struct err *e;

	(void)x;
	ERR_TRY(client_open(&c));
	e = read_tree(&c, path, flags, &s);
	close(c.fd);
	if (e) {
		store_free(&s);
		return e;
	}
	store_sort(&s);
	*ret = s;
	return NULL;
}
