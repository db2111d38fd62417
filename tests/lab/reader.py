# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs inside gdb: memory of a vmcore and members of types, by gdb's readers.

READER_DO=machine ADDRESSES, as "MADDR" lines in READER_IN: 16 bytes at each, found
by the virtual addresses that the segments of the core have.
READER_DO=walk: the same for virtual addresses of the hypervisor, by page tables
walked here from READER_ROOT (xen_phys_start plus the place of idle_pg_table).
READER_DO=members: for each structure named, "STRUCT BIT NAME" of its members.
"""
import os
import struct

import gdb


def segments():
    """(physical, virtual, length) of each PT_LOAD, from "readelf -lW"."""
    found = []
    with open(os.environ['READER_SEGMENTS'], encoding='ascii') as file:
        for line in file:
            word = line.split()
            if word and word[0] == 'LOAD':
                found.append((int(word[3], 16), int(word[2], 16), int(word[4], 16)))
    return found


SEGMENTS = segments() if os.environ['READER_DO'] != 'members' else []


def machine(maddr, length):
    """Bytes of machine memory; None outside of the core."""
    got = b''
    while len(got) < length:
        at = maddr + len(got)
        for physical, virtual, size in SEGMENTS:
            if physical <= at < physical + size:
                n = min(length - len(got), physical + size - at)
                got += gdb.selected_inferior().read_memory(virtual + at - physical, n).tobytes()
                break
        else:
            return None
    return got


def walk(va):
    """The machine address of a virtual one by four levels of page tables; None: not mapped."""
    table = int(os.environ['READER_ROOT'], 16)
    for shift in (39, 30, 21, 12):
        raw = machine(table + 8 * (va >> shift & 511), 8)
        if raw is None:
            return None
        entry = struct.unpack('<Q', raw)[0]
        if not entry & 1:
            return None
        table = entry & 0x000ffffffffff000
        if shift == 12 or shift < 39 and entry & 0x80:
            mask = (1 << shift) - 1
            return (table & ~mask) | (va & mask)
    return None


def virtual(va, length):
    """Bytes of the hypervisor's memory, page by page."""
    got = b''
    while len(got) < length:
        at = va + len(got)
        n = min(length - len(got), 4096 - at % 4096)
        maddr = walk(at)
        piece = machine(maddr, n) if maddr is not None else None
        if piece is None:
            return None
        got += piece
    return got


def memory(read):
    with open(os.environ['READER_IN'], encoding='ascii') as file:
        for line in file:
            at = int(line, 16)
            got = read(at, 16)
            print('%x %s' % (at, 'none' if got is None else '%016x %016x' % struct.unpack('<QQ', got)))


def members(of, base, print_to):
    for field in of.fields():
        if not hasattr(field, 'bitpos'):
            continue
        kind = field.type
        if kind.code == gdb.TYPE_CODE_ARRAY:
            while kind.code == gdb.TYPE_CODE_ARRAY:
                kind = kind.target()
        if kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION) and not kind.tag:
            members(kind, base + field.bitpos, print_to)
        else:
            print('%s %d %s' % (print_to, base + field.bitpos, field.name))


def types():
    with open(os.environ['READER_IN'], encoding='ascii') as file:
        for name in file.read().split():
            try:
                of = gdb.lookup_type('struct ' + name)
            except gdb.error:
                continue
            print('%s size %d' % (name, of.sizeof))
            members(of, 0, name)


{'machine': lambda: memory(machine), 'walk': lambda: memory(virtual), 'members': types}[os.environ['READER_DO']]()
