#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Log, symbols and figures of the host. Oracles, recorded just before the crash: xl dmesg, /proc/xen/xensyms, xl info; for the
# time in memory date(1) of dom0 and the NOW of debug key r.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# The ring at the crash starts after overwritten lines and ends with those of the crash.
view log >"$WORK/log"
tr -d '\000\r' <"$TRUTH/xl-dmesg" | sed 's/[[:space:]]*$//' >"$WORK/dmesg"
sed -i 's/[[:space:]]*$//' "$WORK/log"
last=$(grep -nxF -- "$(tail -n 1 "$WORK/dmesg")" "$WORK/log" | tail -n 1 | cut -d : -f 1)
sed -n "1,${last:-0}p" "$WORK/log" >"$WORK/log-until"
lines=$(wc -l <"$WORK/log-until")
tail -n "$lines" "$WORK/dmesg" >"$WORK/dmesg-end"
# the first line of a wrapped ring is cut off
sed -i 1d "$WORK/log-until" "$WORK/dmesg-end"
if [[ $lines -gt 100 ]]; then ok "the log reaches far back ($lines lines)"; else not_ok "the log reaches far back" "$WORK/log"; fi
same "the log is xl dmesg, line by line" "$WORK/dmesg-end" "$WORK/log-until"
sed -n "$((${last:-0} + 1)),\$p" "$WORK/log" >"$WORK/log-death"
[[ $(meta death) == alive ]] ||
    expect "and goes on to the death" 'Executing kexec image on cpu' "$WORK/log-death"

# xensyms: "address type name"; names that the running Xen printed, both ways
view sym -l -j >"$WORK/sym.json"
jq -r '.symbols[] | (.address | ltrimstr("0x")) + " " + .name' "$WORK/sym.json" | sort >"$WORK/sym"
awk '{ print $1, $3 }' "$TRUTH/xensyms" | tr -d '\r' | sort -u >"$WORK/xensyms"
comm -13 "$WORK/sym" "$WORK/xensyms" >"$WORK/missing"
equal "every name of /proc/xen/xensyms is known at its address" "" "$(head -n 5 "$WORK/missing" | tr '\n' ';')"
awk 'NR % 40 == 0 { print "sym " $2 }' "$WORK/xensyms" >"$WORK/ask"
view_all <"$WORK/ask" 2>&1 | awk '/^ffff/ { print $1 }' >"$WORK/answers"
awk 'NR % 40 == 0 { print $1 }' "$WORK/xensyms" >"$WORK/wanted"
same "names lead to addresses" "$WORK/wanted" "$WORK/answers"
awk 'NR % 40 == 0 { print "sym " $1 }' "$WORK/xensyms" >"$WORK/ask"
view_all <"$WORK/ask" >"$WORK/answers" 2>&1
awk 'NR % 40 == 0 { print $1 }' "$WORK/xensyms" >"$WORK/wanted"
awk '/^ffff/ { print $1; if ($4 != "0") print "offset", $0 }' "$WORK/answers" >"$WORK/got"
same "addresses lead to names at offset 0" "$WORK/wanted" "$WORK/got"

# xl info
info() {
    sed -n "s/^$1 *: //p" "$TRUTH/xl-info-n" | sed 's/ *$//'
}
view sys >"$WORK/sys"
card() {
    sed -n "s/^ *$1~\\{0,1\\}: //p" "$WORK/sys" | sed 's/ *$//'
}
# the lab's livepatch changes the version text that Xen reports, not the build
version=$(info xen_version)
equal "version" "${version%.livepatched}" "$(card XEN)"
equal "build-id" "$(cat "$TRUTH/build-id")" "$(card BUILD-ID)"
equal "compiler" "$(info cc_compiler)" "$(card COMPILER)"
equal "compile date" "$(info cc_compile_date)" "$(card COMPILED)"
equal "command line" "$(info xen_commandline)" "$(card 'COMMAND LINE')"
equal "memory, MiB" "$(info total_memory)" "$(card MEMORY | cut -d ' ' -f 1)"
equal "pcpus" "$(info nr_cpus)" "$(card PCPUS)"
# before 4.20 a function formats the text on each call
if [[ $(card CAPABILITIES) == - ]]; then
    skip "capabilities" "this Xen keeps no text of them"
else
    equal "capabilities" "$(info xen_caps)" "$(card CAPABILITIES)"
fi
case $(info xen_scheduler) in
    credit2) want='SMP Credit Scheduler rev2' ;;
    credit) want='SMP Credit Scheduler' ;;
    rtds) want='SMP RTDS Scheduler' ;;
    null) want='null Scheduler' ;;
    arinc653) want='ARINC 653 Scheduler' ;;
    *) want=$(info xen_scheduler) ;;
esac
if [[ $(card SCHEDULER) == - ]]; then
    skip "scheduler" "no types"
else
    equal "scheduler" "$want" "$(card SCHEDULER)"
fi

# The latest time in memory, in seconds, is later than those that the host printed, but less than minutes; every command
# uses it.
view sys -j >"$WORK/sys.json"
view timers | sed -n 's/^note: times are relative to \([0-9]*\)\..*/\1/p' >"$WORK/timers"
uptime=$(jq '.sys.uptime | numbers' "$WORK/sys.json")
if [[ -z $uptime ]]; then
    skip "the latest time" "no types"
else
    printed=$(sed -n 's/.*NOW=\([0-9]*\)[0-9]\{9\}\r*$/\1/p' "$TRUTH/key-r" | tail -n 1)
    equal "UPTIME ($uptime s) is at most 5 minutes behind NOW of key r ($printed s)" yes \
        "$( ((uptime >= printed && uptime <= printed + 300)) && echo yes)"
    date=$(date -u -d "$(jq -r .sys.date "$WORK/sys.json")" +%s)
    clock=$(cat "$TRUTH/crash-time")
    equal "DATE is at most 2 minutes behind dom0's clock before the crash ($((date - clock)) s)" yes \
        "$( ((date >= clock - 1 && date <= clock + 120)) && echo yes)"
    equal "timers are relative to the same time" "$uptime" "$(cat "$WORK/timers")"
    equal "the vcpu that changed last did so at that time" 0 "$(view vcpus -j | jq '[.vcpus[].in_state_ns | numbers] | min | . / 1000000000 | floor')"
fi
done_testing
