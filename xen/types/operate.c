/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operate.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "internal.h"

/* CONFIG_NR_CPUS of Xen 4.21 allows 16383. */
#define CPUS_MAX 16384

static struct err *no_sense(const struct datum *d, const char *what)
{
	char name[TYPE_NAME_SIZE];

	return err_new(ERR_NO_TYPE, "\"%s\" %s",
		       type_name(&d->type, name, sizeof(name)), what);
}

/* Truncates a value to the size of its type, and extends its sign. */
static uint64_t fit(uint64_t v, bool is_signed, uint64_t size)
{
	return size >= 8 ? v : scalar_extract(&v, size, 0, 0, is_signed);
}

struct err *number_datum(const struct expr_env *env, uint64_t value,
			 bool is_signed, unsigned int size, struct datum *ret)
{
	const char *name = size > 4 ? is_signed ? "long" : "unsigned long" :
			   is_signed ? "int" : "unsigned int";
	struct datum d = { .value = fit(value, is_signed, size > 4 ? 8 : 4) };

	ERR_TRY(types_find(env->types, name, &d.type));
	*ret = d;
	return NULL;
}

/* Formats an address like crash and Xen: ffff82d040200000. */
static bool bare_address(const char *name, uint64_t *ret)
{
	uint64_t v = 0;

	if (strlen(name) != 16)
		return false;
	for (; *name; name++) {
		if (!isxdigit((unsigned char)*name))
			return false;
		v = v << 4 | (isdigit((unsigned char)*name) ? *name - '0' :
			      tolower((unsigned char)*name) - 'a' + 10);
	}
	*ret = v;
	return true;
}

/* Finds the type of a symbol, in the symbol's own file if several have one of its name. */
static void symbol_type(const struct expr_env *env, const struct symbol *sym,
			struct type *ret)
{
	char full[TYPE_NAME_SIZE];
	struct err *e = NULL;

	*ret = (struct type){ .types = env->types };
	if (sym->file) {
		e = types_variable(env->types,
				   symbol_full_name(sym, full, sizeof(full)), ret);
		if (!e)
			return;
		err_free(e);
	}
	/* symbols of assembly code have no type: void */
	e = types_variable(env->types, sym->name, ret);
	err_free(e);
}

struct err *name_datum(const struct expr_env *env, const char *name,
		       struct datum *ret)
{
	struct datum d = { .in_memory = true };
	const struct symbol *sym;
	struct err *e, *other;
	uint64_t address;
	int64_t constant;

	e = symbols_by_name(env->symbols, name, &sym);
	if (!e) {
		d.va = sym->addr;
		symbol_type(env, sym, &d.type);
		*ret = d;
		return NULL;
	}
	if (bare_address(name, &address)) {
		err_free(e);
		return number_datum(env, address, false, 8, ret);
	}
	other = types_enum_value(env->types, name, &constant);
	if (other) {
		err_free(other);
		return e;
	}
	err_free(e);
	return number_datum(env, constant, true,
			    constant == (int32_t)constant ? 4 : 8, ret);
}

/* Finds the offset of a pcpu's copy from the template. */
static struct err *percpu_offset(const struct expr_env *env, uint64_t cpu,
				 uint64_t *ret)
{
	const struct symbol *sym;
	struct type type;
	uint64_t count = 0;
	struct err *e;

	ERR_TRY(symbols_by_name(env->symbols, "__per_cpu_offset", &sym));
	e = types_variable(env->types, "__per_cpu_offset", &type);
	if (!e)
		e = type_count(&type, &count);
	err_free(e);
	if (!count)
		count = sym->size ? sym->size / 8 : CPUS_MAX;
	if (cpu >= count)
		return err_new(ERR_NOT_FOUND, "no pcpu %" PRIu64 ": this build has room for %" PRIu64,
			       cpu, count);
	return space_read_u64(env->space, sym->addr + cpu * 8, ret);
}

struct err *percpu_datum(const struct expr_env *env, const char *name,
			 uint64_t cpu, struct datum *ret)
{
	const char *hash = strchr(name, '#');
	const char *variable = hash ? hash + 1 : name;
	char full[TYPE_NAME_SIZE];
	uint64_t offset = 0;
	struct datum d;
	int n;

	n = snprintf(full, sizeof(full), "%.*s%s%s", (int)(variable - name),
		     name, strncmp(variable, "per_cpu__", 9) ? "per_cpu__" : "",
		     variable);
	if (n < 0 || (size_t)n >= sizeof(full))
		return err_new(ERR_NO_SYMBOL, "per-cpu name is too long: %zu characters",
			       strlen(name));
	ERR_TRY(name_datum(env, full, &d));
	if (!d.in_memory)
		return err_new(ERR_NO_SYMBOL, "\"%s\" is not a per-cpu variable",
			       name);
	ERR_TRY(percpu_offset(env, cpu, &offset));
	d.va += offset;
	/* Xen sets the offsets of absent cpus to non-canonical values (4.5+) */
	if ((uint64_t)((int64_t)(d.va << 16) >> 16) != d.va)
		return err_new(ERR_NOT_FOUND, "pcpu %" PRIu64 " has no per-cpu data: it is offline",
			       cpu);
	*ret = d;
	return NULL;
}

struct err *datum_follow(const struct expr_env *env, struct datum *d)
{
	enum type_kind kind = type_kind(&d->type);
	struct datum to = { .in_memory = true };

	if (kind == TYPE_FUNCTION)
		return NULL;
	if (kind != TYPE_POINTER && kind != TYPE_ARRAY)
		return no_sense(d, "is not a pointer: it cannot be followed");
	ERR_TRY(type_target(&d->type, &to.type));
	if (type_kind(&to.type) == TYPE_VOID)
		return no_sense(d, "has an unknown target type: cast it first");
	ERR_TRY(datum_load(env->space, d, &to.va));
	*d = to;
	return NULL;
}

struct err *datum_address(struct datum *d)
{
	if (!d->in_memory)
		return err_new(ERR_USAGE, "a plain value has no address");
	if (d->bit_size)
		return err_new(ERR_USAGE, "a bit field has no address");
	*d = (struct datum){ .type = type_pointer_to(&d->type), .value = d->va };
	return NULL;
}

struct err *datum_member(const struct expr_env *env, struct datum *d,
			 const char *name)
{
	enum type_kind kind = type_kind(&d->type);
	struct datum outer = *d;
	struct member m;

	if (kind == TYPE_POINTER || kind == TYPE_ARRAY)
		ERR_TRY(datum_follow(env, &outer));
	ERR_TRY(type_member(&outer.type, name, &m));
	*d = (struct datum){
		.type = m.type, .in_memory = true, .va = outer.va + m.offset,
		.bit_offset = m.bit_offset, .bit_size = m.bit_size,
	};
	return NULL;
}

/* Distance of two consecutive elements in bytes. */
static struct err *stride(const struct datum *pointer, uint64_t *ret)
{
	struct type target;
	enum type_kind kind;

	ERR_TRY(type_target(&pointer->type, &target));
	kind = type_kind(&target);
	if (kind != TYPE_VOID && kind != TYPE_FUNCTION)
		return type_size(&target, ret);
	*ret = 1;
	return NULL;
}

/* Moves a pointer, or an array's address, by n elements. */
static struct err *move_pointer(const struct expr_env *env, struct datum *d,
				uint64_t n)
{
	struct datum to = { .type = d->type };
	struct type target;
	uint64_t size = 0;

	ERR_TRY(stride(d, &size));
	if (type_kind(&d->type) == TYPE_ARRAY) {
		ERR_TRY(type_target(&d->type, &target));
		to.type = type_pointer_to(&target);
	}
	ERR_TRY(datum_load(env->space, d, &to.value));
	to.value += n * size;
	*d = to;
	return NULL;
}

static bool is_pointer(const struct datum *d)
{
	enum type_kind kind = type_kind(&d->type);

	return kind == TYPE_POINTER || kind == TYPE_ARRAY;
}

struct err *datum_index(const struct expr_env *env, struct datum *d,
			const struct datum *index)
{
	struct datum element = *d;
	uint64_t n = 0;

	if (!is_pointer(d))
		return no_sense(d, "is not an array or a pointer");
	if (is_pointer(index))
		return no_sense(index, "is not a number and cannot be an index");
	ERR_TRY(datum_load(env->space, index, &n));
	ERR_TRY(move_pointer(env, &element, n));
	ERR_TRY(datum_follow(env, &element));
	*d = element;
	return NULL;
}

struct err *datum_cast(const struct expr_env *env, struct datum *d,
		       const struct type *type)
{
	struct datum to = { .type = *type };
	char name[TYPE_NAME_SIZE];
	uint64_t size = 0;

	switch (type_kind(type)) {
	case TYPE_POINTER:
	case TYPE_INT:
	case TYPE_CHAR:
	case TYPE_BOOL:
	case TYPE_ENUM:
		break;
	default:
		return err_new(ERR_USAGE, "cannot cast to \"%s\": cast a pointer to it and follow that, as in *(struct domain *)addr",
			       type_name(type, name, sizeof(name)));
	}
	ERR_TRY(type_size(type, &size));
	if (!size || size > 8)
		return no_sense(&to, "is not a type to cast to");
	ERR_TRY(datum_load(env->space, d, &to.value));
	if (type_kind(type) == TYPE_BOOL)
		to.value = !!to.value;
	to.value = fit(to.value, type_is_signed(type), size);
	*d = to;
	return NULL;
}

/* Reads an operand of arithmetic, with C's promotions. */
struct operand {
	uint64_t value;
	bool is_signed;
	unsigned int size;	/* 4 or 8 */
};

static struct err *operand_of(const struct expr_env *env, const struct datum *d,
			      struct operand *ret)
{
	struct operand o = { .size = 8 };
	uint64_t size = 0;

	ERR_TRY(datum_load(env->space, d, &o.value));
	if (type_kind(&d->type) == TYPE_FUNCTION || is_pointer(d)) {
		*ret = o;
		return NULL;
	}
	ERR_TRY(type_size(&d->type, &size));
	o.is_signed = size < 4 || type_is_signed(&d->type);
	o.size = size > 4 ? 8 : 4;
	*ret = o;
	return NULL;
}

struct err *datum_unary(const struct expr_env *env, struct datum *d, char op)
{
	struct operand o = { 0 };

	ERR_TRY(operand_of(env, d, &o));
	switch (op) {
	case '-':
		return number_datum(env, -o.value, o.is_signed, o.size, d);
	case '~':
		return number_datum(env, ~o.value, o.is_signed, o.size, d);
	default:
		return number_datum(env, !o.value, true, 4, d);
	}
}

static struct err *divide(char op, const struct operand *a,
			  const struct operand *b, bool is_signed,
			  uint64_t *ret)
{
	int64_t sa = a->value, sb = b->value;

	if (!b->value)
		return err_new(ERR_USAGE, "division by zero");
	if (!is_signed)
		*ret = op == '/' ? a->value / b->value : a->value % b->value;
	else if (sb == -1)	/* INT64_MIN / -1 would trap */
		*ret = op == '/' ? -a->value : 0;
	else
		*ret = op == '/' ? sa / sb : sa % sb;
	return NULL;
}

static struct err *shift(char op, const struct operand *a,
			 const struct operand *b, uint64_t *ret)
{
	if (b->value >= a->size * 8)
		return err_new(ERR_USAGE, "shift of a %u-bit value by %" PRId64,
			       a->size * 8, (int64_t)b->value);
	if (op == '<')
		*ret = a->value << b->value;
	else if (a->is_signed)
		*ret = (int64_t)a->value >> b->value;
	else
		*ret = a->value >> b->value;
	return NULL;
}

static struct err *arithmetic(const struct expr_env *env, struct datum *d,
			      char op, const struct datum *right)
{
	struct operand a = { 0 }, b = { 0 };
	unsigned int size;
	bool is_signed;
	uint64_t v = 0;

	ERR_TRY(operand_of(env, d, &a));
	ERR_TRY(operand_of(env, right, &b));
	size = a.size > b.size ? a.size : b.size;
	is_signed = (a.is_signed || a.size < size) &&
		    (b.is_signed || b.size < size);
	switch (op) {
	case '+': v = a.value + b.value; break;
	case '-': v = a.value - b.value; break;
	case '*': v = a.value * b.value; break;
	case '&': v = a.value & b.value; break;
	case '^': v = a.value ^ b.value; break;
	case '|': v = a.value | b.value; break;
	case '<':
	case '>':
		ERR_TRY(shift(op, &a, &b, &v));
		return number_datum(env, v, a.is_signed, a.size, d);
	default:
		if (!is_signed) {
			a.value = fit(a.value, false, size);
			b.value = fit(b.value, false, size);
		}
		ERR_TRY(divide(op, &a, &b, is_signed, &v));
	}
	return number_datum(env, v, is_signed, size, d);
}

static struct err *subtract_pointers(const struct expr_env *env,
				     struct datum *d,
				     const struct datum *right)
{
	uint64_t size = 0, other = 0, a = 0, b = 0;

	ERR_TRY(stride(d, &size));
	ERR_TRY(stride(right, &other));
	if (!size || size != other)
		return no_sense(right, "points to an object of another size");
	ERR_TRY(datum_load(env->space, d, &a));
	ERR_TRY(datum_load(env->space, right, &b));
	return number_datum(env, (int64_t)(a - b) / (int64_t)size, true, 8, d);
}

struct err *datum_binary(const struct expr_env *env, struct datum *d, char op,
			 const struct datum *right)
{
	bool left_pointer = is_pointer(d), right_pointer = is_pointer(right);
	struct datum moved;
	uint64_t n = 0;

	if (op == '-' && left_pointer && right_pointer)
		return subtract_pointers(env, d, right);
	if ((op == '+' || op == '-') && left_pointer && !right_pointer) {
		ERR_TRY(datum_load(env->space, right, &n));
		return move_pointer(env, d, op == '+' ? n : -n);
	}
	if (op == '+' && right_pointer && !left_pointer) {
		moved = *right;
		ERR_TRY(datum_load(env->space, d, &n));
		ERR_TRY(move_pointer(env, &moved, n));
		*d = moved;
		return NULL;
	}
	return arithmetic(env, d, op, right);
}
