#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Overwrites 8-byte words of an ELF core at a physical address.

usage: patch_core.py CORE MADDR WORD...   (hexadecimal)
"""
import struct
import sys


def offset_of(core, maddr):
    """Offset in the file of a physical address, or None."""
    core.seek(0)
    head = core.read(64)
    phoff, = struct.unpack_from("<Q", head, 32)
    phnum, = struct.unpack_from("<H", head, 56)
    for i in range(phnum):
        core.seek(phoff + i * 56)
        kind, _, offset, _, start, size = struct.unpack("<IIQQQQ", core.read(40))
        if kind == 1 and start <= maddr < start + size:
            return offset + maddr - start
    return None


def main(arguments):
    if len(arguments) < 3:
        sys.exit(__doc__)
    with open(arguments[0], "r+b") as core:
        at = offset_of(core, int(arguments[1], 16))
        if at is None:
            sys.exit("no segment has %s" % arguments[1])
        core.seek(at)
        for word in arguments[2:]:
            core.write(struct.pack("<Q", int(word, 16)))


main(sys.argv[1:])
