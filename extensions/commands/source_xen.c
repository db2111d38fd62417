/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `xen source -x`: the memory of the running hypervisor. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xen/hypercall/live_memory.h"
#include "source.h"

static struct err *find_ops(struct session *s, const struct live_memory_ops **ret)
{
	const struct live_memory_ops *o;

	if (!s->live_library || !s->xen || !xen_is_running(s->xen))
		return err_new(ERR_UNSUPPORTED,
			       "-x is for a running hypervisor%s%s",
			       s->why_no_xen ? ": " : "; this is a dump",
			       s->why_no_xen ? s->why_no_xen : "");
	o = dlsym(s->live_library, LIVE_MEMORY_OPS_SYMBOL);
	if (!o || o->version != LIVE_MEMORY_OPS_VERSION || o->size != sizeof(*o))
		return err_new(ERR_MISMATCH,
			       "xen-live.so is of another build than this");
	*ret = o;
	return NULL;
}

static struct err *find_facts(struct session *s,
			      const struct live_memory_ops **ops,
			      struct live_memory_facts *facts)
{
	int rc;

	ERR_TRY(find_ops(s, ops));
	rc = (*ops)->facts(facts);
	return rc ? err_io(-rc, "asking the hypervisor which ways to its memory are safe") : NULL;
}

static bool in_use(struct session *s, enum live_method m)
{
	return xen_reads_memory(s->xen) &&
	       !strcmp(memory_name(s->xen->memory), live_method_name(m));
}

void source_xen_rows(struct session *s, struct out *o)
{
	const struct live_memory_ops *ops;
	struct live_memory_facts facts;
	struct err *e = find_facts(s, &ops, &facts);
	unsigned int m;

	for (m = 0; m < LIVE_METHODS && !e; m++) {
		struct err *why = live_method_check(s->xen, &facts, m);
		char name[16];

		snprintf(name, sizeof(name), "-x %s", live_method_letter(m));
		source_row(o, name, "Xen's memory",
			   in_use(s, m) ? "in use" : why ? "refused" : "usable",
			   why ? err_text(why) : live_method_name(m));
		err_free(why);
	}
	out_error(o, e);
}

static struct err *cleanup(struct session *s, struct out *o)
{
	const struct live_memory_ops *ops;
	unsigned int removed = 0;
	int rc;

	ERR_TRY(find_ops(s, &ops));
	rc = ops->cleanup(&removed);
	if (rc)
		return err_io(-rc, "removing what sessions left");
	out_note(o, "helper domains and mappings of sessions that are gone: %u removed", removed);
	return NULL;
}

static struct err *find_method(struct session *s, const char *what,
			       const struct live_memory_facts *facts,
			       enum live_method *ret)
{
	if (!strcmp(what, "auto"))
		return live_method_choose(s->xen, facts, ret);
	return live_method_find(what, ret);
}

struct err *source_xen_use(struct session *s, struct out *o, const char *what)
{
	const struct live_memory_ops *ops;
	struct live_memory_facts facts;
	enum live_method m;

	if (!strcmp(what, "cleanup"))
		return cleanup(s, o);
	if (!strcmp(what, "off")) {
		ERR_TRY(find_ops(s, &ops));
		return live_memory_close(s->xen);
	}
	ERR_TRY(find_facts(s, &ops, &facts));
	ERR_TRY(find_method(s, what, &facts, &m));
	if (in_use(s, m))
		return NULL;
	ERR_TRY(live_method_check(s->xen, &facts, m));
	/* the new one is as good as the old one: only one at a time */
	ERR_TRY(live_memory_close(s->xen));
	out_note(o, "WARNING: method %s: %s. It only reads, and only RAM; \"xen source -x off\", the end of the session and its death undo it.",
		 live_method_letter(m), live_method_warning(m));
	ERR_TRY(live_memory_open(s->xen, ops, &facts, m));
	session_join_livepatches(s);
	return NULL;
}
