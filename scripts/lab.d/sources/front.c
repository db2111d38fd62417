/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in a PV guest, in place of xen-netfront: connects its first network device
 * (public/io/netif.h) with empty rings, and never posts a buffer to receive into.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#define DEVICE	"device/vif/0/"

static int node(struct xs_handle *xs, const char *name, unsigned int value)
{
	char path[64], text[16];
	int len = snprintf(text, sizeof(text), "%u", value);

	snprintf(path, sizeof(path), DEVICE "%s", name);
	return xs_write(xs, XBT_NULL, path, text, len) ? 0 : -1;
}

/* XenbusState of the backend; 0: unknown */
static int backend_state(struct xs_handle *xs)
{
	char *path = xs_read(xs, XBT_NULL, DEVICE "backend", NULL), *state, name[256];
	int ret;

	if (!path)
		return 0;
	snprintf(name, sizeof(name), "%s/state", path);
	state = xs_read(xs, XBT_NULL, name, NULL);
	ret = state ? atoi(state) : 0;
	free(state);
	free(path);
	return ret;
}

static void wait_for(struct xs_handle *xs, int state)
{
	while (backend_state(xs) != state)
		usleep(100000);
}

int main(void)
{
	struct xs_handle *xs = xs_open(0);
	xengntshr_handle *grants = xengntshr_open(NULL, 0);
	xenevtchn_handle *channels = xenevtchn_open(NULL, 0);
	unsigned int *ring, refs[2];
	int port = channels ? xenevtchn_bind_unbound_port(channels, 0) : -1;

	ring = grants ? xengntshr_share_pages(grants, 0, 2, refs, 1) : NULL;
	if (!xs || !ring || port < 0) {
		perror("front");
		return 1;
	}
	/* req_prod, req_event, rsp_prod, rsp_event */
	for (unsigned int i = 0; i < 2; i++)
		ring[i * 1024 + 1] = ring[i * 1024 + 3] = 1;
	wait_for(xs, 2);
	if (node(xs, "tx-ring-ref", refs[0]) || node(xs, "rx-ring-ref", refs[1]) ||
	    node(xs, "event-channel", port) || node(xs, "request-rx-copy", 1) ||
	    node(xs, "feature-rx-notify", 1) || node(xs, "state", 4)) {
		perror("front: xenstore");
		return 1;
	}
	wait_for(xs, 4);
	puts("connected");
	fflush(stdout);
	for (;;)
		pause();
}
