#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Help pages explain what the commands print: every member of their JSON is a column of the page, with its meaning. Oracle: the JSON.
# Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# arguments of the commands that print nothing without
declare -A arguments=(
    [cpuid]=0 [dom]=0 [vcpu]=d0v0 [pcpu]=0 [bt]="-a -l" [regs]="-d 0" [sched]=-a [timers]=-a [locks]=-a [doms]=-a [vcpus]=-a
    [vtop]=hardware_domain [sym]=hardware_domain [p2m]="0 0" [m2p]=0 [page]=0 [irqs]=-a [files]="" [log]="-n 1" [trace]="-n 5"
)
# no lists or cards: text, or actions on the session
plain=" report struct p rd dis list decode load unload start source log config "

# keys TABLE FILE: the members of a list's rows, or of a card, in the JSON of a command
view help -j | jq -r '.commands[].name' | grep -vx xen >"$WORK/names"
equal "the list has every command once" "" "$(sort "$WORK/names" | uniq -d | tr '\n' ' ')"
while read -r name <&3; do
    view help "$name" -j >"$WORK/help"
    equal "$name: every option and column has a meaning" "" \
        "$(jq -r '(.options[], .columns[]) | select((.help // "") == "") | .option // .key // .title' "$WORK/help" | tr '\n' ' ')"
    [[ $plain != *" $name "* ]] || continue
    # shellcheck disable=SC2086 # words
    view "$name" ${arguments[$name]:-} -j >"$WORK/json" 2>&1
    jq -r 'to_entries[] | select(.key | IN("schema", "command", "notes", "errors") | not) | .key as $table |
        (if .value | type == "array" then .value[] else .value end) | select(type == "object") |
        keys[] | select(. != "unproved") | "\($table).\(.)"' "$WORK/json" | sort -u >"$WORK/printed"
    # "units of credit" are further columns of "units"
    jq -r '.columns[] | select(.key) | "\(.table | sub(" of .*"; "")).\(.key)"' "$WORK/help" | sort -u >"$WORK/explained"
    equal "$name: every member of its JSON is explained" "" "$(comm -23 "$WORK/printed" "$WORK/explained" | tr '\n' ' ')"
done 3<"$WORK/names"
done_testing
