/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens the hypervisor of the running host with the hypercalls of xen-live.so. */
#include "xen/hypercall/live.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "self.h"

#define LIBRARY		"xen-live.so"

/* Exists only under Xen. */
#define HYPERVISOR	"/sys/hypervisor/"

/* XENFEAT_dom0 (public/features.h); Linux prints the bits in hex. */
#define FEATURE_DOM0	(1UL << 11)

static void read_word(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* Returns NULL in dom0; checked before any hypercall. */
static struct err *check_dom0(void)
{
	char type[32], features[32];

	read_word(HYPERVISOR "type", type, sizeof(type));
	if (strcmp(type, "xen"))
		return err_new(ERR_UNSUPPORTED,
			       "this machine does not run on Xen");
	read_word(HYPERVISOR "properties/features", features, sizeof(features));
	if (*features && !(strtoul(features, NULL, 16) & FEATURE_DOM0))
		return err_new(ERR_REFUSED,
			       "this is a guest of Xen, not dom0: it has no access to the hypervisor");
	return NULL;
}

/*
 * Places relative to the directory of xen.so or xenview: the same one after the
 * build; LIBDIR/crash-xen after the installation, since "crash -x" loads all
 * files in crash's extension folder.
 */
static const char *const places[] = {
	LIBRARY, "../../crash-xen/" LIBRARY, "../lib/crash-xen/" LIBRARY,
	"../lib64/crash-xen/" LIBRARY,
};

/*
 * XEN_LIVE_SO, else the first place that contains the file; the first place if
 * none does.
 */
static void library_path(char *path, size_t size)
{
	const char *named = getenv("XEN_LIVE_SO");
	char self[PATH_MAX];
	size_t i;

	if (named) {
		snprintf(path, size, "%s", named);
		return;
	}
	self_directory(self);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, size, "%s/%s", self, places[i]);
		if (!access(path, F_OK))
			return;
	}
	snprintf(path, size, "%s/%s", self, places[0]);
}

static struct err *load_library(void **library, const struct live_ops **ops)
{
	char path[PATH_MAX + 64];
	const struct live_ops *o;

	library_path(path, sizeof(path));
	if (access(path, F_OK))
		return err_new(ERR_NOT_FOUND,
			       "%s not found: required on a running host; install the package crash-xen-live, or libxen-dev or xen-devel and run make",
			       path);
	*library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!*library)
		return err_new(ERR_IO, "%s", dlerror());
	o = dlsym(*library, LIVE_OPS_SYMBOL);
	if (o && o->version == LIVE_OPS_VERSION && o->size == sizeof(*o)) {
		*ops = o;
		return NULL;
	}
	dlclose(*library);
	*library = NULL;
	return err_new(ERR_MISMATCH, "%s: version mismatch with xen.so; install both from one build", path);
}

static struct err *open_hypercalls(const struct live_ops *ops, void **priv)
{
	int rc = ops->open(priv);

	if (rc == -ENOENT || rc == -ENODEV)
		return err_new(ERR_NOT_FOUND,
			       "no /dev/xen/privcmd; run \"modprobe xen-privcmd\"");
	if (rc == -EACCES || rc == -EPERM)
		return err_new(ERR_REFUSED,
			       "/dev/xen/privcmd: permission denied (must be root)");
	return rc ? err_io(-rc, "opening /dev/xen/privcmd") : NULL;
}

struct err *session_open_live(struct session *s)
{
	const struct live_ops *ops = NULL;
	void *priv = NULL;
	struct err *e;

	ERR_TRY(check_dom0());
	ERR_TRY(load_library(&s->live_library, &ops));
	e = open_hypercalls(ops, &priv);
	if (!e) {
		e = live_open(ops, priv, &s->xen);
		if (e)
			ops->close(priv);
	}
	if (e) {
		session_close_live(s);
		return e;
	}
	session_find_image(s);
	return NULL;
}

void session_close_live(struct session *s)
{
	if (s->live_library)
		dlclose(s->live_library);
	s->live_library = NULL;
}
