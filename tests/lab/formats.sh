#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same memory in every format of makedumpfile: compressed, filtered, flattened, split. Oracle: makedumpfile, which writes them,
# and crash, which reads them.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ $(meta death) == alive ]]; then
    skip "formats" "makedumpfile takes only dumps with Xen's notes; QEMU's own formats have recipes"
    done_testing
    exit 0
fi
if [[ -z ${CHECK_FULL:-} && $(meta death) != panic ]]; then
    skip "formats" "with --full, or on a dump of a panic: the formats are the same, and crash takes ten seconds for each"
    done_testing
    exit 0
fi
needs_dwarf "formats"

dump=$WORK/dump
view doms -j >"$WORK/doms"

# make OPTION...: makedumpfile writes $dump, or the files given as arguments
make_dump() {
    rm -f "$dump"
    in_suite makedumpfile "$@" >"$WORK/makedumpfile" 2>&1
}

# doms_of OPTION... FILE: xenview's list of domains
doms_of() {
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$@" doms -j 2>&1
}

# same_doms NAME FILE: the listing is the same, or one line reports the library that this Debian
# lacks
same_doms() {
    if [[ $(wc -l <"$2") == 1 ]]; then
        expect "$1: not without its library, in one line" 'compressed with what .* unpacks, which is not' "$2"
    else
        same "$1: doms" "$WORK/doms" "$2"
    fi
}

for option in -c -l -p -z; do
    if ! make_dump $option -d 0 "$LAB_DUMP/vmcore" "$dump"; then
        expect "makedumpfile of this Debian has no $option" 'disabled|unsupported|help' "$WORK/makedumpfile"
        continue
    fi
    doms_of "$dump" >"$WORK/got"
    same_doms "makedumpfile $option" "$WORK/got"
done

# session NAME FILE [PART...]: crash opens the file, with hypervisor and dom0
session() {
    local name=$1
    VMCORE=$2 xencrash "${@:3}" >"$WORK/out"
    between "xen doms -j" "$WORK/out" >"$WORK/got"
    same "$name: xen doms" "$WORK/doms" "$WORK/got"
    if crash_finds_tasks; then
        between ps "$WORK/out" >"$WORK/got"
        expect "$name: ps" ' 1 +0 .* init$' "$WORK/got"
    fi
    between mod "$WORK/out" | awk '$2 ~ /^[a-z]/ { print $2 }' | sort >"$WORK/got"
    awk '$1 != "Module" { print $1 }' "$TRUTH/lsmod" | tr -d '\r' | sort >"$WORK/lsmod"
    same "$name: mod" "$WORK/lsmod" "$WORK/got"
    between log "$WORK/out" >"$WORK/got"
    expect "$name: log" 'Linux version' "$WORK/got"
}

if ! crash_reads_kernel; then
    session() { skip "$1: in crash" "crash of $LAB_SUITE does not read Linux $(meta kernel_release)"; }
fi
domain=$(jq -r '.doms[0].domain | ltrimstr("0x")' "$WORK/doms")
printf '%s\n' "xen load $XEN_SYMS" 'xen doms -j' ps mod log 'bt 1' "rd $domain 4" "xen rd $domain 4" quit >"$WORK/commands"

for option in -c -E; do
    in_suite makedumpfile $option -F -d 0 "$LAB_DUMP/vmcore" >"$dump" 2>"$WORK/makedumpfile"
    doms_of "$dump" >"$WORK/got"
    same "makedumpfile -F $option: doms" "$WORK/doms" "$WORK/got"
    head -c $(($(stat -c %s "$dump") / 2)) "$dump" >"$WORK/cut"
    doms_of "$WORK/cut" >"$WORK/got"
    expect "half of it is reported as truncated" 'is truncated' "$WORK/got"
done
rm "$WORK/cut"
session "flattened" "$dump"

make_dump --split -c -d 0 "$LAB_DUMP/vmcore" "$WORK/part1" "$WORK/part2" "$WORK/part3"
doms_of -s "$WORK/part2" -s "$WORK/part1" "$WORK/part3" >"$WORK/got"
same "three parts: doms" "$WORK/doms" "$WORK/got"
doms_of "$WORK/part3" >"$WORK/got"
expect "one part alone says so" 'another part of this split dump' "$WORK/got"
[[ -z ${CHECK_FULL:-} ]] || session "split" "$WORK/part1" "$WORK/part2" "$WORK/part3"
rm "$WORK"/part?

# The filter for Xen (-X) removes the memory of guests; it writes only ELF.
if make_dump -E -X -d 0 "$LAB_DUMP/vmcore" "$dump"; then
    doms_of "$dump" >"$WORK/got"
    same "makedumpfile -X: doms" "$WORK/doms" "$WORK/got"
else
    expect "makedumpfile -X does not know this Xen" 'Xen|xen' "$WORK/makedumpfile"
fi

# Strongest filter: each of 4000 frames, spread over the host, is in the dump or reported as excluded.
# same_nameless NAME FILE: the listing is the same except names of domains, which are in user memory; a note contains the reason
same_nameless() {
    jq 'del(.doms[].name, .notes)' "$WORK/doms" >"$WORK/nameless"
    jq 'del(.doms[].name, .notes)' "$2" >"$WORK/got-nameless"
    same "$1" "$WORK/nameless" "$WORK/got-nameless"
    expect "$1: why there are no names" 'names of domains are not available: ' "$2"
}

make_dump -c -d 31 -x "$LAB_DUMP/vmlinux" "$LAB_DUMP/vmcore" "$dump"
doms_of "$dump" >"$WORK/got"
same_nameless "makedumpfile -d 31: doms" "$WORK/got"
frames=$(($(numfmt --from=iec "$(meta memory)") / 4096))
seq 4096 $((frames / 4000)) $((frames - 1)) | awk '{ printf "rd -m %x000 1\n", $1 }' >"$WORK/ask"
view_all <"$WORK/ask" >"$WORK/plain" 2>&1
in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$dump" <"$WORK/ask" >"$WORK/filtered" 2>&1
equal "pages are left out" yes "$(awk '/was excluded from the dump/ { n++ } END { print (n > 10) ? "yes" : n + 0 }' "$WORK/filtered")"
grep -v 'was excluded from the dump' "$WORK/filtered" | sort -u >"$WORK/got"
sort -u "$WORK/plain" | comm -13 - "$WORK/got" >"$WORK/differ"
equal "and no other differs" "" "$(head -n 3 "$WORK/differ")"
excluded=$(sed -n 's/.*machine address \([0-9a-f]*\) was excluded.*/\1/p' "$WORK/filtered" | head -n 1)

# makedumpfile also excludes pages of a PV dom0's slabs, without which crash cannot read the tasks, even without the
# extension: the start of dom0's part may fail, in one line, and the session continues.
printf '%s\n' "extend $LAB_BUILD/xen.so" "xen load $XEN_SYMS" 'xen start' 'xen doms -j' log "xen rd -m $excluded 1" 'xen vcpus' quit \
    >"$WORK/commands"
if crash_reads_kernel; then
    VMCORE=$dump crash --minimal >"$WORK/out"
    between "xen start" "$WORK/out" >"$WORK/got"
    expect "filtered: dom0 starts, or why not" 'PANIC: |crash failed to initialize its [a-z]+: the page at [0-9a-f]+, .* was excluded from the dump' "$WORK/got"
    between "xen doms -j" "$WORK/out" >"$WORK/got"
    same_nameless "filtered: xen doms" "$WORK/got"
    between log "$WORK/out" >"$WORK/got"
    expect "filtered: log" 'Linux version' "$WORK/got"
    between "xen rd -m $excluded 1" "$WORK/out" >"$WORK/got"
    expect "filtered: the session says that a page was excluded" 'was excluded from the dump' "$WORK/got"
    between "xen vcpus" "$WORK/out" >"$WORK/got"
    expect "and goes on" '^ +0 ' "$WORK/got"
fi
done_testing
