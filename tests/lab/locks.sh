#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Locks that pcpus waited for at the crash. Oracles: the recipe of the host (whose lock was taken away); in other dumps the statements
# of the verdict, which are based only on the stacks.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

needs_dwarf "locks"
view locks -a -j >"$WORK/json"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
for name in domlist_update_lock console_lock "pcpu 0 timers.lock" "pcpu 0 schedule_lock" "d0.domain_lock"; do
    jq -r '.locks[].name' "$WORK/json" | grep -F "$name" >"$WORK/named"
    expect "$name is looked at" . "$WORK/named"
done
jq -r '.locks[] | select(.state == "not a lock'\''s") | .name' "$WORK/json" >"$WORK/odd"
refute "each is a lock" . "$WORK/odd"
jq -r '.deadlocks[]' "$WORK/json" >"$WORK/deadlocks"
refute "none of the lab's hosts had a deadlock" . "$WORK/deadlocks"

# The waiting pcpus are those of the verdict.
view -j >"$WORK/xen"
jq -r '.statements[] | select(.about == "stands out").statement | select(test("waits for a (spin|read |write )?lock"))' "$WORK/xen" |
    sed 's/^pcpu \([0-9]*\).*/\1/' | sort -n >"$WORK/want"
jq -r '.waiters[].pcpu' "$WORK/json" | sort -n >"$WORK/got"
same "those who wait are those whose traces stand out" "$WORK/want" "$WORK/got"
jq -r '.statements[].statement | select(test("state not available|check failed|^deadlock|RCU stall|exhausted"))' "$WORK/xen" >"$WORK/troubles"
refute "every check of the verdict was made, and none found what is not there" . "$WORK/troubles"
if [[ $(meta death) == watchdog ]]; then
    # death=watchdog adds a ticket to pcpu 0's timer lock
    equal "the watchdog found pcpu 0 waiting for its timers" "0 pcpu 0 timers.lock" \
        "$(jq -r '.waiters[] | "\(.pcpu) \(.name)"' "$WORK/json")"
    equal "that lock is held" held "$(jq -r '.locks[] | select(.name == "pcpu 0 timers.lock").state' "$WORK/json")"
fi
# A panic of dom0 ends in the hypervisor's shutdown code, which holds dom0's lock when it starts the crash kernel.
if [[ $(meta death) == panic ]]; then
    view locks -j | jq -r '.locks[] | "\(.name) \(.state)"' >"$WORK/locks"
    # others may be held by pcpus that were interrupted at work
    expect "the lock the crash path holds" '^d0.shutdown_lock held$' "$WORK/locks"
    refute "every lock that is listed is held" ' (free|waited for)$' "$WORK/locks"
fi
done_testing
