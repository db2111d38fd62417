#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Judgements on a running host of the same scene as the dump's. Oracle: the scene, which decides what is stuck.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

scene=$(sed -n 's/^scene=.*\(stuck\|frozen\|qdisk\).*/\1/p' "$LAB_DUMP/recipe")
if [[ -z ${CHECK_FULL:-} || -z $scene || $LAB_SUITE != $(meta xen_suite) ]]; then
    skip "a running host with this scene" "with --full, for scenes of stuck devices: a host is booted for it"
    done_testing
    exit 0
fi

mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen-live.so,xenview} "$WORK/job/"
printf '#!/bin/bash\nscene=%s\n' "$scene" >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview
# look NAME: the commands that judge
look() {
    local command
    for command in io waits; do
        timeout 120 ./xenview -l "$command" -j >"out/$1-$command" 2>"out/$1-$command.err" </dev/null
    done
}
look now
if [[ $scene == stuck ]]; then
    kill -STOP "$(pidof xenstored)"
    look silent
fi
exit 0
JOB
run_on_host "$(basename "$LAB_DUMP" | sed 's/-[0-9a-f]*$//')"

# judged WHEN DOMID CLASS
judged() {
    jq -r ".devices[] | select(.domid == $2 and .class == \"$3\") | .judgement" "$out/$1-io"
}
case $scene in
    stuck)
        equal "a suspended disk" "waits for the disk" "$(judged now 1 vbd)"
        equal "a paused guest, whose answers wait" "guest paused" "$(judged now 2 vbd)"
        equal "a masked event channel" "guest does not take its answers" "$(judged now 3 vbd)"
        ;;
    frozen)
        equal "a frozen thread: requests are not fetched" "waits for the backend" "$(judged now 1 vbd)"
        equal "a network without buffers" "guest posts no buffers" "$(judged now 3 vif)"
        ;;
    qdisk) equal "a stopped QEMU: requests are not fetched" "waits for the backend" "$(judged now 1 vbd)" ;;
esac
done_testing
