/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vcpu that sleeps in the hypervisor: code similar to common/wait.c, a stack
 * and the buffer in which it is saved. Compiled and read, never run.
 */
typedef unsigned long u64;

struct cpu_info { u64 regs[25], processor_id, current_vcpu, per_cpu_offset, rest[5]; };
struct waitqueue_vcpu { u64 pad; void *esp; char *stack; };
struct vcpu { struct waitqueue_vcpu *waitqueue_vcpu; };

asm(".text\n"
    ".macro function name\n"
    ".globl \\name\n"
    ".type \\name, @function\n"
    "\\name:\n"
    ".endm\n"
    "function _stext\n"
    "nop; nop; nop; nop; nop; nop; nop; nop\n"
    "function __prepare_to_wait\n"
    "push %rbx\n"
    ".globl resume\n"
    "resume: rep movsb\n"
    "mov %rsp,%rsi\n"
    "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    ".globl resumed\n"
    "resumed: ret\n"
    ".size __prepare_to_wait, . - __prepare_to_wait\n"
    "function prepare_to_wait\n"
    "call __prepare_to_wait\n"
    ".globl in_prepare_to_wait\n"
    "in_prepare_to_wait: ret\n"
    ".size prepare_to_wait, . - prepare_to_wait\n"
    "function send_request\n"
    "call prepare_to_wait\n"
    ".globl in_send_request\n"
    "in_send_request: ret\n"
    ".size send_request, . - send_request\n"
    "function entry\n"
    "call send_request\n"
    ".globl in_entry\n"
    "in_entry: nop\n"
    ".size entry, . - entry\n"
    ".globl _etext\n"
    "_etext:\n");

/* other code that ran on the pcpu meanwhile has left its own words */
static u64 stack[4096] __attribute__((used, aligned(32768))) = { [0 ... 4095] = 0x5a };
static u64 saved[512] __attribute__((used, aligned(4096)));
static struct cpu_info cpu_info __attribute__((used));
static struct waitqueue_vcpu waitqueue __attribute__((used));
static struct vcpu vcpu __attribute__((used));
