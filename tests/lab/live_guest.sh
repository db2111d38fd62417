#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests of a running host: crash sessions on them (xencrash -d), cores and logs of them, and their pauses. Oracle: a program in
# each guest prints its processes, modules, mounts, a symbol and the kernel's log on its console, and then counts; xl list.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ -z ${CHECK_FULL:-} || $(basename "$LAB_DUMP") != @(@(trixie|bookworm|bullseye)-key-C|trixie-hvm)-* || $(meta death) != key-C ||
    $(meta xen) == source:* || $LAB_SUITE != trixie ]]; then
    skip "guests of a running host" "on trixie-key-C, bookworm-key-C, bullseye-key-C and trixie-hvm only, with crash 8.0.6 and --full: crash takes minutes to start in an emulated dom0"
    done_testing
    exit 0
fi

# Kinds of guests: the first one is paused and its session killed, the last one runs on. An HVM guest is that of the recipe, booted
# by its boot loader with the initrd of this test.
xen=$(meta xen_suite)
types="pv pvh" megabytes=96 host="trixie-noguest,xen=$xen,kernel=$xen"
if [[ $(basename "$LAB_DUMP") == trixie-hvm-* ]]; then
    types=hvm megabytes=192 host="trixie-hvm,xen=$xen,kernel=$xen,memory=3000M,dom0_mem=1900M"
fi
paused=${types%% *} running=${types##* }

# guest: the initrd of the guests
guest() {
    local tree=$WORK/guest kernel
    local kernels=("$LAB_DUMP/../../kernels/$(meta kernel_release)"-*/modules/order.ext4)
    kernel=$(dirname "${kernels[0]}")
    mkdir -p "$tree"/{bin,proc,sys,dev,tmp}
    cp "$(scripts/lab root "$LAB_SUITE")/usr/bin/busybox" "$tree/bin/"
    cp "$kernel/$(grep -m 1 crc16 "$kernel/order.ext4")" "$tree/crc16.ko"
    cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
[ -n "$MARKER" ] || MARKER=marker-of-the-guest exec /bin/busybox sh /init
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
# a pause is no fault of its kernel
echo 0 >/proc/sys/kernel/soft_watchdog
echo 1 >/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
insmod /crc16.ko
echo text >/tmp/held
exec 9</tmp/held
mkfifo /tmp/fifo
cat /tmp/fifo &
sleep 1
sed 's/^/GUEST stack /' /proc/$!/stack
sed -E 's/^([0-9]+) \((.*)\) (.) ([0-9]+) .*/GUEST ps \1 \4 \2/' /proc/[0-9]*/stat 2>/dev/null
sed 's/^/GUEST mod /' /proc/modules
sed 's/^/GUEST mount /' /proc/mounts
grep -E ' (init_task|linux_banner)$' /proc/kallsyms | sed 's/^/GUEST sym /'
dmesg | sed 's/^/GUEST log /'
echo "GUEST end"
echo "LAB-GUEST: up"
while :; do
    echo "GUEST count $(cut -d ' ' -f 1 /proc/uptime)"
    i=0
    while [ $i -lt 200 ]; do i=$((i + 1)); done
    sleep 1
done
INIT
    chmod 755 "$tree/init"
    (cd "$tree" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) | gzip -1 >"$WORK/job/guest.initrd"
    cp "$kernel/../vmlinuz" "$WORK/job/vmlinuz"
    for type in $types; do
        printf '%s\n' "name=\"live$type\"" "type=\"$type\"" "memory=$megabytes" 'vcpus=2' 'kernel="/host/vmlinuz"' 'ramdisk="/host/guest.initrd"' \
            'extra="console=hvc0 norandmaps nosoftlockup rcupdate.rcu_cpu_stall_suppress=1"' >"$WORK/job/live$type.cfg"
    done
    # finds no init, panics, and is kept
    sed "s/^name=.*/name=\"livedead\"/; s/^extra=.*/extra=\"console=hvc0 rdinit=none xen_legacy_crash\"/" "$WORK/job/live$running.cfg" >"$WORK/job/livedead.cfg"
    echo 'on_crash="preserve"' >>"$WORK/job/livedead.cfg"
}

# xen-live.so is built with the libraries of the Xen that runs; crash is that of LAB_SUITE, and reads the kernels of all of them
libraries=$LAB_BUILD
if [[ $xen != "$LAB_SUITE" ]]; then
    libraries=$LAB_BUILD/$xen
    scripts/lab in "$xen" make -s B="$libraries" "$libraries/xen-live.so" >"$WORK/make" 2>&1 || not_ok "xen-live.so of $xen is built" "$WORK/make"
fi
mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen.so,xenview} "$libraries/xen-live.so" scripts/xencrash scripts/xencrash-kernel "$WORK/job/"
guest
printf '%s\n' ps mod mount 'files 1' 'ps -a 1' 'vm 1' 'sym init_task' 'rd linux_banner 4' log 'bt -a' 'foreach cat bt' >"$WORK/list"
# paused, and killed at its end; the other one ends normally
{
    echo '!xl list >/host/out/list-paused'
    cat "$WORK/list"
    printf '%s\n' xen "xen vcpus -d live$paused" '!touch /tmp/at-end' '!sleep 1000'
} >"$WORK/job/commands-paused"
{
    echo '!xl list >/host/out/list-running'
    cat "$WORK/list"
    printf '%s\n' '!sleep 3' 'log' xen quit
} >"$WORK/job/commands-running"
echo quit >"$WORK/job/commands-dead"
printf '#!/bin/bash\ntypes="%s" paused=live%s running=live%s\n' "$types" "$paused" "$running" >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview xencrash
console=/var/log/xen/console
all() {
    local name=$1
    shift
    step "$name"
    "$@" >"out/$name" 2>&1 </dev/null
}
# step WORD: in the serial log
step() {
    echo "live_guest: $SECONDS s: $1" >/dev/console
}
# counted NAME: the last line in which the guest counts; its kernel prints others
counted() {
    grep -a $'^GUEST count [0-9.]*\r$' "$console/guest-$1.log" | tail -n 1
}
# is_paused NAME
is_paused() {
    xl list "$1" | awk 'NR == 2 { exit $5 !~ /p/ }'
}
# gone: a guest died, and xl started it again: so does scripts/lab the host
gone() {
    [[ $(xl domid $paused) != "$domid" ]]
}
step create
for type in $types; do
    if [[ $type == hvm ]]; then
        xl rename hvm1 livehvm
        ln -s guest-hvm1.log $console/guest-livehvm.log
    else
        xl create -q "live$type.cfg"
    fi
    step "created $type"
done
for type in $types; do
    for ((i = 0; i < 900; i++)); do
        ! grep -q 'GUEST end' "$console/guest-live$type.log" || break
        sleep 1
    done
    cp "$console/guest-live$type.log" "out/console-$type"
    step "up $type"
    # under emulation the guests would use all processor time
    xl sched-credit2 -d "live$type" -c 10
done
export XEN_SO=$PWD/xen.so XENVIEW=$PWD/xenview
# a guest that is lost while it boots is started again by xl
echo 'LAB: live, with the guests of this job' >/dev/console
# one after the other: two require more memory than dom0 has
date +%s >out/start
domid=$(xl domid $paused)
step session-paused
counted $paused >out/count-start
./xencrash -P -d $paused -i commands-paused >out/session-paused 2>&1 </dev/null &
pid=$!
for ((i = 0; i < 500; i++)); do
    [[ ! -e /tmp/at-end ]] && kill -0 $pid 2>/dev/null || break
    ! gone || exit 1
    sleep 3
done
date +%s >>out/start
is_paused $paused && echo paused >out/at-end
step at-end
counted $paused >out/count-paused
sleep 4
counted $paused >>out/count-paused
pgrep -x crash | xargs -r kill -KILL
for ((i = 0; i < 50; i++)); do
    is_paused $paused || break
    sleep 0.2
done
is_paused $paused || echo running >out/after-kill
# the shell command of the session, which outlives the session and keeps its
# output open
pgrep -x sleep | xargs -r kill
# on a busy machine the guest takes a minute for a line
for ((i = 0; i < 100; i++)); do
    counted $paused >out/count-after
    tail -n 1 out/count-paused | cmp -s - out/count-after || break
    sleep 3
done
date +%s >out/after
wait
pgrep -x xen-watchdog >out/watchdogs
! gone || exit 1
# crash reads a list of tasks that changes
for ((i = 0; i < 3; i++)); do
    all session-running timeout 1500 ./xencrash -d $running -i commands-running
    grep -q 'crash failed to initialize its [a-z]*, see its message above; the guest changed meanwhile' out/session-running || break
done
! gone || exit 1
date +%s >>out/start
cp "$console/guest-$running.log" out/console-end
if [[ $types != hvm ]]; then
    all create-dead xl create -q livedead.cfg
    for ((i = 0; i < 300; i++)); do
        [[ $(xl list livedead | awk 'NR == 2 { print $5 }') != *c* ]] || break
        sleep 1
    done
    cp "$console/guest-livedead.log" out/console-dead
    all session-dead timeout 1500 ./xencrash -d livedead -i commands-dead
    all extract-dead ./xenview -l extract -d livedead out/core-dead
    rm out/core-dead
    xl destroy livedead
fi
all guest ./xenview -l guest
all guest.json ./xenview -l guest -j
for type in $types; do
    all "log-$type" ./xenview -l log -d "live$type"
    all "extract-$type.json" ./xenview -l extract -P -d "live$type" "out/core-$type" -j
done
all extract-running ./xenview -l extract -d $running out/core-running
rm out/core-running
all extract-dom0 ./xenview -l extract -d 0 out/core-dom0
all extract-pause0 ./xenview -l extract -P -d 0 out/core-dom0
all extract-x ./xenview -l extract -x out/core-x
all extract-dump ./xenview -l extract -P -x out/core-x
xl pause $paused
all extract-again ./xenview -l extract -P -n -d $paused out/core-empty
is_paused $paused && echo paused >out/nested
all extract-xc.json ./xenview -l extract -f xc_core -P -d $paused out/xc -j
[[ $paused != livepv ]] || all dump-core xl dump-core $paused out/dump-core
is_paused $paused && echo paused >>out/nested
xl unpause $paused
[[ $paused != livepv ]] || gzip -1 out/xc out/dump-core
rm out/core-empty
ls -la out/ >out/listing
# killed in the middle
step killed
killed=
for signal in KILL INT HUP; do
    ./xenview -l extract -P -d $paused "/tmp/core-$signal" >/dev/null 2>&1 &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        if is_paused $paused; then
            kill -"$signal" $pid
            killed="$killed $signal"
            break
        fi
    done
    wait $pid
    for ((i = 0; i < 30; i++)); do
        is_paused $paused || break
        sleep 0.2
    done
    is_paused $paused && echo "$signal" >>out/still-paused
    rm -f /tmp/core-*
done
echo "$killed" >out/killed
JOB
run_on_host "$host" "$LAB_SUITE"

# The guests' own lists: printed KEY TYPE
printed() {
    tr -d '\r' <"$out/console-$2" | sed -n "s/^GUEST $1 //p"
}
for type in $types; do
    equal "$type: the guest printed its lists" 1 "$(tr -d '\r' <"$out/console-$type" | grep -c '^GUEST end')"
done

# In xenview: systems of the guests, logs, cores
jq -r '.guests[] | select(.hostname != null) | "\(.type) \(.os) \(.release) \(.build_id)"' "$out/guest.json" | sort >"$WORK/got"
id=$(scripts/lab in "$LAB_SUITE" readelf -n "$LAB_DUMP/vmlinux" | awk '$1 == "Build" { print $3; exit }')
for type in $types; do
    echo "${type^^} Linux $(meta kernel_release) $id"
done >"$WORK/want"
same "guest recognises the kernels" "$WORK/want" "$WORK/got"
expect "guest: dom0 by its reason" "dom0's memory is not read by hypercalls" "$out/guest"
for type in $types; do
    printed log "$type" >"$WORK/want"
    in_order "$type: log -d has the lines of the guest's dmesg" "$WORK/want" "$out/log-$type"
    equal "$type: extract, no error" 0 "$(jq '.errors | length' "$out/extract-$type.json")"
    equal "$type: extract, no note" '[]' "$(jq -c .notes "$out/extract-$type.json")"
    equal "$type: extract, no page is missing" 0 "$(jq .extract.unreadable "$out/extract-$type.json")"
    equal "$type: extract, its memory" 1 "$(jq "(.extract.pages - $megabytes * 256 | fabs) < 180 | if . then 1 else 0 end" "$out/extract-$type.json")"
done
expect "a guest that runs on: a note" '^note: the domain was running while its memory was read' "$out/extract-running"
expect "dom0 is not read" "dom0's memory is not read by hypercalls" "$out/extract-dom0"
expect "dom0 is not paused" 'domain 0 is not paused: dom0 depends on it' "$out/extract-pause0"
expect "-x requires a dump" '"-x" and "-X" read the frame table' "$out/extract-x"
expect "-P with -x" '"-P" requires "-d DOMID"' "$out/extract-dump"
equal "a pause by xl pause stays" "paused paused" "$(xargs <"$out/nested")"
if [[ $paused == pv ]]; then
    gunzip "$out"/{xc,dump-core}.gz
    python3 tests/lab/xc_core.py "$out/dump-core" "$out/xc" >"$WORK/got" 2>&1
    same "-f xc_core has what xl dump-core wrote of the paused guest" /dev/null "$WORK/got"
    equal "-f xc_core, no page is missing" 0 "$(jq .extract.unreadable "$out/extract-xc.json")"
else
    expect "-f xc_core" 'xc_core is only for PV domains' "$out/extract-xc.json"
fi
equal "extract was killed while it held the guest" " KILL INT HUP" "$(cat "$out/killed")"
equal "and the guest is not paused afterwards" "" "$(cat "$out/still-paused" 2>/dev/null)"

# check_lists NAME TYPE SESSION: compares crash's output on the guest
check_lists() {
    local name=$1 type=$2 session=$3
    between ps "$session" | sed 's/^>/ /' | awk '$1 ~ /^[0-9]+$/ && $1 > 0 { gsub(/[][]/, "", $9); sub(/[-+].*/, "", $9); print $1, $2, substr($9, 1, 12) }' | sort >"$WORK/got"
    printed ps "$type" | awk '$3 != "sed" { sub(/[-+].*/, "", $3); print $1, $2, substr($3, 1, 12) }' | grep -v kworker | sort >"$WORK/want"
    comm -23 "$WORK/want" "$WORK/got" >"$WORK/missing"
    equal "$name: the guest has processes" 1 "$(($(wc -l <"$WORK/want") > 20))"
    same "$name: ps has all of its /proc" /dev/null "$WORK/missing"
    between mod "$session" | awk '$2 ~ /^[a-z]/ { print $2 }' | sort >"$WORK/got"
    printed mod "$type" | awk '{ print $1 }' | sort >"$WORK/want"
    same "$name: mod is its /proc/modules" "$WORK/want" "$WORK/got"
    between mount "$session" | awk 'NR > 1 && $NF ~ "^/" { print $NF }' | sort >"$WORK/got"
    printed mount "$type" | awk '{ print $2 }' | sort >"$WORK/want"
    same "$name: mount is its /proc/mounts" "$WORK/want" "$WORK/got"
    printed log "$type" >"$WORK/want"
    between log "$session" >"$WORK/lines"
    as_console "$WORK/lines" >"$WORK/got"
    in_order "$name: log has its dmesg" "$WORK/want" "$WORK/got"
    between "files 1" "$session" >"$WORK/one"
    expect "$name: files has the file that it holds" ' /tmp/held$' "$WORK/one"
    between "ps -a 1" "$session" >"$WORK/one"
    expect "$name: the marker in its user memory" 'MARKER=marker-of-the-guest' "$WORK/one"
    between "vm 1" "$session" >"$WORK/one"
    expect "$name: vm" '^ffff.*busybox' "$WORK/one"
    between "foreach cat bt" "$session" | awk '$1 ~ /^#/ { print $3 }' >"$WORK/got"
    printed stack "$type" | sed 's/^[^ ]* //; s/+.*//' >"$WORK/want"
    equal "$name: a blocked process printed its stack" 1 "$(($(wc -l <"$WORK/want") > 3))"
    in_order "$name: bt has the functions of that stack" "$WORK/want" "$WORK/got"
    between "sym init_task" "$session" | awk '{ print $1 }' >"$WORK/got"
    printed sym "$type" | awk '$3 == "init_task" { print $1 }' >"$WORK/want"
    same "$name: sym is its kallsyms" "$WORK/want" "$WORK/got"
}
check_lists "$paused, paused" "$paused" "$out/session-paused"
check_lists "$running, running" "$running" "$out/session-running"
between xen "$out/session-paused" >"$WORK/one"
expect "the overview has the guest" "GUEST: d[0-9]+ \\(live$paused\\), Linux .* tasks, paused" "$WORK/one"
expect "and the host" 'VERDICT: the host is running' "$WORK/one"
between "bt -a" "$out/session-paused" >"$WORK/one"
equal "bt -a: both vcpus" 2 "$(grep -c '^PID: ' "$WORK/one")"
equal "paused in the session" 1 "$(awk -v name="live$paused" '$1 == name && $5 ~ /p/' "$out/list-paused" | wc -l)"
equal "not paused without -P" 0 "$(awk -v name="live$running" '$1 == name && $5 ~ /p/' "$out/list-running" | wc -l)"
equal "paused to its end" paused "$(cat "$out/at-end" 2>/dev/null)"
equal "a paused guest does not count" 1 "$(sort -u "$out/count-paused" | wc -l)"
equal "not paused once crash is killed" running "$(cat "$out/after-kill" 2>/dev/null)"
equal "and it goes on counting" 2 "$(cat "$out/count-after" "$out/count-paused" | sort -u | wc -l)"
# the time that passed between the two lines and, for a line every few seconds, some more
equal "its clock has not jumped by more than the session" 1 "$(tr -d '\r' <"$out/count-start" | cat - <(tr -d '\r' <"$out/count-after") |
    awk -v limit="$(($(cat "$out/after") - $(head -n 1 "$out/start") + 10))" '{ time[NR] = $3 } END { print (time[2] > time[1] && time[2] - time[1] <= limit) }')"
# counts FILE: seconds that a guest printed last
counts() {
    tr -d '\r' <"$1" | awk '/^GUEST count [0-9.]+$/ { last = int($3) } END { print last + 0 }'
}
equal "the one that was not paused counts on" 1 "$(($(counts "$out/console-end") > $(counts "$out/console-$running") + 10))"
equal "no watchdog stays" "" "$(cat "$out/watchdogs")"
awk 'NR > 1 { printf "# a session after %d s\n", $1 - last } { last = $1 }' "$out/start"

# One that panicked and was kept: its console has the panic
if [[ $types != hvm ]]; then
    panic=$(tr -d '\r' <"$out/console-dead" | sed -n 's/.*\(Kernel panic - not syncing: .*\)/\1/p' | head -n 1)
    task=$(tr -d '\r' <"$out/console-dead" | sed -n 's/.* PID: \([0-9]*\) .*Comm: \([^ ]*\) .*/\1 \2/p' | head -n 1)
    equal "the kept guest panicked" 1 "$([[ -n $panic && -n $task ]] && echo 1)"
    expect "it is shut down in the session" 'GUEST: d[0-9]+ \(livedead\), Linux .*, shut down$' "$out/session-dead"
    equal "crash finds the panic" "PANIC: \"$panic\"" "$(grep -m 1 -o 'PANIC: .*' "$out/session-dead")"
    equal "and the task that panicked" "$task" "$(awk '$1 == "PID:" && !pid { pid = $2 } $1 == "COMMAND:" && !name { name = $2 } END { gsub(/"/, "", name); print pid, name }' "$out/session-dead")"
    expect "in the panic's state" 'STATE: .*\(PANIC\)' "$out/session-dead"
    equal "a core of it has no note that it was running" 0 "$(grep -c 'was running' "$out/extract-dead")"
fi

# The cores in plain crash
for type in $types; do
    { grep -v '^rd' "$WORK/list"; echo quit; } >"$WORK/commands"
    scripts/lab in "$LAB_SUITE" crash -i "$WORK/commands" "$LAB_DUMP/vmlinux" "$out/core-$type" </dev/null >"$WORK/session" 2>&1
    check_lists "$type: its core in plain crash" "$type" "$WORK/session"
done
done_testing
