/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of a guest on the host of host_fixture, which the test fills and gives to a domain. */
#define PAGE __attribute__((aligned(4096)))
typedef unsigned char u8;
typedef unsigned long u64;

u8 linux_note[4096] PAGE = { 1 }, linux_data[4096] PAGE = { 1 };
u64 linux_top[512] PAGE = { 1 }, linux_l3[512] PAGE = { 1 };
u64 linux_l2[512] PAGE = { 1 }, linux_l1[512] PAGE = { 1 };
