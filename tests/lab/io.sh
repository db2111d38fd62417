#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Devices of guests. Oracles, recorded just before the crash: xenstored's own answers (xenstore-ls) for devices, states, grants and
# ports; debug key g for the frames behind those grants; key e for both ends of the channels; the counts of dom0's backends in sysfs.
# The scene defines which device is stuck; in other dumps none is.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view io -v -j >"$WORK/json"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
if [[ ! -s $TRUTH/xenstore-ls ]]; then
    expect "a host without xenstored: a note" 'the xenstore is not available' "$WORK/json"
    done_testing
    exit
fi

truth_store ' ' >"$WORK/store"

# The devices of guests, and the console and the xenstore of each
alive=$(jq -r '.[].domid | select(. > 0)' "$TRUTH/xl-list-l" | grep -vxF "$(dying)" | paste -sd '|')
sed -nE "s,^/local/domain/(${alive:-none})/device/([^/ ]+)/([^/ ]+)/backend .*,\1 \2 \3,p; s,^/local/domain/(${alive:-none})/console/ring-ref .*,\1 console 0,p;
    s,^/local/domain/(${alive:-none})/store/ring-ref .*,\1 xenstore 0,p" "$WORK/store" | sort >"$WORK/devices"
jq -r '.devices[] | "\(.domid) \(.class) \(.id)"' "$WORK/json" | sort >"$WORK/got"
same "devices" "$WORK/devices" "$WORK/got"

# Of the two rings of a paused guest, the one with work is the evidence.
equal "answers not taken are the evidence for a paused guest" 0 \
    "$(jq '[.devices[] | select(.judgement == "guest paused" and .unread > 0 and (.because | test("not taken") | not))] | length' "$WORK/json")"

# node PATH: its value
node() {
    awk -v path="$1" '$1 == path { print $2; exit }' "$WORK/store"
}

# state NUMBER: its name
state() {
    local names=(unknown initialising "init wait" initialised connected closing closed)
    printf '%s\n' "${names[$1]}"
}

stuck=$(grep -c '^scene=.*stuck' "$LAB_DUMP/recipe")
frozen=$(grep -c '^scene=.*frozen' "$LAB_DUMP/recipe")
qdisk=$(grep -c '^scene=.*qdisk' "$LAB_DUMP/recipe")
while read -r domid class id; do
    [[ $class != console && $class != xenstore ]] || continue
    front=/local/domain/$domid/device/$class/$id
    [[ $stuck != 1 || $class != vif || $domid != 3 ]] || continue # its driver was unbound last
    equal "d$domid $class $id: states" "$(state "$(node "$front/state")") $(state "$(node "$(node "$front/backend")/state")")" \
        "$(jq -r ".devices[] | select(.domid == $domid and .class == \"$class\" and .id == \"$id\") | .frontend + \" \" + .backend" "$WORK/json")"
done <"$WORK/devices"

# Rings: "DOMID CLASS ID RING REF PORT" from the nodes
while read -r domid class id; do
    front=/local/domain/$domid/device/$class/$id
    for queue in "" queue-0 queue-1 queue-2 queue-3; do
        at=$front${queue:+/$queue}
        case $class in
            vbd) [[ -z $(node "$at/ring-ref") ]] || echo "$domid $class $id ${queue:--} $(node "$at/ring-ref") $(node "$at/event-channel")" ;;
            # one page, by its gfn instead of a grant
            vkbd) [[ -n $queue || -z $(node "$at/page-ref") ]] || echo "$domid $class $id - null $(node "$at/event-channel")" ;;
            vif) for way in tx rx; do
                port=$(node "$at/event-channel-$way")
                [[ -z $(node "$at/$way-ring-ref") ]] ||
                    echo "$domid $class $id ${queue:+${queue}_}$way $(node "$at/$way-ring-ref") ${port:-$(node "$at/event-channel")}"
            done ;;
        esac
    done
    # the disk of an HVM guest whose driver uses the emulated one: not connected, no ring
    [[ $class != vbd || -n $(node "$front/event-channel") || $(node "$front/state") == 4 ]] || echo "$domid vbd $id - null null"
    # the reserved grants
    [[ $class != console ]] || echo "$domid console 0 - 0 $(node "/local/domain/$domid/console/port")"
    [[ $class != xenstore ]] || echo "$domid xenstore 0 - 1 $(node "/local/domain/$domid/store/port")"
done <"$WORK/devices" | sort >"$WORK/rings"
jq -r '.rings[] | "\(.domid) \(.class) \(.id) \((.ring // "-") | gsub(" "; "_")) \(.ref) \(.front_port)"' "$WORK/json" | sort >"$WORK/got"
same "rings, their grants and ports" "$WORK/rings" "$WORK/got"

# Key g: "[0x008] 0 0x2f45d PIN ..." below "grant-table for remote d1"
tr -d '\r' <"$TRUTH/key-g" | awk '/grant-table for remote d/ { sub(".*remote d", ""); domid = $1 }
    /\[0x/ { gsub(/[][]|\(XEN\)/, ""); print domid, $1, $3 }' | sort >"$WORK/granted"
while read -r domid class id ring ref _; do
    [[ $ref != null ]] || continue
    awk -v domid="$domid" -v ref="$ref" -v hex="$(printf '0x%03x' "$ref")" '$1 == domid && $2 == hex { sub("^0x0*", "", $3)
        print domid, ref, $3, "true" }' "$WORK/granted"
done <"$WORK/rings" | sort >"$WORK/want-mfn"
jq -r '.rings[] | select(.ref != null) | "\(.domid) \(.ref) \(.mfn | ltrimstr("0x")) \(.mapped)"' "$WORK/json" | sort >"$WORK/got"
same "frames of the rings, mapped by the backend" "$WORK/want-mfn" "$WORK/got"

# Rings without a grant: their frame has the gfn of the node in the M2P, which is not the way that leads to it
jq -r '.rings[] | select(.ref == null) | "\(.domid) \(.class) \(.id) \(.mfn // "") \(.mapped)"' "$WORK/json" >"$WORK/ungranted"
while read -r domid class id mfn mapped; do
    [[ -n $mapped ]] || { mapped=$mfn; mfn=''; }
    equal "d$domid $class $id: nothing is known of a grant" null "$mapped"
    gfn=$(node "/local/domain/$domid/device/$class/$id/page-ref")
    equal "d$domid $class $id: the frame of its ring" "${gfn:+$(printf '0x%x' "${gfn:-0}")}" \
        "${mfn:+$(view m2p "${mfn#0x}" -j | jq -r '.m2p[].gfn')}"
done <"$WORK/ungranted"

# Key e: "port [p/m/s]: s=3 n=0 x=0 d=0 p=31", below "domain 1:"
tr -d '\r' <"$TRUTH/key-e" | awk '/for domain / { sub(":", "", $NF); domid = $NF }
    / s=3 / { match($0, / d=[0-9]+/); d = substr($0, RSTART + 3, RLENGTH - 3); match($0, / p=[0-9]+/)
        print domid, $2, "d" d ":" substr($0, RSTART + 3, RLENGTH - 3) }' | sort >"$WORK/channels"
while read -r domid _ _ _ _ port; do
    awk -v domid="$domid" -v port="$port" '$1 == domid && $2 == port { print $1, $2, $3 }' "$WORK/channels"
done <"$WORK/rings" | sort >"$WORK/want-ends"
jq -r '.rings[] | select(.front_port != null) | "\(.domid) \(.front_port) \(.back | split(" ")[0])"' "$WORK/json" | sort >"$WORK/got"
same "both ends of the channels" "$WORK/want-ends" "$WORK/got"

# judged DOMID CLASS: prints the judgement, whether it is sure, and whether it
# is permanent
judged() {
    jq -r ".devices[] | select(.domid == $1 and .class == \"$2\") | .judgement" "$WORK/json"
}

view waits -j >"$WORK/waits"
view -j | jq -r '.statements[] | select(.about == "stands out").statement' >"$WORK/stands-out"
if [[ $stuck == 1 ]]; then
    equal "dom0 holds back the disk of d1 and no other" "0 1" \
        "$(tr -d '\r' <"$TRUTH/suspended" | awk -F: '/dm-0/ { a = $2 } /dm-[12]/ { b += $2 } END { print b + 0, a }')"
    equal "a suspended disk" "waits for the disk" "$(judged 1 vbd)"
    equal "a paused guest, whose answers wait" "guest paused" "$(judged 2 vbd)"
    equal "a masked event channel" "guest does not take its answers" "$(judged 3 vbd)"
    expect "xenstored is stopped" 'LAB: xenstored is stopped' <(tr -d '\000\r' <"$LAB_DUMP/serial.log")
    equal "it does not fetch what d3 asks" "waits for the backend" "$(judged 3 xenstore)"
    equal "d2's answers wait" true "$(jq '[.devices[] | select(.domid == 2 and .class == "vbd")][0].unread > 0' "$WORK/json")"
    equal "the masked port is that of the nodes" "true true" "$(jq -r '.rings[] | select(.domid == 3 and .class == "vbd") | "\(.front_pending) \(.front_masked)"' "$WORK/json")"
    # requests that the backend counts since its start, less those without an answer: req_prod and rsp_prod
    for domid in 1 2 3; do
        count=$(tr -d '\r' <"$TRUTH/backends" | awk -F: -v device="vbd-$domid-51712/" 'index($0, device) && /(rd|wr|f|ds)_req/ { n += $NF } END { print n + 0 }')
        got=$(jq -r ".rings[] | select(.domid == $domid and .class == \"vbd\").indexes" "$WORK/json" | sed -E 's/req_prod ([0-9]+),.*/\1/')
        if [[ $domid == 3 ]]; then
            equal "d$domid: at least the requests that blkback counted" 1 "$((got >= count))"
        else
            equal "d$domid: requests that blkback counted" "$count" "$got"
        fi
    done
    for who in 'd1 vbd 51712 (xvda) disk' 'd2 vbd 51712 (xvda) guest' 'd3 vbd 51712 (xvda) guest' 'd3 xenstore backend'; do
        jq -r '.waits[] | .who + " " + .kind' "$WORK/waits" | grep -F "$who" >"$WORK/who"
        expect "xen waits: $who" . "$WORK/who"
    done
    expect "the verdict names d2's disk" '^device is stuck: d2 vbd 51712 \(xvda\) waits for the guest, which does not run' "$WORK/stands-out"
elif [[ $frozen == 1 ]]; then
    tr -d '\000\r' <"$LAB_DUMP/serial.log" >"$WORK/log"
    expect "the thread of d1's disk is frozen" 'LAB: [0-9]+ is FROZEN' "$WORK/log"
    equal "a frozen thread: requests are not fetched" "waits for the backend true" \
        "$(judged 1 vbd) $(jq '[.devices[] | select(.domid == 1 and .class == "vbd")][0].unfetched > 0' "$WORK/json")"
    # requests that the backend counts since its start
    count=$(tr -d '\r' <"$TRUTH/backends" | awk -F: '/vbd-1-51712\// && /(rd|wr|f|ds)_req/ { n += $NF } END { print n + 0 }')
    equal "d1: all but the requests that blkback counted" "$count" "$(jq -r '.rings[] | select(.domid == 1 and .class == "vbd") |
        (.indexes | capture("req_prod (?<n>[0-9]+),").n | tonumber) - .unfetched' "$WORK/json")"
    equal "d2's disk is not stuck" 0 "$(jq '[.devices[] | select(.domid == 2 and .class == "vbd" and .lasting)] | length' "$WORK/json")"
    equal "a network without buffers" "guest posts no buffers true" \
        "$(jq -r '.devices[] | select(.domid == 3 and .class == "vif") | "\(.judgement) \(.sure)"' "$WORK/json")"
    equal "the frontend has posted none" 0 \
        "$(jq '.rings[] | select(.domid == 3 and .class == "vif" and (.ring | test("rx"))) | .outstanding' "$WORK/json")"
    expect "the verdict names d3's network" '^device is stuck: d3 vif 0 waits for the guest to post buffers' "$WORK/stands-out"
    for who in 'd1 vbd 51712 (xvda) backend' 'd3 vif 0 guest'; do
        jq -r '.waits[] | .who + " " + .kind' "$WORK/waits" | grep -F "$who" >"$WORK/who"
        expect "xen waits: $who" . "$WORK/who"
    done
    equal "other networks are not stuck" 0 "$(jq '[.devices[] | select(.domid != 3 and .class == "vif" and .lasting)] | length' "$WORK/json")"
elif [[ $qdisk == 1 ]]; then
    tr -d '\000\r' <"$LAB_DUMP/serial.log" >"$WORK/log"
    expect "the QEMU of d1's disk is stopped" 'LAB: QEMU [0-9]+ is stopped' "$WORK/log"
    equal "a stopped QEMU: requests are not fetched" "waits for the backend true qemu" \
        "$(judged 1 vbd) $(jq -r '[.devices[] | select(.domid == 1 and .class == "vbd")][0] | "\(.unfetched > 0) \(.served_by)"' "$WORK/json")"
    equal "d2's disk, of blkback, is not stuck" "blkback 0" "$(jq -r '[.devices[] | select(.domid == 2 and .class == "vbd")] |
        "\(.[0].served_by) \(map(select(.lasting)) | length)"' "$WORK/json")"
    jq -r '.waits[] | .who + " " + .kind' "$WORK/waits" >"$WORK/who"
    expect "xen waits: d1's disk" '^d1 vbd 51712 \(xvda\) backend$' "$WORK/who"
else
    refute "no device of a healthy host is stuck" 'device is stuck' "$WORK/stands-out"
    if grep -q calm "$TRUTH"/console-* 2>/dev/null; then
        equal "guests that ended their work: all idle" idle "$(jq -r '.devices[] | select(.class == "vbd" or .class == "vif").judgement' "$WORK/json" | sort -u)"
        equal "and have answered all" "true" "$(jq '[.devices[] | select(.class == "vbd" or .class == "vif") | .outstanding + .unfetched + .unread] | add == 0' "$WORK/json")"
    fi
fi

# The threads that serve the rings: those in dom0's own ps, stopped if the scene stopped one
if [[ -z ${CHECK_FULL:-} || ! -s $WORK/rings ]] || ! crash_reads_kernel || ! crash_finds_tasks; then
    skip "threads of dom0" "only with --full, with devices, and a kernel that crash reads"
else
    printf 'xen io -v -j\nxen -j\nquit\n' >"$WORK/commands"
    xencrash | sed -n '/^{$/,/^}$/p' >"$WORK/both"
    jq -s '.[0]' "$WORK/both" >"$WORK/session"
    jq -s -r '.[1].statements[] | select(.about == "stands out").statement' "$WORK/both" >"$WORK/stands-out"
    jq -r '.rings[] | select(.pid != null) | "\(.pid) \(.thread[:15])"' "$WORK/session" | sort -u >"$WORK/got"
    {
        jq -r '.rings[] | select(.thread != null) | .thread[:15]' "$WORK/json"
        # QEMU by its number
        jq -r '[.devices[] | select(.served_by == "qemu").domid] | unique[]' "$WORK/json" | while read -r domid; do
            node "/local/domain/$domid/image/device-model-pid"
        done
    } | sort -u >"$WORK/threads"
    # PID PPID USER STAT COMMAND
    tr -d '\r' <"$TRUTH/ps" | awk 'FILENAME == ARGV[1] { thread[$1] = 1; next } $NF in thread || $1 in thread { print $1, $NF }' "$WORK/threads" - | sort -u >"$WORK/want"
    same "threads of dom0" "$WORK/want" "$WORK/got"
    jq -r '.rings[] | select(.task != null and (.task | test("^[0-9]+ T"))).thread' "$WORK/session" | sort -u >"$WORK/got"
    {
        [[ $stuck != 1 ]] || echo xenstored
        [[ $qdisk != 1 ]] || tr -d '\r' <"$TRUTH/ps" | awk -v pid="$(sed -n 's/.*LAB: QEMU \([0-9]*\) is stopped.*/\1/p' "$WORK/log")" '$1 == pid { print substr($5, 1, 15) }'
    } >"$WORK/want"
    same "stopped processes" "$WORK/want" "$WORK/got"
    # params of the backend's nodes: "/dev/ram1"
    awk '$2 == "vbd" { print $1, $3 }' "$WORK/devices" | while read -r domid id; do
        disk=$(node "/local/domain/0/backend/vbd/$domid/$id/params")
        [[ -z $disk ]] || echo "$domid $(basename "$disk")"
    done | sort -u >"$WORK/want"
    jq -r '.rings[] | select(.class == "vbd" and .disk != null) | "\(.domid) \(.disk | sub(" suspended$"; ""))"' "$WORK/session" | sort -u >"$WORK/got"
    same "disks below blkback" "$WORK/want" "$WORK/got"
    if [[ $frozen == 1 ]]; then
        equal "the frozen thread" "$(sed -n 's/.*LAB: \([0-9]*\) is FROZEN.*/\1 F/p' "$WORK/log")" \
            "$(jq -r '.rings[] | select(.task != null and (.task | test("^[0-9]+ F"))).task | split(",")[0]' "$WORK/session")"
        equal "that it fetches nothing is sure" true "$(jq '[.devices[] | select(.domid == 1 and .class == "vbd")][0].sure' "$WORK/session")"
        expect "the verdict names its device" '^device is stuck: d1 vbd 51712 \(xvda\) waits for the backend' "$WORK/stands-out"
    fi
    if [[ $qdisk == 1 ]]; then
        equal "that QEMU fetches nothing is sure" true "$(jq '[.devices[] | select(.domid == 1 and .class == "vbd")][0].sure' "$WORK/session")"
        expect "the verdict names its device" '^device is stuck: d1 vbd 51712 \(xvda\) waits for the backend' "$WORK/stands-out"
    fi
    if [[ $stuck == 1 ]]; then
        equal "the suspended disk" 1 "$(jq -r '.rings[] | select(.suspended).domid' "$WORK/session")"
        equal "blkback has handed d1's requests to the disk" true \
            "$(jq '[.rings[] | select(.domid == 1 and .class == "vbd")][0] | .at_disk == .outstanding and .unfetched == 0' "$WORK/session")"
        expect "the verdict names the suspended disk" '^device is stuck: d1 vbd 51712 \(xvda\) waits for the disk' "$WORK/stands-out"
        expect "and the stopped xenstored" '^device is stuck: d3 xenstore waits for the backend' "$WORK/stands-out"
        equal "that xenstored fetches nothing is sure" true "$(jq '[.devices[] | select(.domid == 3 and .class == "xenstore")][0].sure' "$WORK/session")"
    fi
fi

# filtered FILE COMMAND...: prints JSON of a dump that makedumpfile filtered
filtered() {
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$@" -j
}

# check_zeros: ELF without the memory of guests, in which their pages are zeros: nothing is concluded from those
check_zeros() {
    filtered "$WORK/filtered" io >"$WORK/zeros"
    equal "pages of rings that were excluded: no judgement" "not known" \
        "$(jq -r '.devices[] | select(.class == "vbd" or .class == "vif").judgement' "$WORK/zeros" | sort -u)"
    equal "and the reason" 0 "$(jq '[.devices[] | select((.class == "vbd" or .class == "vif") and (.because | test("only zeros") | not))] | length' "$WORK/zeros")"
    equal "of other rings nothing is sure" 0 "$(jq '[.devices[] | select((.class == "console" or .class == "xenstore") and .sure)] | length' "$WORK/zeros")"
    filtered "$WORK/filtered" | jq -r '.statements[] | select(.about == "stands out").statement' >"$WORK/zeros"
    refute "no device is stuck" 'device is stuck' "$WORK/zeros"
    expect "devices were not examined, says the verdict" 'not examined: .*devices' "$WORK/zeros"
}

# check_storeless: without the user memory of dom0, in which xenstored is, the rings are found by their grants
check_storeless() {
    filtered "$WORK/filtered" io -v >"$WORK/storeless"
    expect "xenstored was excluded: a note" 'the xenstore is not available: .*; rings are found by mapped grants' "$WORK/storeless"
    equal "the paused guest is judged by its rings" "guest paused" "$(jq -r '.devices[] | select(.domid == 2).judgement' "$WORK/storeless" | sort -u)"
    equal "its answers wait" true "$(jq '[.devices[] | select(.domid == 2 and .lasting)] | length > 0' "$WORK/storeless")"
    filtered "$WORK/filtered" | jq -r '.statements[] | select(.about == "stands out").statement' >"$WORK/storeless"
    expect "the verdict names its disk by the grant" '^device is stuck: d2 ring ref [0-9]+ waits for the guest, which does not run' "$WORK/storeless"
    filtered "$WORK/filtered" mem >"$WORK/storeless"
    equal "the uses of memory add up" "$(jq .ram.total "$WORK/storeless")" "$(jq '[.uses[].pages] | add' "$WORK/storeless")"
}

# check_typeless: a copy of the dump in which dom0's list of modules with BTF is empty
check_typeless() {
    local va at
    va=$(awk '$3 == "btf_modules" { print $1 }' "$LAB_DUMP/System.map")
    at=$(view vtop -d 0 "$va" -j | jq -r '.vtop[0].maddr')
    cp "$LAB_DUMP/vmcore" "$WORK/typeless"
    if ! python3 tests/lab/patch_core.py "$WORK/typeless" "${at#0x}" "$va" "$va"; then
        not_ok "dom0's list of modules with BTF is emptied"
        return
    fi
    printf 'xen io -v -j\nquit\n' >"$WORK/commands"
    VMCORE=$WORK/typeless xencrash | sed -n '/^{$/,/^}$/p' >"$WORK/session"
    rm "$WORK/typeless"
    expect "without BTF: a note" 'are unknown for 3 rings of blkback: .*xen_blkback \(BTF of the module\)' "$WORK/session"
    equal "no disk is named" 0 "$(jq '[.rings[] | select(.disk != null or .at_disk != null)] | length' "$WORK/session")"
    equal "the judgements remain, those that need the disk unsure" "waits for the disk false, guest paused true, guest does not take its answers" \
        "$(jq -r '[.devices[] | select(.class == "vbd") | "\(.judgement) \(.sure)"] | "\(.[0]), \(.[1]), \(.[2] | sub(" (true|false)$"; ""))"' "$WORK/session")"
    equal "a stopped xenstored is known by its task" "waits for the backend true" \
        "$(jq -r '.devices[] | select(.domid == 3 and .class == "xenstore") | "\(.judgement) \(.sure)"' "$WORK/session")"
}

# What a dump or a session lacks is said, and the rest is judged
if [[ $stuck == 1 ]]; then
    expect "without dom0's vmlinux: a note" "tasks and disks are not examined: they require dom0's vmlinux" "$WORK/json"
    expect "the same of waits" "tasks and disks are not examined: they require dom0's vmlinux" "$WORK/waits"
    if in_suite makedumpfile -E -X -d 0 "$LAB_DUMP/vmcore" "$WORK/filtered" >"$WORK/makedumpfile" 2>&1; then check_zeros; else
        skip "a dump without guests" "makedumpfile -X does not know this Xen"
    fi
    rm -f "$WORK/filtered"
    if in_suite makedumpfile -c -d 8 -x "$LAB_DUMP/vmlinux" "$LAB_DUMP/vmcore" "$WORK/filtered" >"$WORK/makedumpfile" 2>&1; then check_storeless; else
        skip "a dump without dom0's user memory" "makedumpfile does not know this kernel"
    fi
    rm -f "$WORK/filtered"
    if [[ -n ${CHECK_FULL:-} ]] && crash_reads_kernel && crash_finds_tasks; then check_typeless; else
        skip "without BTF" "only with --full, and a kernel that crash reads"
    fi
fi

# One domain; and the hypervisor alone, which contains neither the xenstore nor the
# rings
for domid in $(jq -r '[.devices[].domid] | unique | .[0] // empty' "$WORK/json"); do
    [[ -n ${CHECK_FULL:-} ]] || break
    view io -d "$domid" -j | jq -r '.devices[] | "\(.domid) \(.class) \(.id)"' | sort >"$WORK/got"
    grep "^$domid " "$WORK/devices" >"$WORK/one"
    same "only domain $domid" "$WORK/one" "$WORK/got"
    view extract -x "$WORK/xen.core" >"$WORK/out" 2>&1
    if [[ -f $WORK/xen.core ]]; then
        in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$WORK/xen.core" io -j >"$WORK/alone" 2>&1
        expect "without dom0's memory: a note" 'the xenstore is not available' "$WORK/alone"
        equal "and no device is idle" 0 "$(jq '[.devices[] | select(.judgement == "idle")] | length' "$WORK/alone")"
    fi
done
done_testing
