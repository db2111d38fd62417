/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of the commands. A command lists its options and words in tables,
 * from which parsing, usage, help page, man page and completion follow.
 */
#ifndef EXT_ARGS_H
#define EXT_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "xen/base/error.h"

struct session;

#define OPTIONS_MAX	16	/* maximum number of options of one command */
#define ARGS_MAX	128	/* maximum number of words, and of values of options, of one call */
#define DOMAINS_MAX_GIVEN 64
#define RANGES_MAX	64

enum option_kind {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_DECIMAL,		/* decimal, or hexadecimal with 0x */
	OPTION_ADDRESS,		/* hexadecimal, or SYMBOL[+OFFSET] */
	OPTION_DOMAINS,		/* DOMID ("3", "d3", a name); collected in args.domains */
	OPTION_PCPUS,		/* PCPU or a range ("0-3,8"); in args.pcpus */
};

/* One option; a table of them ends with { .name = NULL }. */
struct option_spec {
	const char *name;	/* without the dash: "d", "16" */
	uint8_t kind;		/* enum option_kind */
	uint8_t group;		/* options with the same group exclude each other; 0: none */
	bool many;		/* may be repeated */
	/*
	 * The value may be a word, too, without "-d": the first one of the
	 * command's words, or each word if the command has none of its own.
	 */
	bool word;
	const char *value;	/* placeholder in the synopsis; NULL for a flag */
	const char *help;	/* one or two lines of the help page */
};

/* The words after the options. */
struct words_spec {
	const char *synopsis;	/* "DOMID|ADDRESS..."; NULL: no words */
	unsigned int min, max;	/* max 0 with a synopsis: any number */
	/* Options end at the first word, which may begin with a dash ("xen p -1"). */
	bool verbatim;
};

struct args_spec {
	const struct option_spec *options;	/* NULL: none */
	struct words_spec words;
};

/* Numbers and ranges of numbers; an empty set means all. */
struct ranges {
	unsigned int nr;
	struct range { uint64_t from, to; } range[RANGES_MAX];
};

/* Domains by id; an empty set means all. */
struct domain_filter {
	unsigned int nr;
	uint16_t id[DOMAINS_MAX_GIVEN];
};

struct args {
	const struct args_spec *spec;
	unsigned int given[OPTIONS_MAX];	/* number of times each option was given */
	struct args_value {
		uint8_t option;			/* index in spec->options */
		const char *text;
		uint64_t number;		/* value of DECIMAL and ADDRESS */
	} value[ARGS_MAX];
	unsigned int nr_values;
	struct domain_filter domains;
	struct ranges pcpus;
	const char *word[ARGS_MAX + 1];		/* NULL after the last */
	unsigned int nr_words;
};

/*
 * Parses argv[1..]. Texts are not copied from argv. The text of ERR_USAGE
 * contains the argument that is wrong or missing.
 */
struct err *args_parse(struct session *s, const struct args_spec *spec,
		       int argc, char **argv, struct args *ret) ERR_MUST_CHECK;

bool args_has(const struct args *a, const char *option);
/* Return the value given last; NULL, or other, if the option was not given. */
const char *args_text(const struct args *a, const char *option);
uint64_t args_number(const struct args *a, const char *option, uint64_t other);
/* Returns the values of a repeated option one by one; *at is 0 at first. */
const char *args_next(const struct args *a, const char *option,
		      unsigned int *at);
/* Returns the index of the option whose value may be a word; -1: there is none. */
int args_word_option(const struct args_spec *spec);
/* Formats "[-j] [-a] [-d DOMID]... [PORT]..." or "[-j] [[-d] DOMID]..."; returns buf. */
const char *args_synopsis(const struct args_spec *spec, char *buf, size_t size);

/* Creates an ERR_USAGE; the synopsis is printed below the text. */
struct err *command_usage(const char *fmt, ...) ERR_PRINTF(1, 2) ERR_MUST_CHECK;

/* Parses a number, decimal, or hexadecimal with 0x. */
struct err *parse_decimal(const char *text, uint64_t *ret) ERR_MUST_CHECK;
/* Parses a hexadecimal number with or without 0x, like crash's addresses. */
struct err *parse_hex(const char *text, uint64_t *ret) ERR_MUST_CHECK;
/* Parses an address: hexadecimal, or a symbol with an optional +offset. */
struct err *parse_address(struct session *s, const char *text,
			  uint64_t *ret) ERR_MUST_CHECK;
/*
 * Parses "3", "d3" or the name of a domain; ERR_USAGE if it is none of them,
 * ERR_NOT_FOUND above the highest possible id.
 */
struct err *parse_domid(struct session *s, const char *text,
			uint64_t *ret) ERR_MUST_CHECK;
/* Parses "1:0", "d1v0" or "NAME:0"; false if it is none of them. */
bool parse_vcpu_name(struct session *s, const char *text, uint64_t *domid,
		     uint64_t *vcpu);
/* Parses the number of a pcpu, which must be less than their number. */
struct err *parse_pcpu(const struct session *s, const char *text,
		       uint64_t *ret) ERR_MUST_CHECK;

/* Adds "5", "5-9" or "1,5-9"; what: name of the numbers in errors ("PORT"). */
struct err *ranges_add(struct ranges *r, const char *text,
		       const char *what) ERR_MUST_CHECK;
/*
 * Parses "1000", or "1000-10ff", hexadecimal frame numbers, at most
 * FRAME_RANGE_MAX of them; what: name of the number in errors ("MFN").
 */
#define FRAME_RANGE_MAX	(1U << 20)
struct err *parse_frames(const char *text, const char *what,
			 struct range *ret) ERR_MUST_CHECK;
bool ranges_has(const struct ranges *r, uint64_t number);

struct err *domain_filter_add(struct session *s, struct domain_filter *f,
			      const char *text) ERR_MUST_CHECK;
bool domain_filter_has(const struct domain_filter *f, uint64_t id);

#endif
