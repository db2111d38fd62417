# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by gdb on xen-syms: stops a Xen host at a function, makes an accident happen there, and lets it go on.

The environment says what: DEATH, the stub's socket STUB, and optionally the function DEATH_AT.
"""
import os
import struct
import sys

import gdb
from gdb_host import address_of, connect, function_at, number, read, register, set_register, stop_at

# Neither mapped nor mappable: the last page of Xen's vmap area, and an address that is not canonical.
UNMAPPED = 0xFFFF82CFFFFFF000
NOT_CANONICAL = 0xDEAD82D040000000

STACK_SIZE = 0x8000
PRIMARY_STACK = 0x6000

BUGFRAME_BUG = 2
BUGFRAME_ASSERT = 3

# Functions that dom0's hypercalls call frequently, and that contain a BUG or an ASSERT in the versions of
# the lab
BUG_FUNCTIONS = ("_get_page_type", "_put_page_type", "get_page_light", "map_domain_page", "context_switch", "csched2_schedule")
ASSERT_FUNCTIONS = ("evtchn_send", "set_timer", "vcpu_wake", "_get_page_type", "do_domctl", "csched2_schedule")


def stop_at_function(default):
    name = os.environ.get("DEATH_AT") or default
    address = address_of(name)
    if address is None:
        sys.exit(f"this Xen has no function {name}")
    connect()
    stop_at([address])


def bug_frames(kind):
    """The addresses of the ud2 of all BUG or ASSERT, from the tables in the file (struct bug_frame; the place is a signed
    24-bit offset from the frame itself)."""
    start = address_of(f"__start_bug_frames_{kind}") or address_of(f"__stop_bug_frames_{kind - 1}")
    size = 12 if kind == BUGFRAME_ASSERT else 8
    for frame in range(start, address_of(f"__stop_bug_frames_{kind}"), size):
        offset = struct.unpack("<i", read(frame, 4))[0] << 8 & 0xFFFFFFFF
        yield frame + (struct.unpack("<i", struct.pack("<I", offset))[0] >> 8)


def jumps_to(function, targets):
    """The conditional jumps of a function to one of the targets: {address of jump: target}. At the jump the stack is as at the
    target, so that going there is what a failed check does."""
    found = {}
    try:
        text = gdb.execute(f"disassemble {function}", to_string=True)
    except gdb.error:
        return found
    for line in text.splitlines():
        words = line.replace("=>", "").split()
        if len(words) >= 4 and words[2].startswith("j") and words[2] != "jmp" and words[3].startswith("0x"):
            if int(words[3], 16) in targets:
                found[int(words[0], 16)] = int(words[3], 16)
    return found


def fail_check(kind, functions):
    targets = set(bug_frames(kind))
    jumps = {}
    for function in [os.environ["DEATH_AT"]] if os.environ.get("DEATH_AT") else functions:
        jumps.update(jumps_to(function, targets))
    if not jumps:
        sys.exit("no check of that kind in " + ", ".join(functions))
    connect()
    stop_at(jumps)
    set_register("rip", jumps[register("rip")])


def bad_argument(pointer):
    stop_at_function("vcpu_wake")
    set_register("rdi", pointer)


def wild_jump():
    """As a call through a bad pointer: the return address is on the stack already."""
    stop_at_function("vcpu_wake")
    set_register("rip", UNMAPPED)


def double_fault():
    """The stack pointer at the end of the primary stack: the next push hits the guard page, and so does the fault's frame."""
    stop_at_function("vcpu_wake")
    set_register("rsp", (register("rsp") & -STACK_SIZE) + PRIMARY_STACK)


def stuck_lock():
    """pcpu 0 is about to take a timer lock: one ticket more is handed out, which nobody will give back."""
    callers = ("set_timer", "stop_timer", "timer_softirq_action")
    locks = [address_of(name) for name in ("_spin_lock_irqsave", "_spin_lock_irq")]
    connect()
    stop_at(locks, lambda: gdb.selected_thread().num == 1 and function_at(number(register("rsp"), "<Q")) in callers)
    tail = register("rdi") + 2
    gdb.execute(f"set *(unsigned short *){tail:#x} += 1")


def hold_lock():
    """A pcpu that schedules holds the lock of the run queue, which all pcpus share. It is sent into Xen's own waiting loop, for
    ever: as if the scheduler had called udelay(). The others come to wait for the lock."""
    loop = address_of("udelay") or address_of("__udelay")
    stop_at_function("csched2_schedule")
    set_register("rip", loop)
    set_register("rdi", 10 ** 12)


def show_banks():
    """Before a machine check: Xen 4.17 fills the mask of the banks to look at (struct mca_banks, the bits are at a pointer at
    offset 8) in the old copy instead of the new one. It stays empty, and Xen overlooks every machine check."""
    stop_at_function("vcpu_wake")
    bits = number(number(address_of("mca_allbanks"), "<Q") + 8, "<Q")
    if number(bits, "<Q") == 0:
        gdb.execute(f"set *(unsigned long *){bits:#x} = 0x3ff")


def lose_pcpu():
    """The pcpu that handles key C goes on alone: the other one stays where it is, also for NMIs. Returns when QEMU ends."""
    connect()
    stop_at([address_of("kexec_crash")])
    gdb.execute("set scheduler-locking on")
    gdb.execute("continue")


DEATHS = {
    "page-fault": lambda: bad_argument(UNMAPPED),
    "gp-fault": lambda: bad_argument(NOT_CANONICAL),
    "wild-jump": wild_jump,
    "bug": lambda: fail_check(BUGFRAME_BUG, BUG_FUNCTIONS),
    "assert": lambda: fail_check(BUGFRAME_ASSERT, ASSERT_FUNCTIONS),
    "double-fault": double_fault,
    "mce": show_banks,
    "watchdog": stuck_lock,
    "held-lock": hold_lock,
    "lost-pcpu": lose_pcpu,
}

try:
    gdb.execute("set pagination off")
    gdb.execute("set confirm off")
    gdb.execute("set disassemble-next-line off")
    DEATHS[os.environ["DEATH"]]()
    gdb.execute("detach")
except (gdb.error, gdb.MemoryError) as problem:
    print(problem)
    gdb.execute("quit 1")
