#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory damaged at random: every command ends within bounded time, reports data that it cannot read, and the session continues.
# With LAB_ASAN the same is done with a xenview-damaged built with sanitizers. Oracle: none for values; exit status, time and the
# sanitizers. Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# Commands with their arguments.
cat >"$WORK/all" <<'END'
xen
sys
log
keys
config
kernel
doms -a
dom 0
dom 1 -j
vcpus
vcpus -j
vcpu 0:0
pcpus
pcpu 0
bt -a
bt -a -s
bt -a -f
regs -a
regs -d 0
notes
sched -a
sched -a -j
evtchn
evtchn -j
grants -m
grants -m -j
timers -a
clocks
softirqs
rcu
vtop idle_pg_table
vtop -d 0 ffffffff81000000
m2p 1 2 3
p2m 0 1000
p2m -i 0 1000
page
page -w 1000
page 1000
heap
mem
irqs
irqs -m
irqs -n
pci
xenstore -s
guest
log -d 0
livepatch
trace
report
report -f html
report --share -j
cpuid 0
cpuid -l 0
locks -a
waits
io -v
sym -q domain
struct domain hardware_domain
rd stack_base 4
dis do_sched_op
p *hardware_domain
list domain.next_in_list hardware_domain
END
# to a new file each time
printf 'extract -x %s\nextract -d 0 %s\n' "$WORK/xen.core" "$WORK/dom0.core" >>"$WORK/all"
# Commands that do not read structures of the hypervisor: files, sessions and
# texts.
other="files load unload start source decode"
in_suite "$LAB_BUILD/xenview" help -j | jq -r '.commands[].name | select(. != "xen")' | sort >"$WORK/want"
{ awk '{ print $1 }' "$WORK/all" && printf '%s\n' $other; } | sort -u | grep -vx xen >"$WORK/got"
same "every command is tried" "$WORK/want" "$WORK/got"

# damaged SEED:RATE: all commands in one session, separated by the lookup of a symbol, which reads no memory. A command may take 10 s
# of processor time, with sanitizers 240 s (XENVIEW_ATTACK: status 99).
damaged() {
    rm -f "$WORK"/*.core
    awk '{ print; print "sym idle_pg_table" }' "$WORK/all" |
        if [[ -n ${LAB_ASAN:-} ]]; then
            XENVIEW_DAMAGE=$1 XENVIEW_ATTACK=240 "$LAB_ASAN" "$LAB_DUMP/vmcore"
        else
            XENVIEW_DAMAGE=$1 XENVIEW_ATTACK=10 "${LAB_ENTER[@]}" "$LAB_BUILD/xenview-damaged" "$LAB_DUMP/vmcore"
        fi >"$WORK/out" 2>&1
}

make_damaged
wanted=$(wc -l <"$WORK/all")
for seed in 1:15 2:40 3:100 4:150 5:400 6:2000; do
    damaged "$seed"
    status=$?
    if [[ $status -le 1 ]]; then ok "seed $seed: all commands end, in time"; else
        tail -n 30 "$WORK/out" >"$WORK/end"
        not_ok "seed $seed: all commands end, in time (status $status)" "$WORK/end"
    fi
    equal "seed $seed: the session goes on after each" "$wanted" "$(grep -cE '^[0-9a-f]{16} .*idle_pg_table' "$WORK/out")"
    # an error contains the unreadable object: a member, a variable, the address of a
    # structure
    grep '^error: ' "$WORK/out" >"$WORK/errors"
    grep -vE '[a-z_]+(\.[a-z_]|\[|->)|[a-z]+_[a-z_]+|[0-9a-f]{4,}|mfn [0-9a-f]|pcpu|domain|vcpu|free list|further .* are not listed' "$WORK/errors" >"$WORK/nameless"
    refute "seed $seed: errors name what they are about" . "$WORK/nameless"
done
done_testing
