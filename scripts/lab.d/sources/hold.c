/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in dom0, and holds objects until the host crashes:
 *
 *   hold grant DOMID REF     a mapping of a grant of another domain
 *   hold channels NUMBER     event channels of dom0, each pair joined
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenevtchn.h>
#include <xengnttab.h>

static int hold_grant(unsigned int domid, unsigned int ref)
{
	xengnttab_handle *table = xengnttab_open(NULL, 0);

	return table && xengnttab_map_grant_ref(table, domid, ref, PROT_READ) ? 0 : -1;
}

static int hold_channels(unsigned int nr)
{
	xenevtchn_handle *channels = xenevtchn_open(NULL, 0);
	unsigned int i;

	for (i = 0; channels && i + 1 < nr; i += 2) {
		xenevtchn_port_or_error_t port = xenevtchn_bind_unbound_port(channels, 0);

		if (port < 0 || xenevtchn_bind_interdomain(channels, 0, port) < 0)
			return -1;
	}
	return channels ? 0 : -1;
}

int main(int argc, char **argv)
{
	int ret = -1;

	if (argc == 4 && !strcmp(argv[1], "grant"))
		ret = hold_grant(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	else if (argc == 3 && !strcmp(argv[1], "channels"))
		ret = hold_channels(strtoul(argv[2], NULL, 10));
	if (ret) {
		perror("hold");
		return 1;
	}
	printf("held\n");
	fflush(stdout);
	for (;;)
		pause();
}
