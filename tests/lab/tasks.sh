#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# crash's own bt -a: a full trace of each task that ran in dom0, to the task's first frame. Oracles: the registers that Xen holds for
# its vcpu, and the trace that the kernel printed when it panicked.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if ! crash_reads_kernel || ! crash_finds_tasks; then
    skip "dom0's tasks" "crash of $LAB_SUITE does not read Linux $(meta kernel_release)"
    done_testing
    exit 0
fi

# Registers saved by Xen: "VCPU RIP RSP".
for vcpu in $(view vcpus -d 0 -j | jq -r '.vcpus[].vcpu_id'); do
    view regs -v "0:$vcpu" -j | jq -r --arg vcpu "$vcpu" '.vcpus[0] | [$vcpu, .rip, .rsp] | map(ltrimstr("0x")) | join(" ")'
done >"$WORK/regs"

# The kernel's own last trace: its functions, without uncertain ones and those that printed it.
tr -d '\r' <"$LAB_DUMP/serial.log" | awk '/Kernel panic - not syncing/ { on = 1 } /Executing kexec image/ { on = 0 }
    on && /PID: [0-9]/ { sub(/.*PID: /, ""); print $1 >(out "/panic-pid") }
    on && /\]  [a-zA-Z_].*\+0x/ { f = $NF; sub(/\+.*/, "", f); if (f !~ /^dump_stack|^show_stack/) print f }' out="$WORK" >"$WORK/panic"

# tasks FILE: prints one line per frame of bt -a, "CPU PID NUMBER SP FUNCTION ADDRESS"; "user" for the number, "-" for the function, in
# user mode
tasks() {
    awk '/^PID:/ { for (i = 1; i < NF; i++) { if ($i == "PID:") pid = $(i + 1); if ($i == "CPU:") cpu = $(i + 1) } inside = 0; next }
        /^ *#[0-9]+ \[/ { gsub(/[][#]/, ""); print cpu, pid, $1, $2, $3, $5; inside = 1; next }
        / RIP: / && / RSP: / { for (i = 1; i < NF; i++) { if ($i == "RIP:") rip = $(i + 1); if ($i == "RSP:") rsp = $(i + 1) }
            if (rip !~ /^ffff/) print cpu, pid, inside ? "return" : "user", rsp, "-", rip }' "$1"
}

# check_traces NAME FILE: the session's bt -a
check_traces() {
    local name=$1 vcpu rip rsp got
    between 'bt -a' "$2" >"$WORK/native"
    tasks "$WORK/native" >"$WORK/tasks"
    refute "$name: it is known where active tasks are" 'cannot be determined|cannot determine|^bt: ' "$WORK/native"
    equal "$name: a task on each vcpu" "$(cut -d ' ' -f 1 "$WORK/regs")" "$(cut -d ' ' -f 1 "$WORK/tasks" | sort -nu)"
    while read -r vcpu rip rsp; do
        got=$(awk -v cpu="$vcpu" '$1 == cpu { print $6, $4; exit }' "$WORK/tasks")
        equal "$name: vcpu $vcpu begins at the registers of Xen" "$(printf '%016x %016x' "0x$rip" "0x$rsp")" \
            "$(printf '%016x %016x' "0x${got% *}" "0x${got#* }")"
        # user code, alone or after a system call, or the first function of an idle task
        equal "$name: vcpu $vcpu's trace ends where tasks begin" "" "$(awk -v cpu="$vcpu" '$1 == cpu { last = $3 " " $5 }
            END { if (last !~ /^(user|return) / && last !~ / (asm_cpu_bringup_and_idle|cpu_bringup_and_idle|startup_xen|xen_start_kernel|ret_from_fork(_asm)?)$/)
                print last }' "$WORK/tasks")"
    done <"$WORK/regs"
    if [[ -s $WORK/panic ]]; then
        awk -v pid="$(head -n 1 "$WORK/panic-pid")" '$2 == pid && $5 != "-" { print $5 }' "$WORK/tasks" >"$WORK/functions"
        in_order "$name: the trace that the kernel printed" "$WORK/panic" "$WORK/functions"
    fi
}

printf '%s\n' 'bt -a' quit >"$WORK/commands"
xencrash >"$WORK/out"
check_traces "by the launcher" "$WORK/out"

# The launcher uses one of the methods below, session.sh the deferred start.
if [[ -z ${CHECK_FULL:-} ]]; then
    done_testing
    exit 0
fi
printf '%s\n' "extend $LAB_BUILD/xen.so" 'xen start' 'bt -a' quit >"$WORK/commands"
crash --minimal >"$WORK/out"
check_traces "deferred start" "$WORK/out"

printf '%s\n' "extend $LAB_BUILD/xen.so" 'bt -a' quit >"$WORK/commands"
crash >"$WORK/out"
if grep '^crash> bt -a' "$WORK/out" >/dev/null; then
    check_traces "plain start" "$WORK/out"
else
    # its first task is active on a cpu that did not save registers of Linux: this requires the deferred start
    refute "crash opens by itself what dom0's panic left" '.' <([[ $(meta death) != panic ]] || echo "it did not")
    # nor does it find the kernel in the dump of a whole machine, whose addresses are not those of dom0
    expect "else it says that it cannot" 'cannot be determined|vmcore do not match!' "$WORK/out"
fi
done_testing
