#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Event channels: state, vcpu, both ends. Oracle: debug key e.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view evtchn -j >"$WORK/json"

# DOM PORT STATE VCPU, handled by Xen or not, and the other end; pending and masked change meanwhile
sed 's/^(XEN) //; s/\r$//' "$TRUTH/key-e" | awk '
    /^Event channel information for domain/ { dom = $6; sub(":", "", dom) }
    /^ +[0-9]+ \[/ {
        line = $0
        port = $1
        sub(/^[^]]*\]: /, "", line)
        n = split(line, word, " ")
        s = v = d = p = q = x = ""
        for (i = 1; i <= n; i++) {
            split(word[i], kv, "=")
            value[kv[1]] = kv[2]
            if (kv[1] == "s") s = kv[2]
            if (kv[1] == "n") v = kv[2]
            if (kv[1] == "d") d = kv[2]
            if (kv[1] == "x") x = kv[2] == 0 ? "guest" : "xen"
            if (kv[1] == "p") p = kv[2]
            if (kv[1] == "v") q = kv[2]
        }
        print dom, port, s, v, x, s == 3 || s == 2 ? d : "-", s == 3 ? p : "-", s == 4 ? p : "-", s == 5 ? q : "-"
    }' | sort >"$WORK/want"
jq -r '.evtchns[] | {free: 0, reserved: 1, unbound: 2, interdomain: 3, pirq: 4, virq: 5, ipi: 6} as $n |
    [.domid, .port, $n[.state], .vcpu_id, (if .xen_consumer then "xen" else "guest" end), .remote_domid // "-", .remote_port // "-", .pirq // "-", .virq // "-"] |
    map(tostring) | join(" ")' "$WORK/json" | sort >"$WORK/got"
if [[ -s $WORK/want ]]; then ok "key e printed channels"; else not_ok "key e printed channels" "$TRUTH/key-e"; fi
same "every channel, with both ends" "$WORK/want" "$WORK/got"

# invariants of the listing; a domain that is being destroyed has closed all
# channels
jq -r '.domains[] | select(.active != null and .active != 0) | "\(.domid) \(.active)"' "$WORK/json" | sort >"$WORK/want"
jq -r '.evtchns[].domid' "$WORK/json" | sort | uniq -c | awk '{ print $2, $1 }' | sort >"$WORK/got"
same "as many in use as Xen counts" "$WORK/want" "$WORK/got"
jq -r '.evtchns[] | select(.pending == null or .masked == null) | .port' "$WORK/json" >"$WORK/unknown"
equal "pending and masked are known for all" "" "$(tr '\n' ' ' <"$WORK/unknown")"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
equal "no event is lost" 0 "$(jq '[.evtchns[] | select(.lost)] | length' "$WORK/json")"
port=$(jq '[.evtchns[] | select(.domid == 0)][0].port' "$WORK/json")
view evtchn -d 0 "$port" -j | jq -c '.evtchns[]' >"$WORK/one"
jq -c "[.evtchns[] | select(.domid == 0)][0]" "$WORK/json" >"$WORK/want"
same "one port of one domain" "$WORK/want" "$WORK/one"
view evtchn -d d0 2-4,7 -j | jq -c '.evtchns[].port' >"$WORK/some"
jq -c '.evtchns[] | select(.domid == 0 and (.port == 7 or (.port >= 2 and .port <= 4))).port' "$WORK/json" >"$WORK/want"
same "a range of ports" "$WORK/want" "$WORK/some"
view evtchn -d 0 60000-60001 >"$WORK/out" 2>&1
expect "ports that are not in use: which ones are" '^xen evtchn: no channel in use has that port; ports in use: d0: 1' "$WORK/out"
view evtchn -d 4711 >"$WORK/out" 2>&1
expect "an unknown domain" 'no domain 4711; there are 0' "$WORK/out"
equal "and no heading before it" 1 "$(without_notes <"$WORK/out" | grep -c .)"

# dom0's irqs, in a session with its kernel: if crash opens the dump without xencrash, and dom0 has backends
io=$(grep -cE '^scene=(.*[ \\])?io([ \\]|$)' "$LAB_DUMP/recipe")
if [[ $(meta death) != panic && $io == 0 ]] || ! crash_reads_kernel || ! crash_finds_tasks; then
    skip "irqs and drivers of dom0's channels" "needs a dump whose dom0 crash reads, one that panicked or serves guests"
else
    printf 'xen evtchn -d 0\nxen evtchn -n -j -d 0\nirq -s\nquit\n' >"$WORK/commands"
    xencrash >"$WORK/session"
    # "24:  6551  0  xen-percpu-virq  timer0" of crash's own irq -s, against -n
    awk '$1 ~ /^[0-9]+:$/ { sum = 0; for (i = 2; $i ~ /^[0-9]+$/; i++) sum += $i; if ($i != "") print $1 + 0, sum }' "$WORK/session" | sort >"$WORK/crash"
    sed -n '/^{$/,/^}$/p' "$WORK/session" | jq -r '.evtchns[] | select(.dom0_irq != null) | "\(.dom0_irq) \(.dom0_events)"' | sort >"$WORK/got"
    if [[ -s $WORK/crash ]]; then
        awk 'FILENAME == ARGV[1] { irq[$1] = 1; next } $1 in irq' "$WORK/got" "$WORK/crash" >"$WORK/want"
        awk 'FILENAME == ARGV[1] { irq[$1] = 1; next } $1 in irq' "$WORK/crash" "$WORK/got" >"$WORK/both"
        same "events of dom0's irqs, as many as crash's own irq -s shows" "$WORK/want" "$WORK/both"
        expect "the timer's among them" '^[0-9]+ [1-9][0-9]+$' "$WORK/both"
    else
        skip "events of dom0's irqs" "this crash's irq -s shows none of this kernel"
    fi
    expect "the timer's irq" ' VIRQ_TIMER .* timer0$' "$WORK/session"
    expect "xenbus" ' d0 port [0-9]+ .* xenbus$' "$WORK/session"
    # guest port, dom0's port, irq and driver of each disk and network in one line
    if [[ $io == 1 ]]; then
        for id in $(awk 'NR > 1 && $2 != 0 { print $2 }' "$TRUTH/xl-list" | grep -vxE "($(dying | paste -sd '|' | grep . || echo none))"); do
            expect "the disk of domain $id" "^ *0 +[0-9]+ .* d$id port [0-9]+ .* [0-9]+ +blkif-backend$" "$WORK/session"
            expect "the network of domain $id" "^ *0 +[0-9]+ .* d$id port [0-9]+ .* [0-9]+ +vif$id\.0" "$WORK/session"
        done
    fi
fi
done_testing
