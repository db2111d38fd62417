#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Trace buffers. Oracle: xenalyze, of Xen's own tools, on the same records.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

needs_dwarf "trace"
if ! grep tbuf_size "$LAB_DUMP/recipe" >/dev/null; then
    view trace >"$WORK/trace" 2>&1
    expect "a host that did not trace has no buffers, and says so" "xen trace: no trace buffers: requires tbuf_size=" "$WORK/trace"
    done_testing
    exit 0
fi
view trace -n 0 -j >"$WORK/json"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
equal "a buffer for each pcpu" "$(meta pcpus)" "$(jq '.buffers | length' "$WORK/json")"
equal "in the order of time" true "$(jq '[.records[].tsc | ("0000000000000000" + ltrimstr("0x"))[-16:]] | . == sort' "$WORK/json")"
# a trace that starts with Xen has no events before that, nor after the crash
equal "times are within the host's life" true "$(jq '[.records[].time_ns] | min > 0 and max < 1000000000000' "$WORK/json")"

view trace -w "$WORK/raw"
in_suite xenalyze --dump-all "$WORK/raw" >"$WORK/xenalyze" 2>/dev/null
# xenalyze shows a record as "TIME FLAGS VCPU EVENT WORDS", and complaints without a time
sed -n 's/^ *[0-9.]* [^ ]* [^ ]* runstate_change \(d[0-9]*v[0-9]*\) \([a-z]*\)->\([a-z]*\).*/\1 \2 to \3/p' "$WORK/xenalyze" | sort >"$WORK/want"
jq -r '.records[] | select(.event == "SCHED_RUNSTATE_CHANGE").text' "$WORK/json" | sort >"$WORK/got"
expect "xenalyze reads what -w wrote" . "$WORK/want"
same "changes of runstates" "$WORK/want" "$WORK/got"
sed -n 's/^ *[0-9.]* [^ ]* [^ ]* sched_switch prev \(d[0-9]*v[0-9]*\) next \(d[0-9]*v[0-9]*\).*/from \1 to \2/p' "$WORK/xenalyze" | sort >"$WORK/want"
jq -r '.records[] | select(.event == "SCHED_SWITCH").text' "$WORK/json" | sort >"$WORK/got"
same "switches" "$WORK/want" "$WORK/got"
sed -n 's/^ *[0-9.]* [^ ]* [^ ]* vcpu_wake \(d[0-9]*v[0-9]*\).*/\1/p' "$WORK/xenalyze" | sort >"$WORK/want"
jq -r '.records[] | select(.event == "SCHED_WAKE").text' "$WORK/json" | sort >"$WORK/got"
same "wakes" "$WORK/want" "$WORK/got"
equal "-d takes those of a domain" "$(jq '[.records[] | select(.event == "SCHED_WAKE" and (.text | startswith("d0v")))] | length' "$WORK/json")" \
    "$(view trace -n 0 -d 0 -j SCHED_WAKE | jq '.records | length')"
done_testing
