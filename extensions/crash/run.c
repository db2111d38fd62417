/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "run.h"
#include "signals.h"

#include "extensions/support/command.h"

void run_command(struct session *s, int argc, char **argv)
{
	signals_enter();
	command_run(s, argc, argv, fp);
	signals_leave();
}
