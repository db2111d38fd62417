#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Help pages explain what the commands print: every member of their JSON is a column of the page, with its meaning. Oracle: the JSON.
# Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# arguments of the commands that print nothing without them
declare -A arguments=(
    [cpuid]=0 [dom]=0 [vcpu]=d0v0 [pcpu]=0 [bt]="-a -l" [regs]="-d 0" [sched]=-a [timers]=-a [locks]=-a [doms]=-a [vcpus]=-a
    [vtop]=hardware_domain [sym]=hardware_domain [p2m]="0 0" [m2p]=0 [page]=0 [irqs]=-a [files]="" [log]="-n 1" [trace]="-n 5"
)
# commands without lists or cards: text, or actions on the session
plain=" report struct p rd dis list decode load unload start source log config "

view help -j | jq -r '.commands[].name' | grep -vx xen >"$WORK/names"
equal "the list has every command once" "" "$(sort "$WORK/names" | uniq -d | tr '\n' ' ')"
# one session for the pages of all commands and for their outputs
while read -r name; do
    echo "help $name -j"
    [[ $plain == *" $name "* ]] || echo "$name ${arguments[$name]:-} -j"
done <"$WORK/names" | view_all >"$WORK/json" 2>"$WORK/messages"
# Of each command: options and columns without a meaning, and the members of a list's rows, or of a card, that its page lacks. "units of
# credit" are further columns of "units".
jq -rs '(map(select(.command != "help")) | map({ (.command): . }) | add) as $outputs |
    .[] | select(.command == "help") | .help.name as $name |
    [(.options[], .columns[]) | select((.help // "") == "") | .option // .key // .title] as $meaningless |
    [.columns[] | select(.key) | "\(.table | sub(" of .*"; "")).\(.key)"] as $explained |
    [$outputs[$name] // {} | to_entries[] | select(.key | IN("schema", "command", "notes", "errors") | not) | .key as $table |
        (if .value | type == "array" then .value[] else .value end) | select(type == "object") |
        keys[] | select(. != "unproved") | "\($table).\(.)"] as $printed |
    [$name, ($outputs[$name] != null), ($meaningless | join(" ")), ($printed - $explained | unique | join(" "))] | join("|")' \
    "$WORK/json" >"$WORK/table"
equal "every command has its page" "$(sort "$WORK/names" | tr '\n' ' ')" "$(cut -d '|' -f 1 "$WORK/table" | sort | tr '\n' ' ')"
while IFS='|' read -r name output meaningless unexplained; do
    equal "$name: every option and column has a meaning" "" "$meaningless"
    [[ $plain != *" $name "* ]] || continue
    equal "$name: every member of its JSON is explained" "true " "$output $unexplained"
done <"$WORK/table"
done_testing
