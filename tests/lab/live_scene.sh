#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Judgements on a running host of the same scene as the dump's, with the hypervisor's memory. Oracle: the scene, which decides what
# is stuck.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

scene=$(sed -n 's/^scene=.*\(stuck\|frozen\|qdisk\|storm\).*/\1/p' "$LAB_DUMP/recipe")
if [[ -z ${CHECK_FULL:-} || -z $scene || $LAB_SUITE != $(meta xen_suite) ]]; then
    skip "a running host with this scene" "with --full, for scenes of stuck devices and storms: a host is booted for it"
    done_testing
    exit 0
fi

mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen-live.so,xenview} "$WORK/job/"
cp -r xen/profile/layouts "$WORK/job/"
printf '#!/bin/bash\nscene=%s\n' "$scene" >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview
export XEN_LAYOUTS=$PWD/layouts
# look NAME: the commands that judge, in one session
look() {
    printf '%s\n' 'source -x auto' 'io -j' 'waits -j' 'irqs -n -j' | timeout 300 ./xenview -l >"out/$1" 2>&1
}
if [[ $scene == storm ]]; then
    dd if=/dev/vda of=/dev/null bs=512 count=100000000 iflag=direct 2>/dev/null &
    sleep 2
fi
look now
if [[ $scene == stuck ]]; then
    tty=$(xenstore-read /local/domain/3/console/tty)
    kill -STOP "$(cat /run/xenstored.pid)"
    # a line at which pv3 asks xenstored
    echo >"$tty"
    sleep 3
    look silent
fi
exit 0
JOB
run_on_host "$(basename "$LAB_DUMP" | sed 's/-[0-9a-f]*$//')"

# answer WHEN COMMAND: prints its JSON
answer() {
    sed -n '/^{$/,/^}$/p' "$out/$1" | jq -s --arg command "$2" '.[] | select(.command == $command)'
}

# judged WHEN DOMID CLASS
judged() {
    answer "$1" io | jq -r ".devices[] | select(.domid == $2 and .class == \"$3\") | .judgement"
}
case $scene in
    stuck)
        equal "a suspended disk" "waits for the disk" "$(judged now 1 vbd)"
        equal "a paused guest, whose answers wait" "guest paused" "$(judged now 2 vbd)"
        equal "a masked event channel" "guest does not take its answers" "$(judged now 3 vbd)"
        equal "a stopped xenstored, whose memory is read" "waits for the backend" "$(judged silent 3 xenstore)"
        ;;
    frozen)
        equal "a frozen thread: requests are not fetched" "waits for the backend" "$(judged now 1 vbd)"
        equal "a network without buffers" "guest posts no buffers" "$(judged now 3 vif)"
        ;;
    qdisk) equal "a stopped QEMU: requests are not fetched" "waits for the backend" "$(judged now 1 vbd)" ;;
    storm) equal "one interrupt that Xen disabled" 1 "$(answer now irqs | jq '[.counts[] | select(.storm)] | length')" ;;
esac
refute "no error" '^error: |"reason"' "$out/now"
done_testing
