/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verdict_internal.h"
#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "xen/model/channel/evtchn.h"
#include "xen/model/memory/heap.h"

/*
 * Number of vcpus of a domain that fit into the masks below; later ones are not
 * examined.
 */
#define VCPUS		64
#define DOMIDS		DOMID_FIRST_RESERVED
/* Id of the domain of the idle vcpus (DOMID_IDLE of xen/sched.h) */
#define IDLE		"d32767v"
/* CSCHED_FLAG_UNIT_PARKED of sched/credit.c, bit 0; w= and cap= are printed by credit */
#define PARKED		1
/* Maximum number of statements of each kind */
#define FEW		4

/* Values of a domain, collected from the output of all keys. */
struct facts {
	size_t line;		/* va in its row of key q; 0: none */
	int64_t refcnt;
	uint64_t pages;
	unsigned int dying;
	bool paused;
	uint64_t seen, busy;	/* masks of vcpus: all, and those that were at least once not blocked */
	uint64_t waiting;	/* at least once without an event pending and not masked */
	uint64_t woken;		/* vcpus to which a pending channel belongs */
	size_t channel_line;	/* port of the first of these */
	uint64_t channel_port;
	unsigned int grants;	/* mapped */
	char mappers[64];
};

struct job {
	const struct key_text *t;
	struct key_judgements *ret;
	struct facts *facts;	/* DOMIDs of the mappers */
	struct hash vcpus;	/* rows of KEY_VCPUS by name, the last one of each vcpu */
};

static struct key_judgement *judgement_add(struct job *j, bool sure)
{
	static struct key_judgement spare;
	struct key_judgement *k = &spare;

	if (j->ret->nr < KEY_JUDGEMENTS)
		k = &j->ret->at[j->ret->nr++];
	else
		j->ret->left_out++;
	memset(k, 0, sizeof(*k));
	k->sure = sure;
	return k;
}

static bool has(const struct key_row *row, unsigned int column)
{
	return row->cell[column].kind != KEY_NONE;
}

/* The number in a cell, 0 for an empty one. */
static uint64_t number(const struct key_row *row, unsigned int column)
{
	uint8_t kind = row->cell[column].kind;

	return kind == KEY_NONE || kind == KEY_STR ? 0 : row->cell[column].u;
}

static const char *text(const struct key_row *row, unsigned int column)
{
	return row->cell[column].kind == KEY_STR ? row->cell[column].str : "";
}

static struct facts *facts_of(struct job *j, uint64_t domid)
{
	return domid < DOMIDS ? &j->facts[domid] : NULL;
}

/* ---- values; columns as in key_text.c ---- */

static void read_domain(struct job *j, const struct key_row *row)
{
	struct facts *f = facts_of(j, number(row, 0));

	if (!f)
		return;
	f->line = row->line;
	f->refcnt = number(row, 1);
	f->dying = number(row, 2);
	f->paused = (int64_t)number(row, 3) > 0;
	f->pages = number(row, 4);
}

static void read_vcpu(struct job *j, const struct key_row *row)
{
	unsigned int domid, vcpu;
	struct facts *f;
	uint64_t bit;

	if (sscanf(text(row, 0), "d%uv%u", &domid, &vcpu) != 2 || vcpu >= VCPUS ||
	    !has(row, 4) || !has(row, 7))
		return;
	f = facts_of(j, domid);
	if (!f)
		return;
	bit = 1ULL << vcpu;
	f->seen |= bit;
	/*
	 * Only VPF_blocked is set; a vcpu that is down or waits for Xen is not
	 * blocked by its guest
	 */
	if (number(row, 7) != 1 || number(row, 6) || *text(row, 2) == 'T')
		f->busy |= bit;
	if (!number(row, 4) || number(row, 5))
		f->waiting |= bit;
}

static void read_channel(struct job *j, const struct key_row *row)
{
	struct facts *f = facts_of(j, number(row, 0));
	uint64_t vcpu = number(row, 3);

	if (!f || !number(row, 4) || number(row, 5) || vcpu >= VCPUS || f->woken >> vcpu & 1)
		return;
	if (!f->woken) {
		f->channel_line = row->line;
		f->channel_port = number(row, 1);
	}
	f->woken |= 1ULL << vcpu;
}

static void read_grant(struct job *j, const struct key_row *row)
{
	struct facts *f = facts_of(j, number(row, 0));

	if (!f || !number(row, 5))
		return;
	if (f->grants++ < FEW)
		verdict_append(f->mappers, sizeof(f->mappers), ", ",
			       "d%" PRIu64 " maps grant %" PRIu64, number(row, 3),
			       number(row, 2));
}

static const struct {
	enum key_kind kind;
	char key[2];
	void (*read)(struct job *j, const struct key_row *row);
} readers[] = {
	{ KEY_DOMAINS, "q", read_domain },
	{ KEY_VCPUS, "", read_vcpu },
	{ KEY_CHANNELS, "e", read_channel },
	{ KEY_GRANTS, "g", read_grant },
};

static struct err *read_facts(struct job *j)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(readers); i++) {
		const struct key_row *row;
		size_t nr;

		row = key_text_rows(j->t, readers[i].kind, &nr);
		if (nr && *readers[i].key)
			verdict_append(j->ret->keys, sizeof(j->ret->keys), ", ", "%s",
				       readers[i].key);
		for (size_t n = 0; n < nr; n++) {
			readers[i].read(j, &row[n]);
			if (!(n % 4096))
				ERR_TRY(interrupt_check());
		}
	}
	return NULL;
}

/* ---- domains ---- */

static void judge_dying(struct job *j, unsigned int domid, const struct facts *f)
{
	struct key_judgement *k = judgement_add(j, f->dying == 2);

	TEXT(k, f->dying == 2 ? "zombie domain d%u" : "d%u is being destroyed", domid);
	MORE(k, "pages left: %" PRIu64, f->pages);
	if (*f->mappers)
		MORE(k, "%s", f->mappers);
	if (f->grants > FEW)
		MORE(k, "%u grants in total", f->grants);
	EVIDENCE(k, "key q, line %zu: dying=%u refcnt=%" PRId64, f->line, f->dying,
		 f->refcnt);
	if (f->grants)
		EVIDENCE(k, "key g");
}

/*
 * Xen wakes a vcpu with an event pending; but one press of q and one of e are
 * two moments.
 */
static void judge_lost(struct job *j, unsigned int domid, const struct facts *f)
{
	uint64_t lost = f->seen & ~f->busy & ~f->waiting & f->woken;
	struct key_judgement *k;

	if (!lost || f->paused || f->dying)
		return;
	k = judgement_add(j, false);
	TEXT(k, "lost event: d%uv%u is blocked although port %" PRIu64 " is pending",
	     domid, __builtin_ctzll(lost), f->channel_port);
	EVIDENCE(k, "key q, from line %zu: pause_flags=1, upcall pending and not masked",
		 f->line);
	EVIDENCE(k, "key e, line %zu", f->channel_line);
}

static struct err *judge_domains(struct job *j)
{
	for (unsigned int domid = 0; domid < DOMIDS; domid++) {
		const struct facts *f = &j->facts[domid];

		if (f->dying)
			judge_dying(j, domid, f);
		else
			judge_lost(j, domid, f);
	}
	return interrupt_check();
}

/* ---- event channels ---- */

/* A guest that is paused, or whose vcpus are all blocked, receives no event. */
static bool takes_none(const struct facts *f)
{
	return f->line && (f->paused || (f->seen && !(f->seen & f->busy)));
}

static struct err *judge_channels(struct job *j)
{
	const struct key_row *row;
	unsigned int shown = 0;
	size_t nr;

	row = key_text_rows(j->t, KEY_CHANNELS, &nr);
	for (size_t n = 0; n < nr && shown < FEW; n++) {
		const struct facts *f = facts_of(j, number(&row[n], 0));
		struct key_judgement *k;

		if (!(n % 4096))
			ERR_TRY(interrupt_check());
		/* programs in dom0 mask their ports until they have read the event */
		if (!f || !number(&row[n], 0) || !number(&row[n], 4) || f->dying ||
		    strcmp(text(&row[n], 2), evtchn_state_name(EVTCHN_INTERDOMAIN)) ||
		    (!f->paused && !number(&row[n], 5)))
			continue;
		shown++;
		k = judgement_add(j, false);
		TEXT(k, "d%" PRIu64 " does not take the event of port %" PRIu64
		     " (d%" PRIu64 " port %" PRIu64 ")", number(&row[n], 0),
		     number(&row[n], 1), number(&row[n], 6), number(&row[n], 7));
		if (f->paused)
			MORE(k, "the domain is paused");
		else
			MORE(k, "masked%s", takes_none(f) ? ", its vcpus blocked" : "");
		EVIDENCE(k, "key e, line %zu: pending%s", row[n].line,
			 number(&row[n], 5) ? " and masked" : "");
		if (f->line)
			EVIDENCE(k, "key q, line %zu", f->line);
	}
	return NULL;
}

/* ---- pcpus ---- */

static const struct key_row *row_of_vcpu(struct job *j, const char *name)
{
	const struct key_row *rows;
	size_t nr;

	rows = key_text_rows(j->t, KEY_VCPUS, &nr);
	for (const struct hash_slot *s = hash_first(&j->vcpus, hash_text(name, 0)); s;
	     s = hash_next(&j->vcpus, s))
		if (!strcmp(text(&rows[s->number], 0), name))
			return &rows[s->number];
	return NULL;
}

static struct err *index_vcpus(struct job *j)
{
	const struct key_row *row;
	size_t nr;

	row = key_text_rows(j->t, KEY_VCPUS, &nr);
	if (nr >= UINT32_MAX)
		return NULL;
	for (size_t n = nr; n-- > 0;) {
		const char *name = text(&row[n], 0);

		if (!(n % 4096))
			ERR_TRY(interrupt_check());
		if (!row_of_vcpu(j, name) && !hash_add(&j->vcpus, hash_text(name, 0), n))
			return err_nomem();
	}
	return NULL;
}

/* The unit that runs on a pcpu according to key r; or NULL. */
static const struct key_row *runs_on(const struct key_row *row, size_t nr, uint64_t pcpu)
{
	for (size_t n = 0; n < nr; n++)
		if (!strcmp(text(&row[n], 1), "runs") && number(&row[n], 2) == pcpu)
			return &row[n];
	return NULL;
}

static void judge_parked(struct job *j, const struct key_row *unit)
{
	struct key_judgement *k = judgement_add(j, false);

	TEXT(k, "%s is held back by its cap of %" PRIu64 " percent of a pcpu",
	     text(unit, 0), number(unit, 7));
	EVIDENCE(k, "key r, line %zu: flags=%" PRIx64 " cap=%" PRIu64, unit->line,
		 number(unit, 4), number(unit, 7));
}

/* A unit queued on the only pcpu to which it is pinned, while another pcpu is idle. */
static bool judge_queued(struct job *j, const struct key_row *unit,
			 const struct key_row *row, size_t nr)
{
	const struct key_row *vcpu = row_of_vcpu(j, text(unit, 0)), *runs;
	uint64_t idle = key_text_idle(j->t);
	struct key_judgement *k;
	unsigned int pin;
	char end;

	if (!vcpu || sscanf(text(vcpu, 8), "{%u%c", &pin, &end) != 2 || end != '}' ||
	    pin != number(unit, 2) || (pin < 64 && idle >> pin & 1))
		return false;
	k = judgement_add(j, false);
	runs = runs_on(row, nr, pin);
	TEXT(k, "%s waits for pcpu %u, to which it is pinned%s%s%s, while pcpu %u is idle",
	     text(unit, 0), pin, runs ? " and where " : "", runs ? text(runs, 0) : "",
	     runs ? " runs" : "", __builtin_ctzll(idle));
	EVIDENCE(k, "key r, line %zu: in the queue", unit->line);
	EVIDENCE(k, "key q, line %zu: hard affinity %.20s", vcpu->line, text(vcpu, 8));
	return true;
}

static struct err *judge_units(struct job *j)
{
	const struct key_row *row;
	unsigned int shown = 0;
	size_t nr;

	row = key_text_rows(j->t, KEY_UNITS, &nr);
	if (!nr)
		return NULL;
	verdict_append(j->ret->keys, sizeof(j->ret->keys), ", ", "r");
	ERR_TRY(index_vcpus(j));
	for (size_t n = 0; n < nr && shown < FEW; n++) {
		if (!(n % 4096))
			ERR_TRY(interrupt_check());
		if (!strncmp(text(&row[n], 0), IDLE, sizeof(IDLE) - 1))
			continue;
		if (number(&row[n], 7) && has(&row[n], 3) && number(&row[n], 4) & PARKED) {
			judge_parked(j, &row[n]);
			shown++;
		} else if (key_text_idle(j->t) && !strcmp(text(&row[n], 1), "queue")) {
			shown += judge_queued(j, &row[n], row, nr);
		}
	}
	return NULL;
}

/* ---- memory ---- */

/* Key m prints one line for the sum, key H one for each zone of each node. */
static struct err *judge_heap(struct job *j)
{
	uint64_t kib = 0, sum = 0;
	const struct key_row *row;
	bool has_sum = false;
	size_t nr, line = 0;

	row = key_text_rows(j->t, KEY_HEAP, &nr);
	if (!nr)
		return NULL;
	verdict_append(j->ret->keys, sizeof(j->ret->keys), ", ", "m or H");
	for (size_t n = 0; n < nr; n++) {
		if (!(n % 4096))
			ERR_TRY(interrupt_check());
		if (!strcmp(text(&row[n], 0), "Dom")) {
			sum = number(&row[n], 3);
			line = row[n].line;
			has_sum = true;
		} else if (has(&row[n], 1)) {
			/* the output of the next press starts with the first zone */
			if (!number(&row[n], 1) && !number(&row[n], 2))
				kib = 0;
			kib += number(&row[n], 3);
			line = has_sum ? line : row[n].line;
		}
	}
	if (!has_sum)
		sum = kib;
	if (line && sum / 4 < HEAP_LOW_PAGES) {
		struct key_judgement *k = judgement_add(j, true);

		TEXT(k, "heap exhausted: %" PRIu64 " free pages", sum / 4);
		EVIDENCE(k, "key %s, line %zu", has_sum ? "m" : "H", line);
	}
	return NULL;
}

struct err *key_judge(const struct key_text *t, struct key_judgements *ret)
{
	struct job j = { .t = t, .ret = ret };
	struct err *e;

	memset(ret, 0, sizeof(*ret));
	j.facts = calloc(DOMIDS, sizeof(*j.facts));
	if (!j.facts)
		return err_nomem();
	e = read_facts(&j);
	if (!e)
		e = judge_domains(&j);
	if (!e)
		e = judge_channels(&j);
	if (!e)
		e = judge_units(&j);
	if (!e)
		e = judge_heap(&j);
	hash_clear(&j.vcpus);
	free(j.facts);
	return e;
}
