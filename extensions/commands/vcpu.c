/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/vcpu_view.h"
#include "xen/model/host/now.h"

static struct err *run_vcpu(struct session *s, struct out *o,
			    const struct args *a)
{
	struct vcpu_shown card;
	struct domain d;
	struct view view;

	ERR_TRY(now_read(s->xen, &card.now));
	for (unsigned int i = 0; i < a->nr_words; i++) {
		card.d = &d;
		ERR_TRY(vcpu_argument(s, a->word[i], &card.v, &d));
		view_card(&view, s, o, "vcpu", vcpu_card_columns,
			  ARRAY_SIZE(vcpu_card_columns), &vcpu_record);
		view_row(&view, &card);
		out_end(o);
	}
	return NULL;
}

static const struct column_table tables[] = {
	VIEWS("vcpu", vcpu_card_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows one vcpu, by its name (d1v0 as Xen prints it, or 1:0) or by the",
	"  address of its struct vcpu. The four times add up to SINCE less the time at",
	"  which the vcpu was created.",
	NULL
};

static const char *const example[] = {
	"    crash> xen vcpu d1v0",
	"            NAME: d1v0",
	"     DOMAIN NAME: pv1",
	"            VCPU: ffff830026414000",
	"          DOMAIN: ffff83002783a000",
	"            TYPE: PV",
	"            PCPU: 1",
	"           STATE: r--",
	"        RUNSTATE: running",
	"           SINCE: 542.220 s",
	"        IN STATE: 0.022 s",
	"         RUNNING: 250.634 s",
	"        RUNNABLE: 200.815 s",
	"         BLOCKED: 17.190 s",
	"         OFFLINE: 9.016 s",
	"          PAUSED: -",
	"            HARD: all",
	"            SOFT: all",
	"          BROKEN: 0",
	"      DIRTY PCPU: 1",
	"      IS RUNNING: yes",
	"     INITIALISED: yes",
	"          URGENT: no",
	"           POLLS: -",
	"          UPCALL: not pending, masked",
	"       VCPU_INFO: ffff830019a350c0",
	"      SCHED_UNIT: ffff830026415180",
	"      SCHED_PRIV: ffff8300264152a0",
	"             CR3: 22328000",
	"     GUEST_TABLE: 22328",
	"            USER: 22266",
	"       WAITQUEUE: ffff8300276cefc0",
	NULL
};

const struct command command_vcpu = {
	.live = true,
	.live_unknown = "addresses, times other than running, and states: hypercalls return whether a vcpu runs, its time and its pcpu",
	.needs = NEEDS_RECORDS,
	.run = run_vcpu,
	.args = {
		.words = { .synopsis = "VCPU|ADDRESS...", .min = 1 },
	},
	.tables = tables,
	.description = description,
	.example = example,
};
