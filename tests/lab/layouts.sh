#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Layout profiles: without DWARF the right profile gives the same values, or marks them; wrong ones are refused with the reason. Oracle:
# the same commands by DWARF. Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# without COMMAND...: runs the command with a xen-syms that has no DWARF
objcopy --remove-section=.debug_info "$XEN_SYMS" "$WORK/xen-syms"
without() {
    in_suite "$LAB_BUILD/xenview" -i "$WORK/xen-syms" "$LAB_DUMP/vmcore" "$@" 2>&1
}

without xen >"$WORK/banner"
expect "a profile is found, and what proved it is said" \
    'PROOF: .*types from the layout profile xen-[^ ]*\.layout .* [1-9][0-9]* checks passed on this dump, [1-9][0-9]* of its [1-9][0-9]* places are proved' \
    "$WORK/banner"
profile=$(sed -nE 's/.*PROOF: .* layout profile ([^ ]+) .*/\1/p' "$WORK/banner")
right=$(sed -nE 's/.*\(Xen ([0-9]+\.[0-9]+)[^,]*, debug=([yn])\).*/\1 \2/p' "$WORK/banner")
debug=n
[[ $(meta xen) != *debug=y ]] || debug=y
equal "it is of this release, and of such a build" "$(meta xen_version | cut -d . -f 1,2) $debug" "$right"
without struct domain >"$WORK/out"
expect "xen struct says that it needs DWARF" 'requires all of the hypervisor.s types \(DWARF\)' "$WORK/out"

# Only the dump: names from the table in memory, places from the profile
mkdir "$WORK/alone"
ln -s "$LAB_DUMP/vmcore" "$WORK/alone/vmcore"
without doms -j >"$WORK/found.json"
in_suite "$LAB_BUILD/xenview" "$WORK/alone/vmcore" xen >"$WORK/out" 2>&1
if grep -q '^ *IMAGE: -$' "$WORK/out"; then
    expect "a bare dump: names from memory, a profile" "own symbol table; types from the layout profile $profile" "$WORK/out"
    in_suite "$LAB_BUILD/xenview" "$WORK/alone/vmcore" doms -j >"$WORK/alone.json"
    same "and the same domains" "$WORK/found.json" "$WORK/alone.json"
else
    skip "a bare dump" "an image of this Xen is installed in that Debian"
fi
cp "$LAB_BUILD/xenview" "$WORK/"
in_suite env XEN_LAYOUTS="$PWD/xen/profile/layouts" "$WORK/xenview" -i "$WORK/xen-syms" "$LAB_DUMP/vmcore" doms -j >"$WORK/named.json"
same "XEN_LAYOUTS names a directory" "$WORK/found.json" "$WORK/named.json"
near=()
mkdir "$WORK/empty"
in_suite env XEN_LAYOUTS="$WORK/empty" "$LAB_BUILD/xenview" -i "$WORK/xen-syms" "$LAB_DUMP/vmcore" doms >"$WORK/out" 2>&1
expect "without a profile one line says what is missing" 'requires the hypervisor.s types; .*no layout profiles' "$WORK/out"

# places FILE: the profile without its header
places() {
    sed '1,/^config/d' "$1"
}

# By DWARF and by the profile: values are equal unless the profile's output lists the key as unproved. A record of either
# output that the other lacks is a difference, too.
DIFFERS='
    def differs($want; $got; $at; $marked):
        if ($want | type) == "object" and ($got | type) == "object" then
            ($got.unproved // []) as $here
            | ($want + $got) | keys_unsorted[] | select(. != "unproved") as $key
            | differs($want[$key]; $got[$key]; "\($at).\($key)"; $here | index($key) != null)
        elif ($want | type) == "array" and ($got | type) == "array" and ($want | length) == ($got | length) then
            range($want | length) as $i | differs($want[$i]; $got[$i]; "\($at)[\($i)]"; $marked)
        elif $want == $got or $marked then empty
        else "\($at): \($want | tojson) by DWARF, \($got | tojson) by the profile"
        end;'
same_or_marked() {
    if jq -r -n --slurpfile dwarf "$2" --slurpfile profile "$3" "$DIFFERS"' differs($dwarf[0]; $profile[0]; ""; false)' \
        >"$WORK/differences" 2>&1 && [[ ! -s $WORK/differences ]]; then ok "$1"; else
        not_ok "$1" "$WORK/differences"
    fi
}

# Every other profile is refused, has the same places, or passes the checks: then its wrong values are marked. The profiles are
# loaded in one session, separated by the lookup of a symbol: the output for file N is in load.N.
for file in xen/profile/layouts/*.layout; do
    printf 'load -l %s\nsym idle_pg_table\n' "$PWD/$file"
done | without | awk -v out="$WORK/load." 'BEGIN { n = 0 } /^ *ADDRESS  T  NAME/ { next } / idle_pg_table / { n++; next } { print >(out n) }'
number=-1
for file in xen/profile/layouts/*.layout; do
    number=$((number + 1))
    [[ $(basename "$file") != "$profile" ]] || continue
    mv "$WORK/load.$number" "$WORK/out"
    if cmp -s <(places "$file") <(places "xen/profile/layouts/$profile"); then
        skip "$file" "is of another build with the same places"
    elif grep -q 'checks passed' "$WORK/out"; then
        near+=("$file")
    else
        expect "$(basename "$file") is refused with the reason" \
            "$(basename "$file"): .* (is [0-9]+ in the notes of the dump, [0-9]+ in the profile|is wrong in [0-9]+ of [0-9]+ objects|is elsewhere in every Xen|could not be checked)" \
            "$WORK/out"
    fi
done

# One wrong number: refused if a check covers the place; other places are not reported as
# proved.
for path in 'vcpu .processor' 'domain .grant_table' 'struct\ cpu_info .current_vcpu' 'cpupool .sched->name'; do
    type=${path%% .*}
    type=${type//\\/}
    awk -v type="[$type]" -v member=".${path##* .}" '/^\[/ { on = $0 == type }
        on && $2 == member { split($1, at, ":"); n = split(at[1], hop, ">"); sub("^.*:", (hop[n] + 8) ":"); if (n > 1) $0 = hop[1] ">" $0 } { print }' \
        "xen/profile/layouts/$profile" >"$WORK/wrong.layout"
    cmp -s "$WORK/wrong.layout" "xen/profile/layouts/$profile" && not_ok "$path: nothing was changed"
    without load -l "$WORK/wrong.layout" >"$WORK/out"
    if [[ $type == cpupool ]]; then
        expect "${path/ /}, which no check reaches, does not stop the rest" 'checks passed' "$WORK/out"
    else
        expect "${path/ /} moved by 8 bytes is refused" 'wrong in [0-9]+ of [0-9]+ objects' "$WORK/out"
    fi
done
head -c 3000 "xen/profile/layouts/$profile" >"$WORK/short.layout"
without load -l "$WORK/short.layout" >"$WORK/out"
expect "a profile that is cut short is refused" 'short\.layout' "$WORK/out"
refute "and nothing of it is used" 'checks passed' "$WORK/out"

# by_dwarf / by_profile: the JSON of the commands of stdin, by the image with DWARF, and by that without
by_dwarf() {
    view_all 2>/dev/null
}
by_profile() {
    in_suite "$LAB_BUILD/xenview" -i "$WORK/xen-syms" "$LAB_DUMP/vmcore" 2>/dev/null
}

# documents FILE: the JSON in it, without messages
documents() {
    sed -n '/^{/,/^}/p' "$1"
}

# one COMMAND FILE: prints the JSON of one command in the output of several, without its notes, which contain
# the name of the profile
one() {
    documents "$2" | jq --arg command "${1%% *}" 'select(.command == $command) | del(.notes)'
}

# compare NAME LIST WANT GOT: the outputs of the commands of LIST
compare() {
    local command
    if ! jq -r -n --slurpfile dwarf <(documents "$3") --slurpfile profile <(documents "$4") --rawfile list "$2" "$DIFFERS"'
        def of($documents; $command): [$documents[] | select(.command == ($command | split(" ")[0])) | del(.notes)][0];
        $list | split("\n")[] | select(. != "") | . as $command |
        differs(of($dwarf; $command); of($profile; $command); ""; false) | "\($command)|\(.)"' >"$WORK/compared" 2>"$WORK/jq"; then
        not_ok "comparison by $1" "$WORK/jq"
    fi
    while read -r command; do
        sed -n "s/^$command|//p" "$WORK/compared" >"$WORK/differences"
        if [[ ! -s $WORK/differences ]]; then ok "$command is the same by $1, or marked"; else
            not_ok "$command is the same by $1, or marked" "$WORK/differences"
        fi
    done <"$2"
}

# compare_all NAME: all commands by DWARF and by the profile that is found
compare_all() {
    sed 's/$/ -j/' "$WORK/all" | by_profile >"$WORK/all.profile"
    compare "$1" "$WORK/all" "$WORK/all.dwarf" "$WORK/all.profile"
}

# loaded FILE: commands of stdin, by that profile
loaded() {
    { echo "load -l $1"; cat; } | by_profile
}

if has_dwarf; then
    without load -l "$PWD/xen/profile/layouts/$profile" >"$WORK/out"
    expect "$profile can be named" 'checks passed' "$WORK/out"
    view load -l "$PWD/xen/profile/layouts/$profile" >"$WORK/out" 2>&1
    expect "but not where there is DWARF" 'the image has DWARF' "$WORK/out"
    printf '%s\n' "doms -a" "dom 0" vcpus "vcpu 0:0" pcpus "pcpu 0" "regs -d 0" sched evtchn grants "timers -a" clocks softirqs rcu heap \
        irqs pci livepatch notes >"$WORK/all"
    sed 's/$/ -j/' "$WORK/all" | by_dwarf >"$WORK/all.dwarf"
    equal "the commands have answers by DWARF" 1 "$(($(grep -c '^{$' "$WORK/all.dwarf") > 15))"
    compare_all "$profile"
    # without the profile of this build: the nearest of the others
    mkdir "$WORK/others"
    for file in xen/profile/layouts/*.layout; do
        cmp -s <(places "$file") <(places "xen/profile/layouts/$profile") || cp "$file" "$WORK/others/"
    done
    XEN_LAYOUTS=$WORK/others without xen >"$WORK/out"
    other=$(sed -nE 's/.*PROOF: .* layout profile ([^ ]+) .*/\1/p' "$WORK/out")
    if [[ -n $other ]]; then
        XEN_LAYOUTS=$WORK/others compare_all "$other in its place"
    else
        skip "another profile in its place" "none is near enough"
    fi
    # with a profile that passes the checks, wrong values of domains and vcpus are marked
    grep -xE 'doms -a|dom 0|vcpu 0:0' "$WORK/all" >"$WORK/some"
    for file in "${near[@]}"; do
        sed 's/$/ -j/' "$WORK/some" | loaded "$PWD/$file" >"$WORK/some.profile"
        compare "$(basename "$file")" "$WORK/some" "$WORK/all.dwarf" "$WORK/some.profile"
    done
    # A profile of another build, with a wrong place that no check covers: the value differs, and
    # is marked.
    awk '/^build-id/ { $2 = "00" }
        /^\[/ { on = $0 == "[domain]" }
        on && $2 == ".max_pages" { sub("^[0-9]+", $1 + 4) } { print }' "xen/profile/layouts/$profile" >"$WORK/wrong.layout"
    one "dom 0" "$WORK/all.dwarf" >"$WORK/dwarf.json"
    echo "dom 0 -j" | loaded "$WORK/wrong.layout" >"$WORK/wrong.profile"
    one "dom 0" "$WORK/wrong.profile" >"$WORK/profile.json"
    equal "a wrong place that nothing checks changes a value" different \
        "$(cmp -s <(jq .dom.max_pages "$WORK/dwarf.json") <(jq .dom.max_pages "$WORK/profile.json") && echo equal || echo different)"
    same_or_marked "and that value is marked" "$WORK/dwarf.json" "$WORK/profile.json"
    jq 'del(.. | .unproved?)' "$WORK/profile.json" >"$WORK/unmarked.json"
    (same_or_marked "unmarked it would be seen" "$WORK/dwarf.json" "$WORK/unmarked.json") | grep '^not ok' >/dev/null &&
        ok "unmarked it is seen" || not_ok "unmarked it is seen" "$WORK/unmarked.json"
    view doms -j | jq '[.. | .unproved? // empty] | length' >"$WORK/out"
    expect "by DWARF nothing is marked" '^0$' "$WORK/out"
    XENVIEW=$LAB_BUILD/xenview in_suite scripts/xen-layout "$XEN_SYMS" "a test" >"$WORK/own.layout"
    without load -l "$WORK/own.layout" >"$WORK/out"
    expect "a profile of this very build is proved throughout" '([0-9]+) of its \1 places' "$WORK/out"
fi
done_testing
