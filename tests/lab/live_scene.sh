#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Judgements on a running host of the same scene as the dump's, with the hypervisor's memory. Oracle: the scene, which decides what
# is stuck, and xl in the same minute.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

scene=$(sed -nE 's/^scene=.*(stuck|frozen|qdisk|storm|starved|held).*/\1/p' "$LAB_DUMP/recipe")
if [[ -z ${CHECK_FULL:-} || -z $scene || $LAB_SUITE != $(meta xen_suite) ]]; then
    skip "a running host with this scene" "with --full, for scenes of stuck devices, zombies, storms and a starved dom0: a host is booted for it"
    done_testing
    exit 0
fi

# recipe_of_dump: the recipe of the dump, with its hypervisor and kernel in case they override the recipe's. The memory is that
# of a running host (scripts/lab live).
recipe_of_dump() {
    local file name found=''
    for file in tests/vmcores/*.recipe; do
        name=$(basename "$file" .recipe)
        [[ $(basename "$LAB_DUMP") != "$name"-* || ${#name} -le ${#found} ]] || found=$name
    done
    # a third guest, for more who want to have the pcpu of dom0
    [[ $scene != starved ]] || found+=',guests=pv pv pv'
    printf '%s,%s\n' "$found" "$(grep -E '^(xen|kernel)=' "$LAB_DUMP/recipe" | paste -sd ,)"
}

mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen-live.so,xenview} tests/lab/live_ask.bash "$WORK/job/"
cp -r xen/profile/layouts "$WORK/job/"
printf '#!/bin/bash\nscene=%s\n' "$scene" >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview
. ./live_ask.bash
export XEN_LAYOUTS=$PWD/layouts
judge=('io -j' 'waits -j' 'irqs -n -j' 'mem -j' 'xen -j')
# look NAME: the commands that judge, in one session
look() {
    printf '%s\n' 'source -x auto' "${judge[@]}" | timeout 1200 ./xenview -l >"out/$1" 2>&1
}
# look_starved: the vcpus of dom0 and of three guests want to run on one pcpu for 300 s, by their pins. Then dom0's vcpu 0 gets the
# other pcpu, and the session; which looks three times; a guest is capped for the second one.
look_starved() {
    local busy=() cpu guest irq start
    # scripts/lab live gave them a tenth of a pcpu
    for guest in pv1 pv2 pv3; do
        xl sched-credit -d "$guest" -c 0
    done
    # no interrupt must wait for vcpu 1
    for irq in /proc/irq/*/smp_affinity; do
        echo 1 2>/dev/null >"$irq"
    done
    taskset -pc 0 $$ >/dev/null
    for cpu in 0 1; do
        taskset -c $cpu bash -c 'while :; do :; done' &
        busy+=($!)
    done
    start=$SECONDS
    while [[ $((SECONDS - start)) -lt 300 ]]; do
        echo "LAB: starved for $((SECONDS - start)) s" >/dev/console
        sleep 20
    done
    kill "${busy[0]}"
    xl vcpu-pin 0 0 1
    xl vcpu-list >out/vcpus-before
    open_session
    ask 2 'source -x auto' 'waits -j' 'xen -j'
    xl vcpu-list >out/vcpus-after
    xl sched-credit -d pv2 -c 1
    sleep 5
    xl sched-credit -d pv2 >out/cap
    ask 3 'waits -j'
    xl sched-credit -d pv2 -c 0
    sleep 5
    ask 4 'waits -j'
    close_session
    kill "${busy[1]}"
}
if [[ $scene == starved ]]; then
    look_starved
    exit 0
fi
if [[ $scene == storm ]]; then
    # Xen disables the interrupt for 10 ms each time: one look may come between
    for _ in {1..9}; do
        judge+=('irqs -n -j' 'xen -j')
    done
    dd if=/dev/vda of=/dev/null bs=512 count=100000000 iflag=direct 2>/dev/null &
    sleep 2
fi
xl list >out/xl-list
xl info >out/xl-info
look now
if [[ $scene == stuck ]]; then
    tty=$(xenstore-read /local/domain/3/console/tty)
    # when the session has removed its domain, xenconsoled asks xenstored for the others, and would wait for ever if that was stopped
    # before; then no line would reach pv3
    for _ in {1..60}; do
        [[ $(xl list | wc -l) -gt $(wc -l <out/xl-list) ]] || break
        sleep 1
    done
    sleep 10
    # for the last step, which may take a while under emulation: scripts/lab live gave it a tenth of a pcpu
    xl sched-credit2 -d pv3 -c 0
    kill -STOP "$(cat /run/xenstored.pid)"
    # a line at which pv3 asks xenstored
    echo >"$tty"
    judge=('io -j')
    for _ in {1..6}; do
        sleep 5
        look silent
        ! grep '"domid": 3, .*"class": "xenstore"' out/silent | grep -q 'waits for the backend' || break
    done
fi
exit 0
JOB
run_on_host "$(recipe_of_dump)"

# answer WHEN COMMAND: prints its JSON
answer() {
    sed -n '/^{$/,/^}$/p' "$out/$1" | jq -s --arg command "$2" '.[] | select(.command == $command)'
}

# judged WHEN DOMID CLASS
judged() {
    answer "$1" io | jq -r ".devices[] | select(.domid == $2 and .class == \"$3\") | .judgement"
}

# stands_out WHEN: prints what the verdict says
stands_out() {
    answer "$1" xen | jq -r '.statements[] | select(.about == "stands out").statement'
}

# waiters WHEN KIND
waiters() {
    answer "$1" waits | jq -r --arg kind "$2" '.waits[] | select(.kind == $kind).who'
}

# check_claim: free memory and claims are those of xl info, in MiB, and the verdict knows
check_claim() {
    local free claimed
    answer now mem >"$WORK/mem"
    claimed=$(awk '$1 == "outstanding_claims" { print $3 }' "$out/xl-info")
    equal "claims, in MiB as xl info prints them" "$claimed" "$(jq '.ram.claimed / 256 | floor' "$WORK/mem")"
    free=$(jq '[.uses[] | select(.group == "free").pages] | add / 256 | floor' "$WORK/mem")
    equal "free memory is claimed, to 4 MiB" yes "$([[ $((free - claimed)) -lt 4 && $((claimed - free)) -lt 4 ]] && echo yes || echo "free $free, claimed $claimed")"
    equal "the uses add up" "$(jq .ram.total "$WORK/mem")" "$(jq '[.uses[].pages] | add' "$WORK/mem")"
    expect "the verdict finds no memory left" '^heap exhausted: [0-9]+ of [0-9]+ free pages are claimed' "$WORK/stands-out"
}

# check_held: the domain that xl prints as dying waits for dom0
check_held() {
    local id
    id=$(awk 'NR > 1 && $5 ~ /d/ { print $2 }' <(sed 's/(null)/null/' "$out/xl-list"))
    expect "xl prints one dying domain" '^[0-9]+$' <(echo "$id")
    answer now waits | jq -r '.waits[] | select(.kind == "references") | "\(.who) \(.holder): \(.because)"' >"$WORK/zombies"
    equal "it is the only one that waits for references" "d$id" "$(cut -d ' ' -f 1 "$WORK/zombies")"
    expect "to dom0, which maps its grant" "^d$id d0: .*d0 maps grant 0" "$WORK/zombies"
    expect "the verdict says so" "^zombie domain d$id, .*d0 maps grant 0" "$WORK/stands-out"
    refute "no device is stuck" 'device is stuck' "$WORK/stands-out"
}

# pinned DOMID VCPU FILE: its hard affinity as xl vcpu-list printed it, whose columns are NAME ID VCPU CPU STATE TIME HARD / SOFT
pinned() {
    awk -v d="$1" -v v="$2" '$2 == d && $3 == v { print $7 }' "$out/$3"
}

# check_starved: vcpus that share a pcpu wait for it, dom0's for the greatest part of its time, a capped guest for its cap
check_starved() {
    local who ran
    # not the session's own domain, by which it reads the hypervisor's memory
    answer now waits | jq -s '[.[] | [.waits[] | select((.kind == "pcpu" or .kind == "cap") and .domid <= 3)]]' >"$WORK/waits"
    jq -r '.[0][] | select(.kind == "pcpu").who' "$WORK/waits" | grep -v '^d0v0$' >"$WORK/who"
    expect "of four vcpus that want one pcpu some wait" '^d[0-3]v[01]$' "$WORK/who"
    equal "for that pcpu" "pcpu 0" "$(jq -r '.[0][] | select(.who != "d0v0").what' "$WORK/waits" | sort -u)"
    while read -r who; do
        equal "$who waits, pinned to the pcpu that xl printed" "pinned to pcpu $(pinned "${who:1:1}" "${who:3}" vcpus-before)" \
            "$(jq -r --arg who "$who" '.[0][] | select(.who == $who).because' "$WORK/waits" | grep -o 'pinned to pcpu .*')"
    done <"$WORK/who"
    expect "dom0 was slow, says the verdict" '^dom0 was slow: d0v1 got a pcpu for [0-9]+ % of the [0-9.]+ s' "$WORK/stands-out"
    # NAME ID VCPU CPU STATE TIME
    ran=$(answer now xen | jq -r '.statements[] | select(.statement | test("slow: d0v1")).evidence' | sed -nE 's/.*running ([0-9.]+) s,.*/\1/p')
    equal "with the time that xl printed before and after" yes "$(awk -v ran="${ran:-none}" '$2 == 0 && $3 == 1 { time[n++] = $6 }
        END { print time[0] - 0.1 <= ran && ran <= time[1] + 0.1 ? "yes" : ran " is not in " time[0] " to " time[1] }' "$out/vcpus-before" "$out/vcpus-after")"
    expect "xl printed a cap of 1" '^pv2 +2 +[0-9]+ +1$' "$out/cap"
    equal "the capped guest waits for its cap" "d2v0 its cap of 1 percent of a pcpu" "$(jq -r '.[1][] | select(.kind == "cap") | "\(.who) \(.what)"' "$WORK/waits")"
    equal "nothing did before, or does without the cap" 0 "$(jq '[.[0, 2][] | select(.kind == "cap")] | length' "$WORK/waits")"
}

stands_out now >"$WORK/stands-out"
case $scene in
    stuck)
        equal "a suspended disk" "waits for the disk" "$(judged now 1 vbd)"
        equal "a paused guest, whose answers wait" "guest paused" "$(judged now 2 vbd)"
        equal "a masked event channel" "guest does not take its answers" "$(judged now 3 vbd)"
        equal "a stopped xenstored, whose memory is read" "waits for the backend" "$(judged silent 3 xenstore)"
        expect "the verdict names d2's disk" '^device is stuck: d2 vbd 51712 \(xvda\) waits for the guest, which does not run' "$WORK/stands-out"
        ;;
    frozen)
        equal "a frozen thread: requests are not fetched" "waits for the backend" "$(judged now 1 vbd)"
        equal "a network without buffers" "guest posts no buffers" "$(judged now 3 vif)"
        expect "the verdict names d3's network" '^device is stuck: d3 vif 0 waits for the guest to post buffers' "$WORK/stands-out"
        check_claim
        ;;
    qdisk)
        equal "a stopped QEMU: requests are not fetched" "waits for the backend" "$(judged now 1 vbd)"
        waiters now backend >"$WORK/who"
        expect "xen waits: d1's disk" '^d1 vbd 51712 \(xvda\)$' "$WORK/who"
        ;;
    storm)
        equal "one interrupt that Xen disabled" 1 "$(answer now irqs | jq '[.counts[] | select(.storm)] | length' | sort -n | tail -n 1)"
        expect "the verdict names it" '^interrupt storm: Xen disabled irq [0-9]+ for a while, bound to d0$' "$WORK/stands-out"
        ;;
    held) check_held ;;
    starved) check_starved ;;
esac
[[ $scene == starved ]] || refute "nothing is starved or lost" 'is starved|held back|lost event' "$WORK/stands-out"
[[ $scene == storm ]] || refute "no interrupt is disabled" 'interrupt storm' "$WORK/stands-out"
sed 's/^/# stands out: /' "$WORK/stands-out"
refute "no error" '^error: |"reason"' "$out/now"
done_testing
