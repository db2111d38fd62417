/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Field tables compiled for the fixture: alternatives, pointers, holes. */
#include "tests/unit/types_fixture/fixture.h"

#include "xen/base/array.h"
#include "xen/profile/profile.h"
#include "xen/types/record.h"
#include "xen/types/record_cache.h"

static struct fixture *fix;
/* In the second round the fixture's profile replaces its DWARF. */
static struct profile *profile;

static struct records *make_records(void)
{
	struct records *r;

	assert_ok(records_create(profile ? profile_places(profile) :
				 types_places(fix->types), &r));
	return r;
}

struct domain_rec {
	struct value id, max_vcpus, created, priority, mfn, options, name;
	struct value vcpu0_id, vcpu1_r15, vcpu2_id, cr9, gone, older, pages;
	struct value priv, opaque, self, tail1, seg, huge, opaque_at;
};

static const struct field domain_fields[] FIELD_TABLE = {
	FIELD(struct domain_rec, id, "domain.domain_id"),
	FIELD(struct domain_rec, max_vcpus, "domain.max_vcpus"),
	FIELD(struct domain_rec, created, "struct domain.created"),
	FIELD(struct domain_rec, priority, "domain.priority"),
	/* a struct of 8 bytes is a value: mfn_t is one in debug builds only */
	FIELD(struct domain_rec, mfn, "domain.shared"),
	FIELD(struct domain_rec, options, "domain.cdf | domain.options"),
	FIELD_AT(struct domain_rec, name, "domain.name"),
	FIELD(struct domain_rec, vcpu0_id, "domain.vcpu[0]->vcpu_id"),
	FIELD(struct domain_rec, vcpu1_r15, "domain.vcpu[1]->arch.user_regs.r15"),
	FIELD(struct domain_rec, vcpu2_id, "domain.vcpu[2]->vcpu_id"),
	FIELD(struct domain_rec, cr9, "domain.vcpu[1]->arch.cr[0]"),
	FIELD(struct domain_rec, gone, "domain.nosuch | domain.neither->x"),
	FIELD(struct domain_rec, older,
	      "domain.sched_unit_list->res | domain.arch.x | domain.next_in_list"),
	FIELD_AT(struct domain_rec, pages, "domain.pages.prev"),
	FIELD(struct domain_rec, priv, "domain.vcpu[0]->unit->priv"),
	FIELD(struct domain_rec, opaque, "domain.opaque->inside"),
	FIELD(struct domain_rec, self, "domain.opaque->self->self->inside"),
	FIELD(struct domain_rec, tail1, "domain.tail[1]"),
	FIELD(struct domain_rec, seg, "domain.nested.named.seg"),
	FIELD(struct domain_rec, huge, "domain.handle"),
	FIELD_AT(struct domain_rec, opaque_at, "domain.opaque->self"),
};

static const struct record_type domain_type = RECORD_TYPE("domain", domain_fields);

static void assert_value(const struct value *v, uint64_t u, unsigned int alt)
{
	assert_int_equal(v->state, VALUE_OK);
	assert_int_equal(value_of(v), u);
	assert_int_equal(v->alternative, alt);
}

static void reads_all_kinds_of_paths(void **state)
{
	uint64_t va = fixture_va(fix, "domain0");
	struct domain_rec d = { 0 };
	struct records *r;

	(void)state;
	r = make_records();
	/* the second time the type is already compiled */
	for (int i = 0; i < 2; i++) {
		memset(&d, 0xff, sizeof(d));
		assert_ok(record_read(r, fix->space, &domain_type, va, &d));
		assert_value(&d.id, 0x7ff0, 0);
		assert_value(&d.max_vcpus, 2, 0);
		assert_value(&d.created, (uint64_t)-5000000000L, 0);
		assert_value(&d.priority, (uint64_t)-2L, 0);
		assert_value(&d.mfn, 0x1234, 0);
		assert_value(&d.options, 5, 1);
		assert_value(&d.name, va + 40, 0);
		assert_value(&d.vcpu0_id, 0, 0);
		assert_value(&d.vcpu1_r15, 0, 0);
		assert_value(&d.cr9, 9, 0);
		assert_value(&d.older, 0, 2);
		assert_value(&d.pages, va + 64, 0);
		assert_value(&d.priv, 0x1234, 0);
		assert_value(&d.opaque, 99, 0);
		assert_value(&d.self, 99, 0);
		assert_value(&d.tail1, 11, 0);
		assert_value(&d.seg, 0x7788, 0);
		assert_value(&d.opaque_at, fixture_va(fix, "opaque0") + 8, 0);
		/* a null pointer in the path, and a member that this build lacks */
		assert_int_equal(d.vcpu2_id.state, VALUE_UNREADABLE);
		assert_int_equal(d.vcpu2_id.why, ERR_BAD_POINTER);
		assert_int_equal(d.gone.state, VALUE_NO_FIELD);
		/* 16 bytes are not a value */
		assert_int_equal(d.huge.state, VALUE_NO_FIELD);
	}
	assert_string_equal(record_missing(r, &domain_type,
					   offsetof(struct domain_rec, gone)),
			    "domain.nosuch | domain.neither->x");
	assert_string_equal(record_missing(r, &domain_type,
					   offsetof(struct domain_rec, huge)),
			    "domain.handle");
	assert_null(record_missing(r, &domain_type,
				   offsetof(struct domain_rec, id)));
	assert_null(record_missing(r, &domain_type, 1));
	records_destroy(r);
}

struct bits_rec {
	struct value a, b, c, d, e, f, g, h, i;
};

static const struct field bits_fields[] FIELD_TABLE = {
	FIELD(struct bits_rec, a, "bits.a"), FIELD(struct bits_rec, b, "bits.b"),
	FIELD(struct bits_rec, c, "bits.c"), FIELD(struct bits_rec, d, "bits.d"),
	FIELD(struct bits_rec, e, "bits.e"), FIELD(struct bits_rec, f, "bits.f"),
	FIELD(struct bits_rec, g, "bits.g"), FIELD(struct bits_rec, h, "bits.h"),
	FIELD_AT(struct bits_rec, i, "bits.i"),
};
static const struct record_type bits_type = RECORD_TYPE("bits", bits_fields);

struct packed_rec {
	struct value wide, tail, after;
};
static const struct field packed_fields[] FIELD_TABLE = {
	FIELD(struct packed_rec, wide, "packed_bits.wide"),
	FIELD(struct packed_rec, tail, "packed_bits.tail"),
	FIELD(struct packed_rec, after, "packed_bits.after"),
};
static const struct record_type packed_type = RECORD_TYPE("packed", packed_fields);

static void reads_bit_fields(void **state)
{
	struct packed_rec p;
	struct bits_rec b;
	struct records *r;

	(void)state;
	r = make_records();
	assert_ok(record_read(r, fix->space, &bits_type,
			      fixture_va(fix, "bits0"), &b));
	assert_value(&b.a, 1, 0);
	assert_value(&b.b, 5, 0);
	assert_value(&b.c, 0xabc, 0);
	assert_value(&b.d, (uint64_t)-7L, 0);
	assert_value(&b.e, 0x1deadbeef, 0);
	assert_value(&b.f, 1, 0);
	assert_value(&b.g, 5, 0);
	assert_value(&b.h, 6, 0);
	/* a bit field has no address */
	assert_int_equal(b.i.state, VALUE_NO_FIELD);
	assert_ok(record_read(r, fix->space, &packed_type,
			      fixture_va(fix, "packed0"), &p));
	assert_value(&p.wide, 0xfedcba987654321, 0);
	assert_value(&p.tail, 0x7123456789abcdef, 0);
	assert_value(&p.after, 7, 0);
	records_destroy(r);
}

struct spread_rec {
	struct value first, last, all_gone;
};
static const struct field spread_fields[] FIELD_TABLE = {
	FIELD(struct spread_rec, first, "struct holder.first | holder.first"),
	FIELD(struct spread_rec, last, "holder.last"),
	FIELD(struct spread_rec, all_gone, "holder.gone"),
};
static const struct record_type spread_type = RECORD_TYPE("holder", spread_fields);

/* A missing page affects the fields in it, at any position. */
static void a_hole_costs_its_fields(void **state)
{
	uint64_t va = fixture_va(fix, "holder0"), page = (va | 4095) + 1;
	struct spread_rec h;
	struct records *r;

	(void)state;
	r = make_records();
	assert_ok(record_read(r, fix->space, &spread_type, va, &h));
	assert_value(&h.first, 1, 0);
	assert_value(&h.last, 2, 0);

	fixture_exclude(fix, page, page + 2 * 4096);
	assert_ok(record_read(r, fix->space, &spread_type, va, &h));
	assert_value(&h.first, 1, 0);
	assert_int_equal(h.last.state, VALUE_UNREADABLE);
	assert_int_equal(h.last.why, ERR_EXCLUDED);
	assert_int_equal(h.all_gone.state, VALUE_NO_FIELD);

	fixture_exclude(fix, va, page + 2 * 4096);
	assert_err(record_read(r, fix->space, &spread_type, va, &h),
		   ERR_EXCLUDED, "holder at");
	assert_int_equal(h.first.state, VALUE_UNREADABLE);
	fixture_exclude(fix, 0, 0);
	records_destroy(r);
}

static void bad_addresses_are_errors(void **state)
{
	static const uint64_t addresses[] = {
		0, 8, 0x7fffffffffffffff, UINT64_MAX, UINT64_MAX - 8,
		FIXTURE_BASE + (1 << 29), 0xffff830000000000,
	};
	struct domain_rec d;
	struct records *r;

	(void)state;
	r = make_records();
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct err *e = record_read(r, fix->space, &bits_type,
					    addresses[i], &d);

		assert_non_null(e);
		err_free(e);
	}
	records_destroy(r);
}

static void without_types_no_field_is_there(void **state)
{
	struct bits_rec b;
	struct place m;
	struct records *r;

	(void)state;
	assert_ok(records_create(NO_PLACES, &r));
	memset(&b, 0xff, sizeof(b));
	assert_ok(record_read(r, fix->space, &bits_type, 0, &b));
	assert_int_equal(b.a.state, VALUE_NO_FIELD);
	assert_int_equal(b.i.state, VALUE_NO_FIELD);
	assert_string_equal(record_missing(r, &bits_type,
					   offsetof(struct bits_rec, c)),
			    "bits.c");
	assert_err(record_resolve(r, "bits.a", &m), ERR_NO_TYPE, "no types");
	records_destroy(r);
	records_destroy(NULL);
}

/* An impossible path is a mistake in the tables, not a missing field. */
static void nonsense_is_an_error(void **state)
{
	static const char *const paths[] = {
		"domain.", "domain.pages.", "domain.next_in_list->",
		"domain.handle[x]", "domain.pages..next",
	};
	struct value v = { .raw = 5, .state = VALUE_OK };
	struct records *r;

	(void)state;
	r = make_records();
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct field f = { paths[i], 0, FIELD_VALUE };
		struct record_type type = { "nonsense", &f, 1 };

		assert_err(record_read(r, fix->space, &type,
				       fixture_va(fix, "domain0"), &v),
			   ERR_USAGE, "nonsense");
		assert_int_equal(value_of(&v), 5);
	}
	records_destroy(r);
}

static void resolves_single_members(void **state)
{
	struct place m = { .offset = 4711 };
	struct records *r;

	(void)state;
	r = make_records();
	assert_ok(record_resolve(r, "domain.nosuch | domain.pages.prev", &m));
	assert_int_equal(m.offset, 64);
	assert_int_equal(m.size, 8);
	assert_ok(record_resolve(r, "vcpu.arch.cr[2]", &m));
	assert_int_equal(m.offset, 64);
	assert_ok(record_resolve(r, "mfn_t", &m));
	assert_int_equal(m.size, 8);
	m.offset = 4711;
	assert_err(record_resolve(r, "domain.vcpu[0]->vcpu_id", &m), ERR_USAGE,
		   "follows a pointer");
	assert_err(record_resolve(r, "domain.x | domain.y", &m), ERR_NO_TYPE,
		   "\"y\"");
	assert_err(record_resolve(r, "nosuch.x", &m), ERR_NO_TYPE, "nosuch");
	assert_err(record_resolve(r, "", &m), ERR_USAGE, "no path");
	assert_err(record_resolve(r, " | ", &m), ERR_USAGE, "no path");
	assert_err(record_resolve(r, "domain.domain_id->x", &m), ERR_NO_TYPE,
		   "not a pointer");
	assert_err(record_resolve(r, "domain.nowhere->x", &m), ERR_NO_TYPE,
		   "only declared");
	assert_err(record_resolve(r, "domain.next_in_list->next_in_list->"
				  "next_in_list->next_in_list->next_in_list->"
				  "next_in_list->next_in_list->domain_id", &m),
		   ERR_NO_TYPE, "pointers in one path");
	assert_int_equal(m.offset, 4711);
	records_destroy(r);
}

static unsigned int nr_resolved;

static struct err *resolve_and_count(void *priv, const char *path, struct place *ret)
{
	nr_resolved++;
	return place_resolve(priv, path, ret);
}

/* A path is looked up in DWARF once for all tables that list it. */
static void resolves_a_path_once(void **state)
{
	static const struct places_ops ops = { .resolve = resolve_and_count };
	struct place first, m;
	struct records *r;

	(void)state;
	assert_ok(records_create((struct places){ &ops, fix->types }, &r));
	nr_resolved = 0;
	assert_ok(record_resolve(r, "domain.pages.prev", &first));
	for (unsigned int i = 0; i < 1000; i++) {
		assert_ok(record_resolve(r, "domain.pages.prev", &m));
		assert_int_equal(m.offset, first.offset);
		assert_int_equal(m.size, first.size);
	}
	assert_int_equal(nr_resolved, 1);
	assert_ok(record_resolve(r, "domain.domain_id", &m));
	assert_int_not_equal(m.offset, first.offset);
	assert_int_equal(nr_resolved, 2);
	records_destroy(r);
}

/* The profile of the fixture, as written by scripts/xen-layout. */
static struct profile *make_profile(void)
{
	const struct profile_origin origin = { .version = "4.20", .config = "" };
	struct profile *p;
	size_t len;
	char *text;
	FILE *fp = open_memstream(&text, &len);

	assert_ok(profile_write(fix->types, &origin, fp));
	fclose(fp);
	assert_ok(profile_parse("fixture", text, len, &p));
	free(text);
	return p;
}

/* True if using the value counts as a use of something unproved. */
static bool used(const struct value *v)
{
	struct provenance before = provenance_enter();

	if (value_ok(v))
		value_of(v);
	return provenance_leave(before);
}

/* domain.domain_id is verified; is the place of another member? */
static void resolve_both(struct records *r, bool unproved)
{
	struct provenance before;
	struct place place;

	provenance_clear();
	before = provenance_enter();
	assert_ok(record_resolve(r, "domain.domain_id", &place));
	assert_false(provenance_unproved());
	assert_ok(record_resolve(r, "domain.name", &place));
	assert_int_equal(provenance_leave(before), unproved);
	before = provenance_enter();
	place_use(&place);
	assert_int_equal(provenance_leave(before), unproved);
}

static void what_nothing_proved_is_told(void **state)
{
	size_t all, proved;
	uint64_t va = fixture_va(fix, "domain0");
	struct profile *p = make_profile();
	struct domain_rec d;
	struct records *r;

	(void)state;
	assert_ok(records_create(profile_places(p), &r));
	assert_true(records_known(r));
	assert_ok(record_read(r, fix->space, &domain_type, va, &d));
	/*
	 * a build similar to that of the profile may have members that the
	 * profile lacks
	 */
	assert_true(used(&d.gone));
	assert_true(used(&d.id));
	records_destroy(r);

	profile_prove(p, "domain.domain_id");
	profile_prove(p, "domain.nosuch");
	profile_count(p, &all, &proved);
	assert_int_equal(proved, 1);
	assert_ok(records_create(profile_places(p), &r));
	assert_ok(record_read(r, fix->space, &domain_type, va, &d));
	assert_false(used(&d.id));
	assert_true(used(&d.name));
	resolve_both(r, true);
	records_destroy(r);

	profile_prove_all(p);
	profile_count(p, &all, &proved);
	assert_int_equal(proved, all);
	assert_ok(records_create(profile_places(p), &r));
	assert_ok(record_read(r, fix->space, &domain_type, va, &d));
	assert_false(used(&d.id) || used(&d.name) || used(&d.gone));
	resolve_both(r, false);
	records_destroy(r);
	profile_destroy(p);
}

/* Of as many fields as an object must have to be kept. */
struct other_rec {
	struct value id, unit, more[6];
};

static const struct field other_fields[] FIELD_TABLE = {
	FIELD(struct other_rec, id, "domain.max_vcpus"),
	FIELD(struct other_rec, unit, "domain.domain_id"),
	FIELD(struct other_rec, more[0], "domain.max_vcpus"),
	FIELD(struct other_rec, more[1], "domain.max_vcpus"),
	FIELD(struct other_rec, more[2], "domain.max_vcpus"),
	FIELD(struct other_rec, more[3], "domain.max_vcpus"),
	FIELD(struct other_rec, more[4], "domain.max_vcpus"),
	FIELD(struct other_rec, more[5], "domain.max_vcpus"),
};

static const struct record_type other_type = RECORD_TYPE("other", other_fields);

/* Reads domain0 and expects its id, and that of the other record type. */
static void expect_id(struct records *r, struct space *s, uint64_t va, uint64_t id)
{
	struct domain_rec d = { 0 };
	struct other_rec o;

	assert_ok(record_read(r, s, &domain_type, va, &d));
	assert_value(&d.id, id, 0);
	assert_value(&d.max_vcpus, 2, 0);
	assert_ok(record_read(r, s, &other_type, va, &o));
	assert_value(&o.id, 2, 0);
	assert_value(&o.unit, id, 0);
}

/* Values that were kept are those of the memory, of the space and of the type that is asked for. */
static void keeps_what_was_read(void **state)
{
	uint64_t va = fixture_va(fix, "domain0"), maddr, generation = space_generation(fix->space);
	struct records *r = make_records();
	struct other_rec o;
	struct memory *m;
	struct space *s, *other;
	uint8_t *id;

	(void)state;
	expect_id(r, fix->space, va, 0x7ff0);
	expect_id(r, fix->space, va, 0x7ff0);
	assert_ok(space_translate(fix->space, va, &maddr));
	id = fix->image + (maddr - FIXTURE_PHYS);
	assert_int_equal(*id, 0xf0);
	*id = 0x11;
	assert_ok(memory_create(&fixture_ops, fix, &m));
	assert_ok(space_create(m, space_params(fix->space), &s));
	expect_id(r, s, va, 0x7f11);
	assert_ok(space_create(m, space_params(fix->space), &other));
	assert_true(space_generation(s) != space_generation(other));
	space_destroy(other);
	expect_id(r, fix->space, va, 0x7ff0);
	space_flush(fix->space);
	assert_true(space_generation(fix->space) > generation);
	expect_id(r, fix->space, va, 0x7f11);
	*id = 0xf0;
	memory_flush(fix->memory);
	expect_id(r, fix->space, va, 0x7ff0);
	generation = space_generation(s);
	space_set_pdx(s, space_pdx(s));
	assert_true(space_generation(s) > generation);
	space_destroy(s);
	memory_destroy(m);
	assert_ok(memory_create(&fixture_ops, fix, &m));
	*id = 0x11;
	assert_ok(space_create(m, space_params(fix->space), &s));
	expect_id(r, s, va, 0x7f11);
	*id = 0xf0;
	/* an object that cannot be read is not kept in place of one that can */
	assert_err(record_read(r, fix->space, &other_type, 0x1000, &o), ERR_BAD_POINTER, "");
	expect_id(r, fix->space, va, 0x7ff0);
	records_destroy(r);
	space_destroy(s);
	memory_destroy(m);
}

/* More objects than the cache has space for, of one type or at one address: none is taken for another. */
static void check_kept(const struct record_type *types, size_t step, uint64_t per_object)
{
	enum { NR = 1 << 17 };
	struct record_cache *c = record_cache_create();
	struct other_rec o = { .id = { .state = VALUE_OK }, .unit = { .state = VALUE_OK } };
	unsigned int found = 0;

	assert_non_null(c);
	for (unsigned int i = 0; i < NR; i++) {
		o.id.raw = i;
		o.unit.raw = i + 1;
		record_cache_keep(c, &types[i * step], fix->space, i * per_object, &o);
	}
	for (unsigned int i = 0; i < NR; i++) {
		const struct value *kept = record_cache_find(c, &types[i * step], fix->space, i * per_object);

		found += kept != NULL;
		assert_true(!kept || (kept[0].raw == i && kept[1].raw == i + 1));
	}
	assert_true(found > 8000 && found < NR);
	record_cache_destroy(c);
}

static void kept_values_are_not_confused(void **state)
{
	size_t nr = 1 << 17;
	struct record_type *types = calloc(nr, sizeof(*types));

	(void)state;
	assert_non_null(types);
	for (size_t i = 0; i < nr; i++)
		types[i] = other_type;
	check_kept(types, 1, 0);
	check_kept(types, 0, 8);
	free(types);
}

int main(void)
{
	/* with DWARF, and again without */
	static const struct CMUnitTest by_profile[] = {
		cmocka_unit_test(reads_all_kinds_of_paths),
		cmocka_unit_test(reads_bit_fields),
		cmocka_unit_test(a_hole_costs_its_fields),
		cmocka_unit_test(bad_addresses_are_errors),
		cmocka_unit_test(keeps_what_was_read),
		cmocka_unit_test(what_nothing_proved_is_told),
	};
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_kinds_of_paths),
		cmocka_unit_test(reads_bit_fields),
		cmocka_unit_test(a_hole_costs_its_fields),
		cmocka_unit_test(bad_addresses_are_errors),
		cmocka_unit_test(keeps_what_was_read),
		cmocka_unit_test(without_types_no_field_is_there),
		cmocka_unit_test(nonsense_is_an_error),
		cmocka_unit_test(resolves_single_members),
		cmocka_unit_test(resolves_a_path_once),
		cmocka_unit_test(kept_values_are_not_confused),
	};
	int failed;

	fix = calloc(1, sizeof(*fix));
	if (!fixture_compile(fix, "cc", ""))
		return 1;
	fixture_load(fix);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	profile = make_profile();
	failed += cmocka_run_group_tests(by_profile, NULL, NULL);
	profile_destroy(profile);
	fixture_unload(fix);
	free(fix);
	return failed;
}
