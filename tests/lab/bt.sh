#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Traces and registers against those that Xen printed on the serial console when it died, and crash's own bt of dom0.
. "$(dirname "$0")/lib.sh"

# The last trace Xen printed, if it is of its death and not of a debug key: its pcpu, and "KIND ADDRESS" lines.
# R is the instruction, F found by frame pointers, S any word on the stack that is code.
tr -d '\r' <"$LAB_DUMP/serial.log" | awk -v out="$WORK" '
    /\(XEN\) .0. pressed|\(XEN\) .d. pressed/ { n = 0 }
    /\(XEN\) CPU: / { cpu = $3 }
    /\(XEN\) RIP: / { split($0, f, /<|>/); rip = f[2] }
    / rsp: / { for (i = 1; i < NF; i++) if ($i == "rsp:") rsp = $(i + 1) }
    / rax: / { for (i = 1; i < NF; i++) if ($i == "rax:") rax = $(i + 1) }
    / r15: / { for (i = 1; i < NF; i++) if ($i == "r15:") r15 = $(i + 1) }
    /Xen call trace:|overflow \(dumping trace/ { n = 0; on = 1; next }
    on && match($0, /\[<[0-9a-f]+>\] [RFS] /) { split($0, f, /\[<|>\] /); line[n++] = substr(f[3], 1, 1) " " f[2]; next }
    { on = 0 }
    END { for (i = 0; i < n; i++) print line[i] >(out "/xen-trace")
          if (n) { print cpu >(out "/xen-cpu"); print rip, rsp, rax, r15 >(out "/xen-regs") } }'

# in_order NAME WANTED FILE: the lines of WANTED are in FILE, in that order
in_order() {
    if awk 'FILENAME == ARGV[1] { want[n++] = $0; next } $0 == want[at + 0] { at++ }
        END { if (at + 0 < n) print "not in order: " want[at + 0]; exit at + 0 < n }' "$2" "$3" >"$WORK/missing"; then ok "$1"; else
        cat "$2" >>"$WORK/missing"
        not_ok "$1" "$WORK/missing"
    fi
}

# pcs FILE PCPU: the addresses of code in the JSON of xen bt, the newest first
pcs() {
    jq -r --argjson cpu "$2" '.frames[] | select(.pcpu == $cpu and .pc != null and .found != "guest") | .pc | ltrimstr("0x")' "$1"
}

# interrupted FILE PCPU: the same from the last exception on, with how they were found
interrupted() {
    jq -r --argjson cpu "$2" '[.frames[] | select(.pcpu == $cpu)] | (map(.found) | rindex("saved registers")) as $at
        | if $at then .[$at:][] | select(.pc != null and .found != "guest") | .found + " " + (.pc | ltrimstr("0x")) else empty end' "$1"
}

view bt -a -j >"$WORK/bt.json"
view bt -a >"$WORK/bt"
view bt -j >"$WORK/crashed.json"
equal "every pcpu has a trace" "$(jq '.pcpus | length' "$WORK/bt.json")" "$(jq '[.frames[].pcpu] | unique | length' "$WORK/bt.json")"
equal "no trace is broken" "0" "$(jq '[.frames[] | select(.found == "broken")] | length' "$WORK/bt.json")"

if [[ -s $WORK/xen-trace ]]; then
    cpu=$(<"$WORK/xen-cpu")
    equal "without options it is the pcpu that died" "$cpu" "$(jq -r '.pcpus[0].pcpu' "$WORK/crashed.json")"
    pcs "$WORK/bt.json" "$cpu" >"$WORK/pcs"
    sed -n 's/^[RF] //p' "$WORK/xen-trace" >"$WORK/reliable"
    in_order "frames that Xen printed as reliable" "$WORK/reliable" "$WORK/pcs"
    if ! grep -q '^F' "$WORK/xen-trace"; then
        # without frame pointers Xen prints every word that is code: no true frame is missing there
        interrupted "$WORK/bt.json" "$cpu" | sed -n 's/^\(cfi\|frame pointer\|top of stack\|scan\) //p' >"$WORK/found"
        sed 's/^[RS] //' "$WORK/xen-trace" >"$WORK/words"
        in_order "frames are among the words that Xen printed" "$WORK/found" "$WORK/words"
        view bt -s -c "$cpu" -j >"$WORK/scan.json"
        interrupted "$WORK/scan.json" "$cpu" | sed -n 's/^word //p' >"$WORK/scanned"
        sed -n 's/^S //p' "$WORK/xen-trace" >"$WORK/words"
        same "-s finds the words that Xen found" "$WORK/words" "$WORK/scanned"
    fi
    view regs -c "$cpu" -j | jq -r '[.pcpus[] | select(.where | test("interrupted by"))] | last
        | [.rip, .rsp, .rax, .r15] | map(ltrimstr("0x")) | join(" ")' >"$WORK/regs"
    read -r -a want <"$WORK/xen-regs"
    read -r -a got <"$WORK/regs"
    equal "the registers that Xen printed" "$(printf '%016x ' "${want[@]/#/0x}")" "$(printf '%016x ' "${got[@]/#/0x}")"
else
    cpu=$(sed -n 's/.*Executing kexec image on cpu\([0-9]*\).*/\1/p' "$LAB_DUMP/serial.log" | tail -n 1)
    equal "without options it is the pcpu that died" "$cpu" "$(jq -r '.pcpus[0].pcpu' "$WORK/crashed.json")"
    jq -r --argjson cpu "$cpu" '.frames[] | select(.pcpu == $cpu) | .function | sub(".*#"; "") | sub("[+].*"; "")' \
        "$WORK/bt.json" >"$WORK/functions"
    case $(meta death) in
        key-C) printf '%s\n' kexec_crash do_crashdump_trigger handle_keypress do_sysctl pv_hypercall lstar_enter ;;
        panic) printf '%s\n' kexec_crash domain_shutdown do_sched_op pv_hypercall lstar_enter ;;
        *) printf 'kexec_crash\n' ;;
    esac >"$WORK/wanted"
    in_order "the way to the end" "$WORK/wanted" "$WORK/functions"
fi

# Other pcpus that idled: what key d shows of idle pcpus is what they did.
tr -d '\r' <"$TRUTH/key-d" | awk '/Xen call trace:/ { n = 0; next }
    match($0, /\[<[0-9a-f]+>\] [RF] /) { split($0, f, /\[<|>\] /); if (f[3] ~ /default_idle/ || n) line[n++] = f[2] }
    END { for (i = 0; i < n; i++) print line[i] }' >"$WORK/idle"
idle=$(jq -r '[.frames[] | select(.found == "saved registers" and (.function | test("default_idle")))] | first | .pcpu // ""' "$WORK/bt.json")
if [[ -s $WORK/idle && -n $idle ]]; then
    pcs "$WORK/bt.json" "$idle" >"$WORK/pcs"
    in_order "an idle pcpu, as key d showed one" "$WORK/idle" "$WORK/pcs"
fi

# In builds with frame pointers both ways must agree.
if [[ $(view bt -p -c 0 | grep -c 'frame pointer') -gt 2 ]]; then
    view bt -p -a | sed 's/ *\(cfi\|frame pointer\)$//' >"$WORK/pointers"
    if readelf -S "$LAB_DUMP/xen-syms" 2>/dev/null | grep debug_frame >/dev/null; then
        sed 's/ *\(cfi\|frame pointer\)$//' "$WORK/bt" >"$WORK/cfi"
        same "frame pointers and .debug_frame agree" "$WORK/cfi" "$WORK/pointers"
    fi
fi

needs_types "registers of vcpus"

# Every vcpu is somewhere, and what it runs is code of a kernel or of a user's.
for domain in $(view doms -j | jq -r '.doms[] | select(.domid < 32752) | .domid'); do
    view regs -d "$domain" -j >"$WORK/vcpus.json"
    jq -r '.vcpus[] | (.rip | ltrimstr("0x")) + " " + (.cr3 // "0x0" | ltrimstr("0x"))' "$WORK/vcpus.json" >"$WORK/vcpus"
    equal "vcpus of domain $domain have registers" "$(view vcpus -d "$domain" -j | jq '.vcpus | length')" "$(wc -l <"$WORK/vcpus")"
    bad=$(awk '!($1 ~ /^ffffffff[89a-f]/ || length($1) <= 12) || $2 ~ /^0*$/' "$WORK/vcpus")
    equal "and they make sense" "" "$bad"
done

if crash_reads_kernel && crash_finds_tasks; then
    printf '%s\n' 'bt -a' quit >"$WORK/commands"
    xencrash >"$WORK/session"
    between 'bt -a' "$WORK/session" >"$WORK/native"
    refute "crash's own bt -a knows where dom0's active tasks are" 'cannot be determined|cannot determine' "$WORK/native"
    short=$(awk '/^PID:/ { if (pid && n < 3) print pid; pid = $0; n = 0 } /^ *#[0-9]+ / { n++ } /user space/ { n = 9 }
        END { if (!pid || n < 3) print pid ? pid : "no task" }' "$WORK/native")
    equal "and traces each" "" "$short"
fi
done_testing
