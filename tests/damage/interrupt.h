/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ^C at a certain read of memory: XENVIEW_INTERRUPT=N raises the flag of ^C at
 * the N-th read of each command and counts the reads that follow, for tests
 * that do not depend on time.
 */
#ifndef TESTS_DAMAGE_INTERRUPT_H
#define TESTS_DAMAGE_INTERRUPT_H

void interrupt_begin(void);
/* Prints "interrupted: READS" on standard error if the command was. */
void interrupt_end(void);

#endif
