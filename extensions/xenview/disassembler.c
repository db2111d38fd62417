/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disassembler.h"

#ifdef HAVE_CAPSTONE

#include <capstone/capstone.h>
#include <inttypes.h>
#include <string.h>

#define INSTRUCTION_MAX	15	/* bytes; Intel SDM volume 2, 2.3.11 */
#define TEXT_SIZE	200

/* Formats "ffff82d040200000 <name+0x12>"; without a symbol only the address. */
static void print_address(struct session *s, uint64_t va, FILE *fp)
{
	char name[TEXT_SIZE];

	symbols_describe(s->xen->symbols, va, name, sizeof(name));
	fprintf(fp, "0x%" PRIx64 "%s%s%s", va, *name ? " <" : "", name,
		*name ? ">" : "");
}

/* Reads the bytes of one instruction at most, fewer if the next page is not available. */
static struct err *read_code(struct session *s, uint64_t va,
			     uint8_t bytes[INSTRUCTION_MAX], size_t *len)
{
	size_t room = XPAGE_SIZE - va % XPAGE_SIZE;
	struct err *e;

	*len = INSTRUCTION_MAX;
	e = space_read(s->xen->space, va, bytes, *len);
	if (!e || room >= INSTRUCTION_MAX)
		return e;
	err_free(e);
	*len = room;
	return space_read(s->xen->space, va, bytes, room);
}

/* gdb prints no blanks after the commas. */
static void print_operands(const char *text, FILE *fp)
{
	for (; *text; text++) {
		fputc(*text, fp);
		if (*text == ',' && text[1] == ' ')
			text++;
	}
}

static bool is_branch(csh handle, const cs_insn *insn)
{
	return cs_insn_group(handle, insn, CS_GRP_JUMP) ||
	       cs_insn_group(handle, insn, CS_GRP_CALL);
}

/*
 * Appends " <name>" to a direct branch, " # ADDRESS <name>" to an operand
 * relative to rip.
 */
static void print_targets(struct session *s, csh handle, const cs_insn *insn,
			  FILE *fp)
{
	const cs_x86 *x86 = &insn->detail->x86;
	char name[TEXT_SIZE];
	unsigned int i;

	for (i = 0; i < x86->op_count; i++) {
		const cs_x86_op *op = &x86->operands[i];

		if (op->type == X86_OP_IMM && is_branch(handle, insn)) {
			symbols_describe(s->xen->symbols, op->imm, name,
					 sizeof(name));
			if (*name)
				fprintf(fp, " <%s>", name);
		} else if (op->type == X86_OP_MEM && op->mem.base == X86_REG_RIP) {
			fprintf(fp, "        # ");
			print_address(s, insn->address + insn->size + op->mem.disp,
				      fp);
		}
	}
}

static void print_instruction(struct session *s, csh handle,
			      const cs_insn *insn, FILE *fp)
{
	fprintf(fp, *insn->op_str ? "%-6s " : "%s", insn->mnemonic);
	print_operands(insn->op_str, fp);
	print_targets(s, handle, insn, fp);
}

/* Advances *va to the end of the instruction. */
static struct err *disassemble_one(struct session *s, csh handle, cs_insn *insn,
				   uint64_t *va, FILE *fp)
{
	uint8_t bytes[INSTRUCTION_MAX];
	const uint8_t *at = bytes;
	uint64_t next = *va;
	size_t len;

	ERR_TRY(read_code(s, *va, bytes, &len));
	fprintf(fp, "   ");
	print_address(s, *va, fp);
	fprintf(fp, ":\t");
	if (cs_disasm_iter(handle, &at, &len, &next, insn)) {
		print_instruction(s, handle, insn, fp);
		*va = next;
	} else {
		fprintf(fp, "(bad)");
		++*va;
	}
	fputc('\n', fp);
	return NULL;
}

static struct err *disassemble_all(struct session *s, const struct code *code,
				   csh handle, cs_insn *insn, FILE *fp)
{
	uint64_t va = code->va, n;

	for (n = 0; code->count ? n < code->count : va < code->end; n++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(disassemble_one(s, handle, insn, &va, fp));
	}
	return NULL;
}

struct err *disassemble(struct session *s, const struct code *code, FILE *fp)
{
	cs_insn *insn;
	struct err *e;
	csh handle;

	if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK)
		return err_nomem();
	cs_option(handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
	insn = cs_malloc(handle);
	e = insn ? disassemble_all(s, code, handle, insn, fp) : err_nomem();
	if (insn)
		cs_free(insn, 1);
	cs_close(&handle);
	return e;
}

#endif
