/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "quiet.h"

static void no_message(xentoollog_logger *l, xentoollog_level level,
			int error, const char *context, const char *format,
			va_list al)
{
	(void)l;
	(void)level;
	(void)error;
	(void)context;
	(void)format;
	(void)al;
}

static void no_progress(xentoollog_logger *l, const char *context,
			const char *what, int percent, unsigned long done,
			unsigned long total)
{
	(void)l;
	(void)context;
	(void)what;
	(void)percent;
	(void)done;
	(void)total;
}

xentoollog_logger *quiet_logger(void)
{
	static xentoollog_logger quiet = { .vmessage = no_message,
					   .progress = no_progress };

	return &quiet;
}
