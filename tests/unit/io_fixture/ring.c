/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page for a ring, beside the domains of channels_fixture. */
unsigned int ring_page[1024] __attribute__((aligned(4096))) = { 1 };
