/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source_xen.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xen/hypercall/live_memory.h"

static struct err *find_ops(struct session *s, const struct live_memory_ops **ret)
{
	const struct live_memory_ops *o;

	if (!s->live_library || !s->xen || !xen_is_running(s->xen))
		return err_new(ERR_UNSUPPORTED,
			       "\"-x\" requires a running hypervisor%s%s",
			       s->why_no_xen ? ": " : "; this is a dump",
			       s->why_no_xen ? s->why_no_xen : "");
	o = dlsym(s->live_library, LIVE_MEMORY_OPS_SYMBOL);
	if (!o || o->version != LIVE_MEMORY_OPS_VERSION || o->size != sizeof(*o))
		return err_new(ERR_MISMATCH,
			       "xen-live.so: version mismatch with xen.so; install both from one build");
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
	return rc ? err_io(-rc, "reading the facts that decide which methods are safe") : NULL;
}

static bool in_use(struct session *s, enum live_method m)
{
	return xen_reads_memory(s->xen) &&
	       !strcmp(memory_name(s->xen->memory), live_method_name(m));
}

struct err *source_xen_methods(struct session *s,
			       struct source_method ret[LIVE_METHODS])
{
	const struct live_memory_ops *ops;
	struct live_memory_facts facts;
	unsigned int i;

	ERR_TRY(find_facts(s, &ops, &facts));
	for (i = 0; i < LIVE_METHODS; i++) {
		struct err *why = live_method_check(s->xen, &facts, i);
		struct source_method *m = &ret[i];

		snprintf(m->name, sizeof(m->name), "-x %s", live_method_letter(i));
		snprintf(m->why, sizeof(m->why), "%s%s",
			 why ? err_text(why) : live_method_name(i),
			 !why && live_method_flushes(&facts, i) ?
			 "; flushes the caches of all pcpus, not chosen by \"auto\"" : "");
		m->state = in_use(s, i) ? "in use" : why ? "refused" : "usable";
		err_free(why);
	}
	return NULL;
}

static struct err *cleanup(struct session *s, struct out *o)
{
	const struct live_memory_ops *ops;
	unsigned int removed = 0;
	int rc;

	ERR_TRY(find_ops(s, &ops));
	rc = ops->cleanup(&removed);
	if (rc)
		return err_io(-rc, "removing helper domains and mappings of ended sessions");
	out_note(o, "helper domains and mappings of ended sessions: %u removed", removed);
	return NULL;
}

static struct err *find_method(struct session *s, const char *name,
			       const struct live_memory_facts *facts,
			       enum live_method *ret)
{
	if (!strcmp(name, "auto"))
		return live_method_choose(s->xen, facts, ret);
	return live_method_find(name, ret);
}

struct err *source_xen_use(struct session *s, struct out *o, const char *method)
{
	const struct live_memory_ops *ops;
	struct live_memory_facts facts;
	enum live_method m;
	char effect[512];

	if (!strcmp(method, "cleanup"))
		return cleanup(s, o);
	if (!strcmp(method, "off")) {
		ERR_TRY(find_ops(s, &ops));
		return live_memory_close(s->xen);
	}
	ERR_TRY(find_facts(s, &ops, &facts));
	ERR_TRY(find_method(s, method, &facts, &m));
	if (in_use(s, m))
		return NULL;
	ERR_TRY(live_method_check(s->xen, &facts, m));
	/* one method at a time: each reads all of the memory */
	ERR_TRY(live_memory_close(s->xen));
	live_method_effect(&facts, m, effect, sizeof(effect));
	out_note(o, "WARNING: method %s: %s; it only reads, and only RAM; \"xen source -x off\" and the end of the session undo it",
		 live_method_letter(m), effect);
	ERR_TRY(live_memory_open(s->xen, ops, &facts, m));
	ERR_TRY(session_memory_opened(s));
	if (s->types_from)
		out_note(o, "%s", s->types_from);
	return NULL;
}
