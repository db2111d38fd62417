/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "self.h"

#include <dlfcn.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void self_directory(char path[PATH_MAX])
{
	char self[PATH_MAX] = "";
	Dl_info info;

	/* for a program dladdr() returns argv[0], which need not be a path */
	if (dladdr((void *)self_directory, &info) && info.dli_fname &&
	    !realpath(info.dli_fname, self))
		self[0] = '\0';
	if (!*self || access(self, F_OK)) {
		ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

		self[n > 0 ? n : 0] = '\0';
	}
	snprintf(path, PATH_MAX, "%s", *self ? dirname(self) : "");
}
