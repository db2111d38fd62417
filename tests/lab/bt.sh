#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Traces and registers. Oracle: traces and registers that Xen printed on the serial
# console at the crash.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# The last trace that Xen printed, if it belongs to the crash and not to a debug key: its pcpu, and "KIND ADDRESS" lines.
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

# pcs FILE PCPU: the addresses of code in the JSON of xen bt, the newest first
pcs() {
    jq -r --argjson cpu "$2" '.frames[] | select(.pcpu == $cpu and .pc != null and .found != "guest") | .pc | ltrimstr("0x")' "$1"
}

# interrupted FILE PCPU: the same from the last exception on, with the method by which each
# was found
interrupted() {
    jq -r --argjson cpu "$2" '[.frames[] | select(.pcpu == $cpu)] | (map(.found) | rindex("saved registers")) as $at
        | if $at then .[$at:][] | select(.pc != null and .found != "guest") | .found + " " + (.pc | ltrimstr("0x")) else empty end' "$1"
}

view bt -a -j >"$WORK/bt.json"
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
        # without frame pointers Xen prints every word that is a code address, so that no frame is missing
        interrupted "$WORK/bt.json" "$cpu" | sed -n 's/^\(cfi\|frame pointer\|top of stack\|scan\) //p' >"$WORK/found"
        sed 's/^[RS] //' "$WORK/xen-trace" >"$WORK/words"
        in_order "frames are among the words that Xen printed" "$WORK/found" "$WORK/words"
        view bt -s -c "$cpu" -j >"$WORK/scan.json"
        interrupted "$WORK/scan.json" "$cpu" | sed -n 's/^word //p' >"$WORK/scanned"
        sed -n 's/^S //p' "$WORK/xen-trace" >"$WORK/words"
        same "-s finds the words that Xen found" "$WORK/words" "$WORK/scanned"
    fi
    view regs -c "$cpu" -j | jq -r '[.pcpus[] | select((.where | test("interrupted by")) and .rax != null)] | last
        | [.rip, .rsp, .rax, .r15] | map(ltrimstr("0x")) | join(" ")' >"$WORK/regs"
    read -r -a want <"$WORK/xen-regs"
    read -r -a got <"$WORK/regs"
    equal "the registers that Xen printed" "$(printf '%016x ' "${want[@]/#/0x}")" "$(printf '%016x ' "${got[@]/#/0x}")"
elif [[ $(meta death) != alive ]]; then
    cpu=$(sed -n 's/.*Executing kexec image on cpu\([0-9]*\).*/\1/p' "$LAB_DUMP/serial.log" | tail -n 1)
    equal "without options it is the pcpu that died" "$cpu" "$(jq -r '.pcpus[0].pcpu' "$WORK/crashed.json")"
    jq -r --argjson cpu "$cpu" '.frames[] | select(.pcpu == $cpu) | .function | sub(".*#"; "") | sub("[+].*"; "")' \
        "$WORK/bt.json" >"$WORK/functions"
    case $(meta death) in
        key-C | lost-pcpu) printf '%s\n' kexec_crash do_crashdump_trigger handle_keypress do_sysctl pv_hypercall lstar_enter ;;
        panic) printf '%s\n' kexec_crash domain_shutdown do_sched_op pv_hypercall lstar_enter ;;
        *) printf 'kexec_crash\n' ;;
    esac >"$WORK/wanted"
    in_order "the way to the end" "$WORK/wanted" "$WORK/functions"
fi

# Other idle pcpus: their traces equal those printed by key d. idle_loop() never returns.
tr -d '\r' <"$TRUTH/key-d" | awk '/Xen call trace:/ { n = over = 0; next }
    match($0, /\[<[0-9a-f]+>\] [RF] /) { split($0, f, /\[<|>\] /); if (!over && (f[3] ~ /default_idle/ || n)) line[n++] = f[2]
        if (f[3] ~ /idle_loop/) over = 1 }
    END { for (i = 0; i < n; i++) print line[i] }' >"$WORK/idle"
idle=$(jq -r '[.frames[] | select(.found == "saved registers" and (.function | test("default_idle")))] | first | .pcpu // ""' "$WORK/bt.json")
if [[ -s $WORK/idle && -n $idle ]]; then
    pcs "$WORK/bt.json" "$idle" >"$WORK/pcs"
    in_order "an idle pcpu, as key d showed one" "$WORK/idle" "$WORK/pcs"
fi

# In builds with frame pointers (debug=y) both methods agree: by .debug_frame and by rbp alone.
if [[ $(meta xen) == *debug=y ]]; then
    # frames FILE: without frames found by scanning
    frames() {
        jq -r '.frames[] | select(.found != "scan") | "\(.pcpu) \(.sp) \(.pc) \(.function)"' "$1"
    }
    view bt -p -a -j >"$WORK/pointers.json"
    jq -r '.frames[].found' "$WORK/pointers.json" >"$WORK/found-pointers"
    jq -r '.frames[].found' "$WORK/bt.json" >"$WORK/found-cfi"
    expect "frames by frame pointers" '^frame pointer$' "$WORK/found-pointers"
    expect "frames by .debug_frame" '^cfi$' "$WORK/found-cfi"
    frames "$WORK/bt.json" >"$WORK/by-cfi"
    frames "$WORK/pointers.json" >"$WORK/by-pointers"
    same "both ways find the same frames" "$WORK/by-cfi" "$WORK/by-pointers"
fi
done_testing
