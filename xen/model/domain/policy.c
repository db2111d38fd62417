/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/words.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define POLICY_TYPE	"cpu_policy | cpuid_policy"
/* Limit; a policy has about 2 KiB. */
#define POLICY_SIZE_MAX	65536
#define DEPTH_MAX	6

/* struct xen_domctl_cpuid (public/domctl.h, 4.4 to 4.8), MAX_CPUID_INPUT of them */
struct list_entry {
	uint32_t leaf, subleaf;		/* ~0 (XEN_CPUID_INPUT_UNUSED): no entry, or no subleaf */
	uint32_t words[4];
};

#define LIST_MAX	40

struct owner_fields {
	struct value policy, list;	/* va */
};

static const struct field owner_fields[] FIELD_TABLE = {
	FIELD(struct owner_fields, policy, "domain.arch.cpu_policy | "
					   "domain.arch.cpuid"),
	FIELD(struct owner_fields, list, "domain.arch.cpuids"),
};

static const struct record_type owner_record = RECORD_TYPE("domain", owner_fields);

/* Reads the bytes of a policy, whose other members are already set. */
static struct err *read_bytes(struct policy p, struct policy *ret)
{
	struct err *e;

	p.bytes = malloc(p.size);
	if (!p.bytes)
		return err_nomem();
	e = space_read(p.x->space, p.va, p.bytes, p.size);
	if (e) {
		free(p.bytes);
		return e;
	}
	*ret = p;
	return NULL;
}

static struct err *read_policy(struct xen *x, uint64_t va, struct policy *ret)
{
	struct place m;

	ERR_TRY(record_resolve(x->records, POLICY_TYPE, &m));
	if (!m.size || m.size > POLICY_SIZE_MAX)
		return err_new(ERR_CORRUPT, "invalid size of a policy: %u bytes", (unsigned int)m.size);
	return read_bytes((struct policy){ .x = x, .va = va, .size = m.size }, ret);
}

static struct err *read_list(struct xen *x, uint64_t va, struct policy *ret)
{
	ERR_TRY(xen_check_pointer(x, va, 8, "domain.arch.cpuids"));
	return err_prefix(read_bytes((struct policy){
		.x = x, .va = va, .size = LIST_MAX * sizeof(struct list_entry), .is_list = true,
	}, ret), "domain.arch.cpuids");
}

struct err *policy_of_domain(struct xen *x, const struct domain *d,
			     struct policy *ret)
{
	struct owner_fields f = { .policy.raw = 0 };

	ERR_TRY(record_read(x->records, x->space, &owner_record, d->va, &f));
	if (!value_ok(&f.policy) && value_ok(&f.list) && value_of(&f.list))
		return read_list(x, value_of(&f.list), ret);
	if (!value_ok(&f.policy))
		return err_new(ERR_NO_TYPE, "domain.arch.cpu_policy is not available");
	if (!value_of(&f.policy))
		return err_new(ERR_NOT_FOUND, "d%" PRIu64 " has no cpu policy",
			       value_of(&d->domain_id));
	ERR_TRY(xen_check_pointer(x, value_of(&f.policy), 8, "domain.arch.cpu_policy"));
	return err_prefix(read_policy(x, value_of(&f.policy), ret), "domain.arch.cpu_policy");
}

struct err *policy_named(struct xen *x, const char *name, struct policy *ret)
{
	static const char *const ends[] = { "cpu_policy", "cpuid_policy" };
	char symbol[64];
	uint64_t va;

	for (size_t i = 0; i < N(ends); i++) {
		struct err *e;

		snprintf(symbol, sizeof(symbol), "%s_%s", name, ends[i]);
		e = xen_symbol(x, symbol, &va);
		if (!e)
			return err_prefix(read_policy(x, va, ret), "%s", symbol);
		err_free(e);
	}
	return err_new(ERR_NOT_FOUND, "no policy \"%s\": expected a domain, or raw, host, pv_max, pv_def, hvm_max, hvm_def",
		       name);
}

void policy_release(struct policy *p)
{
	free(p->bytes);
	p->bytes = NULL;
}

/* ---- leaves ---- */

/* Arrays of leaves; the index is a leaf, or a subleaf of 4, 7, 0xb and 0xd. */
static const struct field array_fields[] FIELD_TABLE = {
	FIELD_PLACE("cpu_policy.basic.raw | cpuid_policy.basic.raw"),
	FIELD_PLACE("cpu_policy.cache.raw | cpuid_policy.cache.raw"),
	FIELD_PLACE("cpu_policy.feat.raw | cpuid_policy.feat.raw"),
	FIELD_PLACE("cpu_policy.topo.raw | cpuid_policy.topo.raw"),
	FIELD_PLACE("cpu_policy.xstate.raw | cpuid_policy.xstate.raw"),
	FIELD_PLACE("cpu_policy.extd.raw | cpuid_policy.extd.raw"),
};

static const struct {
	uint32_t leaf;
	bool subleaves;
} arrays[N(array_fields)] = {
	{ 0, false }, { 4, true }, { 7, true }, { 0xb, true }, { 0xd, true },
	{ 0x80000000, false },
};

/* True for leaves with an array of their own; the basic array does not contain these. */
static bool is_elsewhere(uint32_t leaf)
{
	for (size_t i = 0; i < N(arrays); i++)
		if (arrays[i].subleaves && arrays[i].leaf == leaf)
			return true;
	return false;
}

static struct err *list_leaves(const struct policy *p, policy_leaf_fn *fn, void *arg)
{
	struct list_entry entry;
	unsigned int found = 0;

	for (unsigned int i = 0; i < LIST_MAX; i++) {
		memcpy(&entry, p->bytes + i * sizeof(entry), sizeof(entry));
		if (entry.leaf == UINT32_MAX)
			continue;
		found++;
		fn(arg, entry.leaf, entry.subleaf, entry.words);
	}
	return found ? NULL : err_new(ERR_NOT_FOUND, "no leaf of this domain was set by the toolstack");
}

struct err *policy_leaves(const struct policy *p, policy_leaf_fn *fn, void *arg)
{
	static const uint32_t none[4];
	unsigned int found = 0;

	if (p->is_list)
		return list_leaves(p, fn, arg);
	for (size_t i = 0; i < N(arrays); i++) {
		struct place m;
		struct err *e = record_place(p->x->records, &array_fields[i], &m);

		if (e) {	/* absent from older policies */
			err_free(e);
			continue;
		}
		found++;
		for (uint32_t n = 0; (n + 1) * sizeof(none) <= m.size; n++) {
			uint32_t words[4], leaf = arrays[i].leaf + (arrays[i].subleaves ? 0 : n);

			memcpy(words, p->bytes + m.offset + n * sizeof(words), sizeof(words));
			if (memcmp(words, none, sizeof(none)) &&
			    (arrays[i].subleaves || !is_elsewhere(leaf)))
				fn(arg, leaf, arrays[i].subleaves ? n : POLICY_NO_SUBLEAF,
				   words);
		}
	}
	return found ? NULL : err_new(ERR_NO_TYPE, "struct cpu_policy has no leaves");
}

/* ---- features ---- */

struct words {
	const struct policy *p;
	policy_word_fn *fn;
	void *arg;
	char path[96];			/* path of the current word */
	uint64_t at;			/* offset of the word in the policy; ~0: none */
	char last[96];			/* name of the last 4-byte member, at last_at */
	uint64_t last_at;
	char names[1024];
};

static void flush(struct words *w)
{
	uint32_t value;

	if (w->at != UINT64_MAX) {
		memcpy(&value, w->p->bytes + w->at, sizeof(value));
		w->fn(w->arg, w->path, value, w->names);
	}
	w->at = UINT64_MAX;
	w->names[0] = '\0';
}

/* Adds a bit to its word: the named member of 4 bytes in the same union. */
static void take_bit(struct words *w, uint64_t offset, unsigned int bit,
		     const char *name)
{
	uint64_t at = offset & ~3ULL;

	if (!name || w->last_at != at || at + 4 > w->p->size)
		return;
	if (w->at != at) {
		flush(w);
		w->at = at;
		snprintf(w->path, sizeof(w->path), "%s", w->last);
	}
	if (w->p->bytes[offset + bit / 8] >> bit % 8 & 1)
		words_add(w->names, sizeof(w->names), name);
}

static struct err *walk(struct words *w, const struct type *t, uint64_t base,
			const char *path, unsigned int depth)
{
	struct member_cursor c;
	char name[96];

	if (depth > DEPTH_MAX)
		return NULL;
	ERR_TRY(member_first(t, &c));
	while (member_next(&c)) {
		uint64_t at = base + c.member.offset;
		enum type_kind kind = type_kind(&c.member.type);

		snprintf(name, sizeof(name), "%s%s%s", path, *path && c.name ? "." : "",
			 c.name ? c.name : "");
		if (c.member.bit_size == 1) {
			take_bit(w, at, c.member.bit_offset, c.name);
		} else if (kind == TYPE_STRUCT || kind == TYPE_UNION) {
			ERR_TRY(walk(w, &c.member.type, at, name, depth + 1));
		} else if (c.member.size == 4 && !c.member.bit_size) {
			w->last_at = at;
			memcpy(w->last, name, sizeof(name));
		}
	}
	return NULL;
}

struct err *policy_features(const struct policy *p, policy_word_fn *fn, void *arg)
{
	struct words w = { .p = p, .fn = fn, .arg = arg, .at = UINT64_MAX,
			   .last_at = UINT64_MAX };
	struct type type;
	struct err *e;

	if (p->is_list)
		return err_new(ERR_UNSUPPORTED, "this Xen has no names of features; \"-l\" shows the leaves");
	if (!p->x->types)
		return err_new(ERR_NO_TYPE, "names of features require debuginfo; \"-l\" shows the leaves");
	e = types_find(p->x->types, "struct cpu_policy", &type);
	if (e) {
		err_free(e);
		ERR_TRY(types_find(p->x->types, "struct cpuid_policy", &type));
	}
	ERR_TRY(walk(&w, &type, 0, "", 0));
	flush(&w);
	return NULL;
}
