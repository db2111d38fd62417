/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

#include "xen/base/error.h"

static struct sigaction saved_int, saved_pipe;
static bool entered;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupt_pending = 1;
}

void signals_enter(void)
{
	struct sigaction sa = { .sa_handler = on_interrupt };

	if (entered)
		return;
	interrupt_pending = 0;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, &saved_int);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, &saved_pipe);
	entered = true;
}

bool signals_leave(void)
{
	if (!entered)
		return false;
	sigaction(SIGINT, &saved_int, NULL);
	sigaction(SIGPIPE, &saved_pipe, NULL);
	entered = false;
	return true;
}
