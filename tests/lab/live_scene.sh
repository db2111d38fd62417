#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Judgements on a running host of the same scene as the dump's, with the hypervisor's memory. Oracle: the scene, which decides what
# is stuck, and xl in the same minute.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

scene=$(sed -nE 's/^scene=.*(stuck|frozen|qdisk|storm|held).*/\1/p' "$LAB_DUMP/recipe")
if [[ -z ${CHECK_FULL:-} || -z $scene || $LAB_SUITE != $(meta xen_suite) ]]; then
    skip "a running host with this scene" "with --full, for scenes of stuck devices, zombies and storms: a host is booted for it"
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
    printf '%s,%s\n' "$found" "$(grep -E '^(xen|kernel)=' "$LAB_DUMP/recipe" | paste -sd ,)"
}

mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen-live.so,xenview} "$WORK/job/"
cp -r xen/profile/layouts "$WORK/job/"
printf '#!/bin/bash\nscene=%s\n' "$scene" >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview
export XEN_LAYOUTS=$PWD/layouts
judge=('io -j' 'waits -j' 'irqs -n -j' 'mem -j' 'xen -j')
# look NAME: the commands that judge, in one session
look() {
    printf '%s\n' 'source -x auto' "${judge[@]}" | timeout 1200 ./xenview -l >"out/$1" 2>&1
}
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
esac
refute "nothing is starved or lost" 'is starved|held back|lost event' "$WORK/stands-out"
[[ $scene == storm ]] || refute "no interrupt is disabled" 'interrupt storm' "$WORK/stands-out"
sed 's/^/# stands out: /' "$WORK/stands-out"
refute "no error" '^error: |"reason"' "$out/now"
done_testing
