/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols with which tests decode console text. */
#ifndef TESTS_DECODE_MAP_H
#define TESTS_DECODE_MAP_H

static const char map[] =
	"ffff82d040200000 T _stext\n"
	"ffff82d040201000 T lstar_enter\n"
	"ffff82d040201200 t common/a.c#twice\n"
	"ffff82d040201300 t common/b.c#twice\n"
	"ffff82d040201400 T vcpu_wake\n"
	"ffff82d040201640 T vcpu_kick\n"
	"ffff82d040202000 t arch/x86/domai#idle_loop\n"
	"ffff82d040202100 t arch/x86/traps.c#idle_loop\n"
	"ffff82d040202200 T _etext\n";

#endif
