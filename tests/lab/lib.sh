# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the tests of tests/lab. scripts/check sets LAB_DUMP (a directory of scripts/lab dump), LAB_SUITE (the Debian
# whose crash opens it) and LAB_BUILD (xen.so and xenview for that Debian). Results are printed as TAP.

set -uo pipefail
: "${LAB_DUMP:?a directory of scripts/lab dump}" "${LAB_SUITE:?}" "${LAB_BUILD:?}"

TRUTH=$LAB_DUMP/truth
# Images of the hypervisor that ran: with symbols, and as booted
XEN_SYMS=$LAB_DUMP/xen-syms
XEN_IMAGE=$LAB_DUMP/xen.gz
if grep '^firmware=efi' "$LAB_DUMP/recipe" >/dev/null; then
    XEN_SYMS=$LAB_DUMP/xen.efi.elf
    XEN_IMAGE=$LAB_DUMP/xen.efi
fi
TESTS=0
WORK=$(mktemp -d "$LAB_BUILD/test.XXXXXX")   # a folder that exists in the Debian roots, too
trap 'rm -rf "$WORK"' EXIT

# in_suite COMMAND...: as "scripts/lab in $LAB_SUITE COMMAND...", which searches its root each time
mapfile -d '' LAB_ENTER < <(scripts/lab enter "$LAB_SUITE")
[[ ${#LAB_ENTER[@]} -gt 0 ]] || exit 1
in_suite() {
    "${LAB_ENTER[@]}" "$@"
}

# ok NAME / not_ok NAME [FILE]: prints a result; for a failure also the file
ok() {
    TESTS=$((TESTS + 1))
    printf 'ok %d - %s\n' "$TESTS" "$1"
}

not_ok() {
    TESTS=$((TESTS + 1))
    printf 'not ok %d - %s\n' "$TESTS" "$1"
    [[ $# -lt 2 ]] || head -n 40 "$2" | sed 's/^/# /'
}

skip() {
    TESTS=$((TESTS + 1))
    printf 'ok %d - %s # SKIP %s\n' "$TESTS" "$1" "$2"
}

done_testing() {
    printf '1..%d\n' "$TESTS"
}

# truth_store SEPARATOR: the indented tree that xenstore-ls printed, as lines "/path", separator, "value"
truth_store() {
    tr -d '\r' <"$TRUTH/xenstore-ls" | awk -v separator="$1" '{
        match($0, /^ */)
        level = RLENGTH
        line = substr($0, level + 1)
        at = index(line, " = ")
        part[level] = substr(line, 1, at - 1)
        path = ""
        for (i = 0; i <= level; i++)
            path = path "/" part[i]
        value = substr(line, at + 4)
        sub(/"[^"]*$/, "", value)
        print path separator value
    }'
}

# expect NAME REGEX FILE: a line of the file matches; refute: no line matches
expect() {
    if grep -qE -- "$2" "$3"; then ok "$1"; else not_ok "$1 (no line fits: $2)" "$3"; fi
}

refute() {
    if grep -qE -- "$2" "$3"; then not_ok "$1 (a line fits: $2)" "$3"; else ok "$1"; fi
}

# same NAME WANT GOT: two files are equal
same() {
    if diff "$2" "$3" >"$WORK/diff"; then ok "$1"; else not_ok "$1" "$WORK/diff"; fi
}

# equal NAME WANT GOT: two words are equal
equal() {
    if [[ $2 == "$3" ]]; then ok "$1"; else
        printf 'want: %s\ngot:  %s\n' "$2" "$3" >"$WORK/equal"
        not_ok "$1" "$WORK/equal"
    fi
}

# in_order NAME WANTED FILE: FILE contains the lines of WANTED, in that order
in_order() {
    if awk 'FILENAME == ARGV[1] { want[n++] = $0; next } $0 == want[at + 0] { at++ }
        END { if (at + 0 < n) print "not in order: " want[at + 0]; exit at + 0 < n }' "$2" "$3" >"$WORK/missing"; then ok "$1"; else
        cat "$2" >>"$WORK/missing"
        not_ok "$1" "$WORK/missing"
    fi
}

# console NAME: prints the output of a guest since its last boot: lines of its log. An emulated guest may restart in the middle of a
# line
console() {
    tr -d '\r' <"$TRUTH/console-$1" | awk 'match($0, /\[ +0\.000000\] Linux version /) { n = 0; $0 = substr($0, RSTART) }
        /^\[/ { line[n++] = $0 } END { for (i = 0; i < n; i++) print line[i] }'
}

# as_console FILE: crash's log as the kernel prints it on a console, with the time in front of each line of a message: crash
# indents all lines but the first by the width of the time
as_console() {
    awk '/^\[/ { width = match($0, /^\[[^]]*\] /) ? RLENGTH : 0; time = substr($0, 1, width); print; next }
        width && match($0, /^ +/) && RLENGTH >= width { print time substr($0, width + 1); next }
        { print; width = 0 }' "$1"
}

# meta KEY: prints its value in truth/meta
meta() {
    sed -n "s/^$1=//p" "$TRUTH/meta"
}

# pages_printed: lines "DOMID PAGES XENHEAP-PAGES EXTRA-PAGES" of debug key q. xl list ran later: by then a PVH dom0 may have
# received again the page that it released at boot. For other domains it includes claims. PAGES is tot_pages without extra
# pages (domain_tot_pages() of Xen 4.14 and later), such as those of an ioreq server, which the key lists one by one.
pages_printed() {
    tr -d '\r' <"$TRUTH/key-q" | awk 'function row() { if (pages != "") print d, pages, heap, extra + 0; pages = ""; extra = 0 }
        FILENAME != "-" { mebibytes[$2] = $3; next }
        /General information for domain/ { row(); sub(":", "", $NF); d = $NF }
        match($0, /nr_pages=[0-9]+ xenheap_pages=[0-9]+/) { split(substr($0, RSTART, RLENGTH), f, /[= ]/)
            pages = d == 0 && f[2] < mebibytes[d] * 256 ? mebibytes[d] * 256 : f[2]; heap = f[4] }
        / ExtraPage [0-9a-f]+:/ { extra++ }
        END { row() }' "$TRUTH/xl-list" -
}

# kernel_offset DOMID: by how much its kernel was moved by its loader (KASLR), hexadecimal: of an HVM guest the only such number
# in the VMCOREINFO of any kernel in the dump, found as text
kernel_offset() {
    local moved=0
    if [[ $(jq -r --arg id "$1" '.[] | select(.domid == ($id | tonumber)).config.c_info.type' "$TRUTH/xl-list-l") == hvm ]]; then
        moved=$(LC_ALL=C grep -aoE 'KERNELOFFSET=[0-9a-f]+' "$LAB_DUMP/vmcore" | sed 's/.*=//' | grep -vx 0 | sort -u)
    fi
    echo "${moved:-0}"
}

# moved ADDRESS OFFSET: their sum, 16 digits
moved() {
    printf '%016x\n' $((16#$1 + 16#$2))
}

# dying: prints the ids of the domains that the lab destroyed while a grant was
# mapped
dying() {
    tr -d '\r' <"$LAB_DUMP/serial.log" | sed -n 's/^LAB: domain \([0-9]*\) is dying.*/\1/p'
}

# view COMMAND...: runs xenview in the root in which it was built
view() {
    in_suite "$LAB_BUILD/xenview" "$LAB_DUMP/vmcore" "$@"
}

# view_all <COMMANDS: one process for many
view_all() {
    in_suite "$LAB_BUILD/xenview" "$LAB_DUMP/vmcore"
}

# make_damaged: xenview-damaged, which damages memory by XENVIEW_DAMAGE=SEED:RATE (tests/damage)
make_damaged() {
    in_suite make -s B="$LAB_BUILD" "$LAB_BUILD/xenview-damaged" >"$WORK/make" 2>&1 || not_ok "xenview-damaged" "$WORK/make"
}

# xencrash: runs the launcher on the dump (or VMCORE), commands from
# $WORK/commands
xencrash() {
    XEN_SO=$LAB_BUILD/xen.so XENVIEW=$LAB_BUILD/xenview in_suite \
        scripts/xencrash "$LAB_DUMP/vmlinux" "${VMCORE:-$LAB_DUMP/vmcore}" -i "$WORK/commands" "$@" </dev/null 2>&1
}

# Options of crash for the dump of a whole machine: otherwise it assumes that the kernel is
# relocated
LAB_CRASH_OPTIONS=()
[[ $(meta death) != alive ]] || LAB_CRASH_OPTIONS=(--kaslr=0 --machdep phys_base=0)

# crash OPTION...: runs crash itself on the dump (or VMCORE), commands from
# $WORK/commands
crash() {
    in_suite crash "${LAB_CRASH_OPTIONS[@]}" -i "$WORK/commands" "$@" "$LAB_DUMP/vmlinux" "${VMCORE:-$LAB_DUMP/vmcore}" </dev/null 2>&1
}

# run_on_host RECIPE [SUITE]: runs $WORK/job/job in dom0 of a running host, in a Debian of SUITE, by default Xen's; its output files
# are in $out, with LAB_KEEP also in $LAB_BUILD/live-out. The test ends if the host cannot run it.
run_on_host() {
    chmod 755 "$WORK/job/job"
    if ! scripts/lab live "$1" "$WORK/job" "${@:2}" >"$WORK/lab" 2>&1; then
        not_ok "the host runs the job" "$WORK/lab"
        done_testing
        exit 1
    fi
    ok "the host runs the job"
    out=$WORK/job/out
    [[ -z ${LAB_KEEP:-} ]] || cp -r "$out" "$LAB_BUILD/live-out"
}

# windows add|remove: prints the mappings into dom0 or their removals, from Xen's
# own output on the serial console
windows() {
    tr -d '\r' <"$WORK/job/serial.log" | sed -n "s/.*(XEN) memory_map:$1: d0 //p" | sort
}

# check_unmapped TEXT: a job on a host mapped memory into dom0 (TEXT), and unmapped all of it
check_unmapped() {
    windows add >"$WORK/want"
    windows remove >"$WORK/got"
    expect "$1" 'gfn=' "$WORK/want"
    comm -23 "$WORK/want" "$WORK/got" >"$WORK/missing"
    same "and all of it unmapped" /dev/null "$WORK/missing"
}

# between MARK FILE: prints the output of a crash session for the command line MARK, up to the
# next prompt
between() {
    awk -v mark="crash> $1" '$0 == mark { on = 1; next } /^crash> / { on = 0 } on' "$2"
}

# crash_reads_kernel: Debian 12's crash 8.0.2 does not read kernels later than 6.1, Debian 11's 7.2.9 none later than 5.10
crash_reads_kernel() {
    case $LAB_SUITE in
        bullseye) [[ $(meta kernel_release) == 5.* ]] ;;
        bookworm) [[ $(meta kernel_release) == 6.1.* || $(meta kernel_release) == 5.* ]] ;;
    esac
}

# crash_finds_tasks: in a 6.1 kernel crash 8.0.2 finds the active tasks only, with this extension or without
crash_finds_tasks() {
    [[ $LAB_SUITE != bookworm ]]
}

# other_build FILE BUILD-ID COPY: copies the file with another build-id
other_build() {
    local at
    cp "$1" "$3"
    LC_ALL=C grep -obUaP "$(sed 's/../\\x&/g' <<<"$2")" "$1" | cut -d : -f 1 | while read -r at; do
        printf '\377' | dd of="$3" bs=1 seek="$at" conv=notrunc status=none
    done
}

# without_notes: removes the notes from text output
without_notes() {
    grep -v '^note: '
}

# has_dwarf: true if debuginfo of the dump's Xen exists; otherwise a layout profile
# is used
has_dwarf() {
    readelf -S "$XEN_SYMS" 2>/dev/null | grep debug_info >/dev/null
}

# needs_dwarf NAME: skips the rest of the test without DWARF
needs_dwarf() {
    has_dwarf && return
    skip "$1" "no DWARF of this Xen exists"
    done_testing
    exit 0
}
