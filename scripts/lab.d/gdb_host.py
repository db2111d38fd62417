# SPDX-License-Identifier: GPL-2.0-or-later
"""What the gdb scripts of the lab share: a host that QEMU's stub, at the socket STUB of the environment, shows as a thread per pcpu."""
import os
import struct

import gdb


def connect():
    gdb.execute("target remote " + os.environ["STUB"])


def address_of(name):
    """The address of a function, None where this Xen has no such function."""
    symbol = gdb.lookup_minimal_symbol(name) if hasattr(gdb, "lookup_minimal_symbol") else None
    if symbol is not None:
        return int(symbol.value().address)
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))
    except gdb.error:
        return None


def function_at(address):
    return gdb.execute(f"info symbol {address:#x}", to_string=True).split()[0]


def register(name):
    return int(gdb.parse_and_eval(f"(unsigned long)${name}")) & (1 << 64) - 1


def set_register(name, value):
    # gdb looks for the selected frame again when a register changes; without DWARF it finds a caller, whose registers are on the stack
    gdb.execute("select-frame 0")
    gdb.execute(f"set ${name} = {value:#x}")


def read(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def number(address, form):
    """The number at an address; form as for struct.unpack()."""
    return struct.unpack(form, read(address, struct.calcsize(form)))[0]


def stop_at(addresses, wanted=lambda: True):
    """Runs until a pcpu is at one of the addresses and wanted() holds there; that pcpu is then gdb's current thread."""
    for address in addresses:
        gdb.execute(f"hbreak *{address:#x}")
    while True:
        gdb.execute("continue")
        print(f"pcpu thread {gdb.selected_thread().num} at {function_at(register('rip'))}")
        if register("rip") in addresses and wanted():
            break
    gdb.execute("delete")
