/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "xen/model/dom0/names.h"

struct err *command_usage(const char *fmt, ...)
{
	struct err *e;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	e = err_new(ERR_USAGE, "%s", text ? text : "wrong arguments");
	free(text);
	return e;
}

/* ---- single values ---- */

struct err *parse_decimal(const char *text, uint64_t *ret)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (*end || !isdigit((unsigned char)*text))
		return command_usage("\"%s\" is not a number", text);
	if (errno == ERANGE)
		return command_usage("%.60s is larger than any number of 64 bits", text);
	*ret = v;
	return NULL;
}

struct err *parse_hex(const char *text, uint64_t *ret)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(text, &end, 16);
	if (*end || !isxdigit((unsigned char)*text))
		return command_usage("\"%s\" is not a hexadecimal number", text);
	if (errno == ERANGE)
		return command_usage("%.60s is larger than any number of 64 bits", text);
	*ret = v;
	return NULL;
}

struct err *parse_address(struct session *s, const char *text, uint64_t *ret)
{
	struct err *e = parse_hex(text, ret);
	const char *plus = strchr(text, '+');
	uint64_t va, offset = 0;
	char *name;

	if (!e || !text[strspn(text, "0123456789abcdefABCDEF")])
		return e;
	err_free(e);
	if (plus)
		ERR_TRY(parse_hex(plus + 1, &offset));
	name = strndup(text, plus ? (size_t)(plus - text) : strlen(text));
	if (!name)
		return err_nomem();
	e = xen_symbol(s->xen, name, &va);
	free(name);
	if (e)
		return e;
	*ret = va + offset;
	return NULL;
}

/* Addresses are not looked up as names, since that would read the xenstore. */
static bool is_address(const char *text)
{
	return strlen(text) >= 12 && !text[strspn(text, "0123456789abcdefABCDEF")];
}

static struct err *no_such_name(struct session *s, const char *text)
{
	const char *why = s && s->xen && !is_address(text) ? names_missing(s->xen) : NULL;

	if (why)
		return command_usage("\"%s\" is not a DOMID (3 or d3); names of domains are not available: %s",
				     text, why);
	return command_usage("\"%s\" is neither a DOMID (3 or d3) nor the name of a domain",
			     text);
}

static bool find_name(struct session *s, const char *text, uint64_t *ret)
{
	return s && s->xen && !is_address(text) && name_find(s->xen, text, ret);
}

struct err *parse_domid(struct session *s, const char *text, uint64_t *ret)
{
	const char *digits = text + (*text == 'd' || *text == 'D');
	uint64_t id;
	struct err *e;

	/* "D3" may also be a name */
	if (*text == 'D' && find_name(s, text, ret))
		return NULL;
	e = parse_decimal(digits, &id);
	if (e) {
		err_free(e);
		if (find_name(s, text, ret))
			return NULL;
		return no_such_name(s, text);
	}
	if (id >= DOMAINS_MAX)
		return err_new(ERR_NOT_FOUND, "no domain has the id %s", digits);
	*ret = id;
	return NULL;
}

/* "pv1:0" */
static bool parse_named_vcpu(struct session *s, const char *text,
			     uint64_t *domid, uint64_t *vcpu)
{
	const char *colon = strrchr(text, ':');
	uint64_t id, number;
	struct err *e;
	char *name;
	bool found;

	if (!colon || colon == text)
		return false;
	e = parse_decimal(colon + 1, &number);
	err_free(e);
	name = e ? NULL : strndup(text, colon - text);
	found = name && find_name(s, name, &id);
	free(name);
	if (!found)
		return false;
	*domid = id;
	*vcpu = number;
	return true;
}

bool parse_vcpu_name(struct session *s, const char *text, uint64_t *domid,
		     uint64_t *vcpu)
{
	static const char *const forms[] = { "d%5uv%5u%n", "D%5uV%5u%n", "%5u:%5u%n",
					     "d%5u:%5u%n" };
	/* sscanf() accepts blanks and signs before a number; names may contain them */
	bool numbers = !strpbrk(text, "+- \t\n");
	unsigned int i, d, v;

	for (i = 0; numbers && i < sizeof(forms) / sizeof(forms[0]); i++) {
		int end = 0;

		if (sscanf(text, forms[i], &d, &v, &end) == 2 && end &&
		    !text[end]) {
			*domid = d;
			*vcpu = v;
			return true;
		}
	}
	return parse_named_vcpu(s, text, domid, vcpu);
}

static struct err *check_pcpu(const struct session *s, uint64_t pcpu)
{
	if (s->xen && pcpu >= s->xen->nr_cpus)
		return err_new(ERR_NOT_FOUND, "no pcpu %llu: there are %u",
			       (unsigned long long)pcpu, s->xen->nr_cpus);
	return NULL;
}

struct err *parse_pcpu(const struct session *s, const char *text, uint64_t *ret)
{
	uint64_t pcpu;

	ERR_TRY(parse_decimal(text, &pcpu));
	ERR_TRY(check_pcpu(s, pcpu));
	*ret = pcpu;
	return NULL;
}

/* ---- sets of values ---- */

static struct err *range_add(struct ranges *r, char *text, const char *what)
{
	char *dash = strchr(text, '-');
	struct range new;
	struct err *e;

	if (r->nr == RANGES_MAX)
		return command_usage("more than %d values of %s", RANGES_MAX, what);
	if (dash)
		*dash = '\0';
	e = parse_decimal(text, &new.from);
	if (!e)
		e = parse_decimal(dash ? dash + 1 : text, &new.to);
	if (dash)
		*dash = '-';
	if (e || new.to < new.from) {
		err_free(e);
		return command_usage("%s \"%s\" is neither a number nor a range (5-9)",
				     what, text);
	}
	r->range[r->nr++] = new;
	return NULL;
}

struct err *ranges_add(struct ranges *r, const char *text, const char *what)
{
	char *copy = strdup(text), *rest = copy, *part;
	struct err *e = copy ? NULL : err_nomem();

	while (!e && (part = strsep(&rest, ",")))
		e = range_add(r, part, what);
	free(copy);
	return e;
}

bool ranges_has(const struct ranges *r, uint64_t number)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++)
		if (number >= r->range[i].from && number <= r->range[i].to)
			return true;
	return !r->nr;
}

struct err *parse_frames(const char *text, const char *what, struct range *ret)
{
	const char *dash = strchr(text, '-');
	char *from = strndup(text, dash ? (size_t)(dash - text) : strlen(text));
	struct err *e = from ? parse_hex(from, &ret->from) : err_nomem();

	if (!e)
		e = parse_hex(dash ? dash + 1 : text, &ret->to);
	free(from);
	if (e && err_reason(e) == ERR_USAGE) {
		err_free(e);
		return command_usage("%s \"%s\" is neither a hexadecimal number nor a range (1000-10ff)",
				     what, text);
	}
	if (e)
		return e;
	if (ret->to < ret->from || ret->to - ret->from >= FRAME_RANGE_MAX)
		return command_usage("\"%s\" is not a range of 1 to %u frames",
				     text, FRAME_RANGE_MAX);
	return NULL;
}

static struct err *pcpus_add(struct session *s, struct ranges *r,
			     const char *text)
{
	unsigned int i = r->nr;

	ERR_TRY(ranges_add(r, text, "PCPU"));
	for (; i < r->nr; i++)
		ERR_TRY(check_pcpu(s, r->range[i].to));
	return NULL;
}

struct err *domain_filter_add(struct session *s, struct domain_filter *f,
			      const char *text)
{
	uint64_t id;

	ERR_TRY(parse_domid(s, text, &id));
	if (f->nr && domain_filter_has(f, id))
		return NULL;
	if (f->nr == DOMAINS_MAX_GIVEN)
		return command_usage("more than %d domains", DOMAINS_MAX_GIVEN);
	f->id[f->nr++] = id;
	return NULL;
}

bool domain_filter_has(const struct domain_filter *f, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++) {
		if (f->id[i] == id)
			return true;
	}
	return !f->nr;
}

/* ---- the command line ---- */

/*
 * Returns the index of an option by its name, which has len characters; -1:
 * there is none.
 */
static int find_option(const struct args_spec *spec, const char *name,
		       size_t len)
{
	int i;

	for (i = 0; spec->options && spec->options[i].name; i++)
		if (strlen(spec->options[i].name) == len &&
		    !strncmp(spec->options[i].name, name, len))
			return i;
	return -1;
}

static struct err *set_value(struct session *s, struct args *a, unsigned int i,
			     const char *text)
{
	const struct option_spec *o = &a->spec->options[i];
	struct args_value v = { .option = i, .text = text };

	switch ((enum option_kind)o->kind) {
	case OPTION_DECIMAL:
		ERR_TRY(err_prefix(parse_decimal(text, &v.number), "-%s", o->name));
		break;
	case OPTION_ADDRESS:
		ERR_TRY(err_prefix(parse_address(s, text, &v.number), "-%s", o->name));
		break;
	case OPTION_DOMAINS:
		ERR_TRY(domain_filter_add(s, &a->domains, text));
		break;
	case OPTION_PCPUS:
		ERR_TRY(pcpus_add(s, &a->pcpus, text));
		break;
	case OPTION_FLAG:
	case OPTION_TEXT:
		break;
	}
	if (a->nr_values == ARGS_MAX)
		return command_usage("too many arguments");
	a->value[a->nr_values++] = v;
	return NULL;
}

/* Counts an option, and fails if another of its group is given, too. */
static struct err *give(struct args *a, int i)
{
	const struct option_spec *o = a->spec->options;
	int other;

	for (other = 0; o[other].name; other++)
		if (other != i && o[i].group && o[other].group == o[i].group &&
		    a->given[other])
			return command_usage("\"-%s\" excludes \"-%s\"",
					     o[other].name, o[i].name);
	if (a->given[i]++ && o[i].value && !o[i].many)
		return command_usage("\"-%s\" is given twice", o[i].name);
	return NULL;
}

/*
 * Parses one argument that begins with a dash: an option of several characters
 * ("-16"), or a cluster of single ones ("-al"), of which the last may take a
 * value ("-d3", "-d 3"). *used: number of arguments it consists of.
 */
static struct err *parse_option(struct session *s, struct args *a, char **argv,
				int *used)
{
	const char *text = argv[0] + 1;
	int i = find_option(a->spec, text, strlen(text));
	size_t len = i >= 0 ? strlen(text) : 1;

	*used = 1;
	for (; *text; text += len, len = 1) {
		const char *value;

		if (i < 0)
			i = find_option(a->spec, text, 1);
		if (i < 0)
			return command_usage("unknown option \"-%.*s\"",
					     text == argv[0] + 1 ? (int)strlen(text) : 1,
					     text);
		ERR_TRY(give(a, i));
		if (a->spec->options[i].kind != OPTION_FLAG) {
			value = text[len] ? text + len : argv[1];
			*used += !text[len];
			if (!value)
				return command_usage("\"-%s\" requires %s",
						     a->spec->options[i].name,
						     a->spec->options[i].value);
			return set_value(s, a, i, value);
		}
		i = -1;
	}
	return NULL;
}

/*
 * Returns the word of "DOMID|ADDRESS NAME[.MEMBER]..." after the given number
 * of words, in the form for messages: "DOMID or ADDRESS", "NAME".
 */
static struct err *missing(const struct words_spec *w, unsigned int given)
{
	const char *p = w->synopsis, *space;
	char text[128];
	size_t n = 0;

	while (given-- && (space = strchr(p, ' ')))
		p = space + 1;
	for (; *p && *p != ' ' && n + 5 < sizeof(text); p++) {
		if (*p == '|') {
			memcpy(text + n, " or ", 4);
			n += 4;
		} else if (*p == '[') {
			p += strcspn(p, "] ") - 1;
		} else if (*p != ']' && (*p != '.' || isalpha((unsigned char)p[1]))) {
			text[n++] = *p;
		}
	}
	text[n] = '\0';
	return command_usage("missing %s", text);
}

int args_word_option(const struct args_spec *spec)
{
	int i;

	for (i = 0; spec->options && spec->options[i].name; i++)
		if (spec->options[i].word)
			return i;
	return -1;
}

/* For a command without words of its own: the words are values of the option i. */
static struct err *words_to_values(struct session *s, struct args *a, int i)
{
	unsigned int w;

	for (w = 0; w < a->nr_words; w++) {
		if (a->given[i] && !a->spec->options[i].many)
			return command_usage("unexpected argument \"%s\"", a->word[w]);
		ERR_TRY(give(a, i));
		ERR_TRY(set_value(s, a, i, a->word[w]));
	}
	a->nr_words = 0;
	a->word[0] = NULL;
	return NULL;
}

/* For the option i: words that precede the command's own words. */
static struct err *values_to_words(struct args *a, int i)
{
	unsigned int v, at = 0;

	for (v = 0; v < a->nr_values; v++) {
		if (a->value[v].option != i)
			continue;
		if (a->nr_words == ARGS_MAX)
			return command_usage("too many arguments");
		memmove(a->word + at + 1, a->word + at,
			(a->nr_words++ - at) * sizeof(a->word[0]));
		a->word[at++] = a->value[v].text;
	}
	return NULL;
}

static struct err *join_words(struct session *s, struct args *a)
{
	int i = args_word_option(a->spec);

	if (i < 0)
		return NULL;
	return a->spec->words.synopsis ? values_to_words(a, i) :
		words_to_values(s, a, i);
}

static struct err *check_words(const struct args *a)
{
	const struct words_spec *w = &a->spec->words;

	if (!w->synopsis && a->nr_words)
		return command_usage("unexpected argument \"%s\"", a->word[0]);
	if (a->nr_words < w->min)
		return missing(w, a->nr_words);
	if (w->max && a->nr_words > w->max)
		return command_usage("unexpected argument \"%s\"", a->word[w->max]);
	return NULL;
}

struct err *args_parse(struct session *s, const struct args_spec *spec,
		       int argc, char **argv, struct args *ret)
{
	bool options = true;
	int i, used;

	memset(ret, 0, sizeof(*ret));
	ret->spec = spec;
	for (i = 1; i < argc; i += used) {
		used = 1;
		if (options && !strcmp(argv[i], "--")) {
			options = false;
			continue;
		}
		if (options && argv[i][0] == '-' && argv[i][1] &&
		    !(spec->words.verbatim && find_option(spec, argv[i] + 1, 1) < 0)) {
			ERR_TRY(parse_option(s, ret, argv + i, &used));
			continue;
		}
		if (ret->nr_words == ARGS_MAX)
			return command_usage("too many arguments");
		ret->word[ret->nr_words++] = argv[i];
		options = options && !spec->words.verbatim;
	}
	ERR_TRY(join_words(s, ret));
	return check_words(ret);
}

bool args_has(const struct args *a, const char *option)
{
	int i = find_option(a->spec, option, strlen(option));

	return i >= 0 && a->given[i];
}

static const struct args_value *last_value(const struct args *a,
					   const char *option)
{
	int i = find_option(a->spec, option, strlen(option));
	unsigned int n = a->nr_values;

	while (n--)
		if (a->value[n].option == i)
			return &a->value[n];
	return NULL;
}

const char *args_text(const struct args *a, const char *option)
{
	const struct args_value *v = last_value(a, option);

	return v ? v->text : NULL;
}

uint64_t args_number(const struct args *a, const char *option, uint64_t other)
{
	const struct args_value *v = last_value(a, option);

	return v ? v->number : other;
}

const char *args_next(const struct args *a, const char *option,
		      unsigned int *at)
{
	int i = find_option(a->spec, option, strlen(option));

	while (*at < a->nr_values) {
		const struct args_value *v = &a->value[(*at)++];

		if (v->option == i)
			return v->text;
	}
	return NULL;
}
