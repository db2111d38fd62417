# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by gdb on xen-syms, for live_lock.sh: a pcpu of a running host stays in a loop while it holds a domain's page_alloc_lock.

The environment says where: the stub's socket STUB, the serial log SERIAL, and the domain's DOMID. Each line that starts with HOLD or
PCPU is what the registers of the pcpus show: which lock is held, and who waits for it. Xen's code is not patched; the pcpu is sent
into Xen's own waiting loop, and its registers are restored when the job has looked.
"""
import os
import sys
import time

import gdb
from gdb_host import address_of, connect, function_at, number, register, set_register, stop_at

REGISTERS = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip".split()
LOCKING = ("_spin_lock", "_nrspin_lock", "_spin_lock_recursive", "_rspin_lock", "rspin_lock")


def say(text):
    print(text)
    sys.stdout.flush()


def wait_for(mark):
    while True:
        with open(os.environ["SERIAL"], "rb") as log:
            if mark in log.read():
                return
        time.sleep(0.5)


def hold(loop):
    """Returns the pcpu's thread, its registers and the lock: it holds the lock, and goes on in the loop."""
    domid = int(os.environ["DOMID"])
    connect()
    stop_at([address_of("assign_pages")], lambda: number(register("rdx"), "<H") == domid)
    thread = gdb.selected_thread().num
    functions = [address for address in map(address_of, LOCKING) if address]
    stop_at(functions, lambda: gdb.selected_thread().num == thread)
    lock, back = register("rdi"), number(register("rsp"), "<Q")
    stop_at([back], lambda: gdb.selected_thread().num == thread)
    saved = {name: register(name) for name in REGISTERS}
    say(f"HOLD lock {lock:x} pcpu {thread - 1} in {function_at(back)}")
    # as if it had called the loop, which returns to the same place
    top = saved["rsp"] - 8
    gdb.execute(f"set *(unsigned long *){top:#x} = {back:#x}")
    set_register("rsp", top)
    set_register("rdi", 10 ** 12)
    set_register("rip", loop)
    return thread, saved, lock


def places(lock):
    """Where each pcpu is, and whether it is inside a locking function with a register that points to the lock."""
    for thread in sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num):
        thread.switch()
        function = function_at(register("rip"))
        points = lock in [register(name) for name in REGISTERS]
        yield f"{thread.num - 1} in {function}{' waits' if function in LOCKING and points else ''}"


def show(when, lock):
    """Once a second all pcpus leave the loop for a moment, to calibrate their clocks: another moment is taken then."""
    for _ in range(10):
        found = list(places(lock))
        if not any("rendezvous" in place for place in found):
            break
        gdb.execute("detach")
        time.sleep(0.3)
        connect()
    for place in found:
        say(f"PCPU {when} {place}")


def release(thread, saved):
    for found in gdb.selected_inferior().threads():
        if found.num == thread:
            found.switch()
    for name in REGISTERS:
        set_register(name, saved[name])
    gdb.execute("detach")


try:
    gdb.execute("set pagination off")
    gdb.execute("set confirm off")
    wait_for(b"LAB: hold")
    held = hold(address_of("udelay") or address_of("__udelay"))
    gdb.execute("detach")
    time.sleep(10)
    connect()
    show("before", held[2])
    gdb.execute("detach")
    wait_for(b"LAB: looked")
    connect()
    show("after", held[2])
    release(held[0], held[1])
    say("RELEASED")
except (gdb.error, gdb.MemoryError) as problem:
    print(problem)
    gdb.execute("quit 1")
