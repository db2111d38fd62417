/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_log.h"
#include "guest_symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/bytes.h"

/* CONFIG_LOG_BUF_SHIFT is 25 at most, log_buf_len= 2^31. */
#define RING_MAX	(1ULL << 31)

struct err *guest_log_read(struct guest *g, guest_log_fn *fn, void *arg,
			   uint64_t *lost)
{
	uint64_t va;

	*lost = 0;
	if (vmcoreinfo_symbol(g->info, "prb", &va))
		return err_prefix(guest_log_lockless(g, fn, arg, lost), "printk ring");
	if (vmcoreinfo_symbol(g->info, "log_buf", &va))
		return err_prefix(guest_log_records(g, fn, arg, lost), "log_buf");
	return err_new(ERR_NOT_FOUND, "VMCOREINFO lists no log");
}

/* ---- the ring of records ---- */

struct ring {
	struct guest *g;
	guest_log_fn *fn;
	void *arg;
	uint64_t buf, len;		/* va, bytes */
	uint64_t header, ts_nsec, rec_len, text_len;	/* of a record, bytes */
	uint64_t first, next;		/* offsets in the ring */
};

static struct err *read_variable(struct guest *g, const char *name,
				 size_t size, uint64_t *ret)
{
	uint64_t va, v = 0;

	if (!vmcoreinfo_symbol(g->info, name, &va))
		return err_new(ERR_NOT_FOUND, "VMCOREINFO does not list %s", name);
	ERR_TRY(err_prefix(guest_tables_read(&g->tables, va, &v, size), "%s", name));
	*ret = le64toh(v);
	return NULL;
}

/* The struct was named log up to 3.10. */
static bool record_number(const struct vmcoreinfo *v, const char *kind,
			  const char *member, uint64_t *ret)
{
	static const char *const structs[] = { "printk_log", "log" };
	char key[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(structs); i++) {
		snprintf(key, sizeof(key), "%s(%s%s)", kind, structs[i], member);
		if (vmcoreinfo_number(v, key, ret))
			return true;
	}
	return false;
}

static bool has_records(struct ring *r)
{
	const struct vmcoreinfo *v = r->g->info;

	return record_number(v, "SIZE", "", &r->header) &&
	       record_number(v, "OFFSET", ".ts_nsec", &r->ts_nsec) &&
	       record_number(v, "OFFSET", ".len", &r->rec_len) &&
	       record_number(v, "OFFSET", ".text_len", &r->text_len);
}

/* A page may be mapped many times, but a kernel does not do that with its log. */
static struct err *check_length(const struct ring *r)
{
	const struct value *pages = &r->g->domain.tot_pages;

	if (r->len < 64 || r->len > RING_MAX)
		return err_new(ERR_CORRUPT, "invalid size of the log: %" PRIu64 " bytes", r->len);
	if (value_ok(pages) && r->len >> XPAGE_SHIFT > value_of(pages))
		return err_new(ERR_CORRUPT, "invalid size of the log: %" PRIu64
			       " bytes, more than the memory of its domain", r->len);
	return NULL;
}

static struct err *check_ring(const struct ring *r)
{
	ERR_TRY(check_length(r));
	if (r->header < 12 || r->header > 256 || r->ts_nsec > r->header - 8 ||
	    r->rec_len > r->header - 2 || r->text_len > r->header - 2)
		return err_new(ERR_CORRUPT, "invalid header of a record: %" PRIu64
			       " bytes, ts_nsec at %" PRIu64, r->header, r->ts_nsec);
	return NULL;
}

/* Reads the record at an offset; *size is 0 if the ring continues at its start. */
static struct err *take_record(const struct ring *r, uint64_t at, uint64_t *size)
{
	unsigned char bytes[GUEST_LOG_TEXT];
	struct guest_log_record record = { .has_time = true };
	uint64_t text;

	ERR_TRY(guest_tables_read(&r->g->tables, r->buf + at, bytes, r->header));
	*size = get_le16(bytes + r->rec_len);
	if (!*size)
		return NULL;
	text = get_le16(bytes + r->text_len);
	record.ns = get_le64(bytes + r->ts_nsec);
	if (*size < r->header + text || *size > r->len - at)
		return err_new(ERR_CORRUPT, "invalid size of a record: %" PRIu64 " bytes, text of %"
			       PRIu64 ", at %" PRIx64, *size, text, r->buf + at);
	record.len = text < sizeof(bytes) ? text : sizeof(bytes);
	ERR_TRY(guest_tables_read(&r->g->tables, r->buf + at + r->header, bytes,
				 record.len));
	record.text = (const char *)bytes;
	return r->fn(r->arg, &record);
}

static struct err *walk_records(struct ring *r)
{
	uint64_t at = r->first, taken = 0, size;

	if (r->first >= r->len || r->next >= r->len)
		return err_new(ERR_CORRUPT, "invalid range of records: %" PRIu64 " to %" PRIu64
			       " in a ring of %" PRIu64 " bytes", r->first, r->next, r->len);
	while (at != r->next) {
		ERR_TRY(interrupt_check());
		if (r->len - at < r->header)
			size = 0;
		else
			ERR_TRY(take_record(r, at, &size));
		taken += size ? size : r->len - at;
		if (taken > r->len)
			return err_new(ERR_CORRUPT, "the records do not end at %" PRIu64, r->next);
		at = size && size < r->len - at ? at + size : 0;
	}
	return NULL;
}

/* ---- the ring of characters ---- */

/* Reads one line, without its level "<6>". */
static struct err *take_line(const struct ring *r, const char *line, size_t len)
{
	struct guest_log_record record = { .text = line, .len = len };

	if (len > 3 && line[0] == '<' && line[2] == '>') {
		record.text += 3;
		record.len -= 3;
	}
	return r->fn(r->arg, &record);
}

static struct err *walk_characters(struct ring *r)
{
	uint64_t end, at;
	char line[1024];
	size_t n = 0;

	ERR_TRY(read_variable(r->g, "log_end", 4, &end));
	ERR_TRY(check_length(r));
	if (r->len & (r->len - 1))
		return err_new(ERR_CORRUPT, "invalid size of the log: %" PRIu64 " bytes", r->len);
	for (at = end > r->len ? end - r->len : 0; at < end; at++) {
		char c;

		ERR_TRY(guest_tables_read(&r->g->tables, r->buf + (at & (r->len - 1)), &c, 1));
		if (c != '\n')
			line[n++] = c;
		if (c != '\n' && n < sizeof(line))
			continue;
		ERR_TRY(take_line(r, line, n));
		n = 0;
	}
	return n ? take_line(r, line, n) : NULL;
}

struct err *guest_log_records(struct guest *g, guest_log_fn *fn, void *arg,
			      uint64_t *lost)
{
	struct ring r = { .g = g, .fn = fn, .arg = arg };

	*lost = 0;
	ERR_TRY(read_variable(g, "log_buf", 8, &r.buf));
	ERR_TRY(read_variable(g, "log_buf_len", 4, &r.len));
	if (!has_records(&r))
		return walk_characters(&r);
	ERR_TRY(check_ring(&r));
	ERR_TRY(read_variable(g, "log_first_idx", 4, &r.first));
	ERR_TRY(read_variable(g, "log_next_idx", 4, &r.next));
	return walk_records(&r);
}

struct err *guest_log_offset(struct guest *g, uint64_t *ns)
{
	uint64_t va, offset;

	ERR_TRY(guest_symbol(g, "xen_sched_clock_offset", &va));
	ERR_TRY(guest_tables_read(&g->tables, va, &offset, sizeof(offset)));
	*ns = offset;
	return NULL;
}
