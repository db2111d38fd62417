# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares two cores in the format of "xl dump-core": WANT GOT. Prints what differs."""

import struct
import sys

# struct vcpu_guest_context (Xen, public/arch-x86/xen.h): registers up to ss without the error code, cr3, fs_base
CONTEXT = 5168
MEMBERS = [("r15 to rdi", 520, 640), ("rip", 648, 656), ("cs", 656, 658), ("rflags", 664, 672), ("rsp", 672, 680),
           ("ss", 680, 682), ("cr3", 5008, 5016), ("fs_base", 5144, 5152)]


def sections(path):
    with open(path, "rb") as file:
        data = file.read()
    at, size, count, names = struct.unpack_from("<Q", data, 40) + struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, at + i * size) for i in range(count)]
    base = headers[names][4]
    return {data[base + h[0]:data.index(b"\0", base + h[0])].decode(): data[h[4]:h[4] + h[5]] for h in headers[1:]}


def notes(data):
    found, at = {}, 0
    while at + 12 <= len(data):
        name, size, kind = struct.unpack_from("<III", data, at)
        at += 12 + (name + 3 & ~3)
        found[kind] = data[at:at + size]
        at += size + 3 & ~3
    return found


def frames(core):
    table = core[".xen_p2m"]
    entries = [struct.unpack_from("<QQ", table, i) for i in range(0, len(table), 16)]
    pages = core[".xen_pages"]
    return {pfn: (mfn, pages[i * 4096:i * 4096 + 4096]) for i, (pfn, mfn) in enumerate(entries) if pfn != 2**64 - 1}


want, got = sections(sys.argv[1]), sections(sys.argv[2])
left, right = notes(want[".note.Xen"]), notes(got[".note.Xen"])
for kind in sorted(left):
    if kind not in right or len(left[kind]) != len(right[kind]):
        print(f"note {kind:x}: {len(left[kind])} bytes, not {len(right.get(kind, b''))}")
for name, kind, first, last in (("header", 0x2000001, 0, 16), ("Xen's version", 0x2000002, 0, 32), ("format", 0x2000003, 0, 8)):
    if left[kind][first:last] != right[kind][first:last]:
        print(f"{name}: {left[kind][first:last].hex()}, not {right[kind][first:last].hex()}")
if len(want[".xen_prstatus"]) != len(got[".xen_prstatus"]):
    print("number of vcpus")
for vcpu in range(len(want[".xen_prstatus"]) // CONTEXT):
    for name, first, last in MEMBERS:
        a, b = (core[".xen_prstatus"][vcpu * CONTEXT + first:vcpu * CONTEXT + last] for core in (want, got))
        if a != b:
            print(f"vcpu {vcpu}, {name}: {a.hex()}, not {b.hex()}")
left, right = frames(want), frames(got)
if len(left) < 1000:
    print(f"{len(left)} frames are too few")
for pfn in sorted(left.keys() | right.keys()):
    if pfn not in left or pfn not in right:
        print(f"pfn {pfn:x}: only in {'the second' if pfn in right else 'the first'}")
    elif left[pfn] != right[pfn]:
        print(f"pfn {pfn:x}: mfn {left[pfn][0]:x} and {right[pfn][0]:x}, contents {'equal' if left[pfn][1] == right[pfn][1] else 'different'}")
