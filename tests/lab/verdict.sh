#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The verdict. Oracle: the host's last messages on its serial console.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# Messages from the start of the crash on. Lines of Linux are mixed with those of Xen.
tr -d '\000\r' <"$LAB_DUMP/serial.log" | sed '1,/^LAB: dying/d' >"$WORK/log"
view -j >"$WORK/xen.json"

# statement ABOUT: its text; evidence ABOUT: its evidence
statement() {
    jq -r --arg about "$1" '.statements[] | select(.about == $about) | .statement' "$WORK/xen.json"
}

evidence() {
    jq -r --arg about "$1" '.statements[] | select(.about == $about) | .evidence' "$WORK/xen.json"
}

last() {
    sed -n "s/^.*(XEN) *$1.*/\\1/p" "$WORK/log" | tail -n 1
}

panic=$(last 'Panic on CPU \([0-9]*\):')
kexec=$(sed -n 's/.*Executing kexec image on cpu\([0-9]*\).*/\1/p' "$WORK/log" | tail -n 1)
said=$(grep -A 1 'Panic on CPU' "$WORK/log" | tail -n 1 | sed 's/^(XEN) //')
death=$(meta death)
case $death in
    key-C | lost-pcpu) want="^crash requested by debug key 'C', pressed by a hypercall$" ;;
    panic) want='^dom0 crashed$' ;;
    alive) want='^no crash: dumped while running$' ;;
    page-fault | wild-jump) want='^page fault in the hypervisor, ' ;;
    gp-fault) want='^general protection fault in the hypervisor, ' ;;
    double-fault) want='^double fault in the hypervisor, stack overflow$' ;;
    nmi) want='^fatal NMI, ".*NMI received for unknown reason' ;;
    mce) want='^fatal machine check, ' ;;
    watchdog | held-lock) want="^Xen's watchdog found pcpu $(last 'Watchdog timer detects that CPU\([0-9]*\) is stuck') stuck\$" ;;
    *) want='' ;;
esac
statement death >"$WORK/death"
if [[ $death == bug || $death == assert ]]; then
    equal "kind of death, word by word" "$said" "$(cat "$WORK/death")"
elif [[ -n $want ]]; then
    expect "kind of death: $death" "$want" "$WORK/death"
else
    not_ok "kind of death: the test knows no $death" "$WORK/death"
fi
equal "the pcpu that died" "$kexec" "$(statement pcpu)"
[[ -z $panic ]] || equal "the same that panicked" "$panic" "$(statement pcpu)"
equal "nothing of it is doubtful" "" "$(jq -r '.statements[] | select((.sure | not) and .about != "stands out") | .statement' "$WORK/xen.json")"
# xl debug-keys is a sysctl, whether the trace was found with .debug_frame or by a scan
if [[ $death == key-C && ! $(grep '^dom0=' "$LAB_DUMP/recipe") == *pvh* ]]; then
    jq -r .xen.verdict "$WORK/xen.json" >"$WORK/line"
    expect "the hypercall that pressed the key" ', in a hypercall \(sysctl\)$' "$WORK/line"
fi
evidence death >"$WORK/evidence"
if [[ $death == alive ]]; then
    expect "the kind rests on what there is not" '^no crash notes; no crash on the console$' "$WORK/evidence"
else
    expect "the kind rests on the console and on a trace" 'console: ".*pcpu [0-9]* went through [a-z_]+\(\)' "$WORK/evidence"
fi

# "RIP: e008:[<ffff82d04025b4d8>] vcpu_wake+0x18/0x240", without a name if the address is not in
# Xen's code
if [[ -n $panic ]]; then
    rip=$(last 'RIP: *\(e008:.*\)')
    statement function >"$WORK/function"
    name=$(sed -n 's/.*>\] \(.*\)\/0x[0-9a-f]*$/\1/p' <<<"$rip")
    name=${name%+0}
    if [[ $death == mce ]]; then
        skip "the function" "Xen does not say where a machine check was"
    elif [[ $rip != *'[<'* ]]; then
        expect "no function of Xen's" "^none: pcpu [0-9]+ was running a guest$" "$WORK/function"
    elif [[ -n $name ]]; then
        expect "the function: $name" "^${name//+/\\+}( |,|\$)" "$WORK/function"
    else
        address=${rip#*<}
        expect "no function at the address" "^${address%%>*}: no function" "$WORK/function"
    fi
    whom=$(last 'RFLAGS: .*CONTEXT: hypervisor *\(.*\)' | tr -d '()')
    if [[ -z $(statement "for") ]]; then
        skip "on whose behalf" "no types"
    elif [[ $death != mce && $death != double-fault && $rip == *'[<'* ]]; then
        statement "for" >"$WORK/for"
        expect "on whose behalf: ${whom:-nobody}'s" "^${whom:-no domain}" "$WORK/for"
    fi
fi

linear=$(last 'Faulting linear address: \([0-9a-f]*\)')
[[ -z $linear ]] || expect "the address it faulted on" "(of|to|from) $linear " "$WORK/death"

if [[ $death == panic ]]; then
    equal "dom0's last words" "$(sed -n 's/.*\] \(Kernel panic - not syncing: .*\)/\1/p' "$WORK/log" | head -n 1)" "$(statement dom0)"
fi

if [[ $death == mce ]]; then
    evidence bank | sed 's/.*status //' >"$WORK/banks"
    sed -n 's/^(XEN) Bank [0-9]*: *\([0-9a-f]*\).*/\1/p' "$WORK/log" >"$WORK/banks-truth"
    same "every bank of the machine check" "$WORK/banks-truth" "$WORK/banks"
    equal "taint" "machine check" "$(statement taint)"
else
    equal "taint" "none" "$(statement taint)"
fi

# Cause that prevents the destruction of a domain
for id in $(dying); do
    statement "stands out" >"$WORK/dying"
    expect "domain $id cannot go, and why" "^zombie domain d$id, .*d0 maps grant 0" "$WORK/dying"
done

lost=$(last 'Failed to shoot down CPUs {\(.*\)}')
statement "stands out" | sed -n 's/^pcpu \([0-9]*\) is lost.*/\1/p' | paste -sd , >"$WORK/lost"
equal "pcpus that were lost" "$lost" "$(cat "$WORK/lost")"
statement "stands out" >"$WORK/stands-out"
if grep '^scene=.*storm' "$LAB_DUMP/recipe" >/dev/null; then
    expect "the interrupt that Xen disabled" '^interrupt storm: Xen disabled irq [0-9]+ for a while, bound to d0$' "$WORK/stands-out"
else
    refute "no interrupt is disabled" 'interrupt storm' "$WORK/stands-out"
fi
if [[ $death == held-lock ]]; then
    # in udelay() is only the pcpu that the recipe has sent there
    view bt -a -j | jq -r '.frames[] | select(.function | test("^(__)?udelay")).pcpu' | sort -u >"$WORK/there"
    statement "stands out" | sed -n 's/^pcpu [0-9]*, waits for a spinlock.* is probably held by //p' >"$WORK/holders"
    equal "the holder of the lock, which each pcpu that waits names" "$(for _ in 1 2 3; do echo "pcpu $(cat "$WORK/there")"; done)" "$(cat "$WORK/holders")"
    evidence "stands out" | grep 'its trace; ' >"$WORK/because"
    expect "and that is the reason" 'pcpu [0-9]+ is the only other one in the hypervisor, in (__)?udelay\+.*, interrupts disabled' "$WORK/because"
fi
done_testing
