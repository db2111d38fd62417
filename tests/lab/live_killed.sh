#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions that read a running hypervisor's memory and are stopped, killed, or lack file descriptors, and the same for their
# watchdogs: each time all changes are removed, the host runs, and another session keeps its own. Oracle: xl in the same minute.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

case $(basename "$LAB_DUMP") in
    trixie-key-C-*) method=D recipe=trixie-key-C ;;
    src420-debug-key-C-*) method=C recipe=src420-debug-key-C,memory=1500M,dom0_mem=600M ;;
    trixie-pvh-dom0-*) method=B recipe='trixie-pvh-dom0,guests=pv pvh,memory=1500M,dom0_mem=600M' ;;
    *) method='' ;;
esac
if [[ -z ${CHECK_FULL:-} || -z $method || $LAB_SUITE != trixie ]]; then
    skip "killed sessions" "on trixie-key-C, src420-debug-key-C and trixie-pvh-dom0 only, with crash 8.0.6 and --full: it boots a host"
    done_testing
    exit 0
fi

mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen-live.so,xenview} tests/lab/live_job.bash "$WORK/job/"
printf '#!/bin/bash\nmethod=%s\n' $method >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview
. ./live_job.bash
# helpers: prints the numbers of the helper domains
helpers() {
    domains | awk '$1 >= 32256 { print $1 }'
}
domains >out/before
xl list >out/list-1

# Another session, which reads now and at the end. Memory mapped into dom0 has one reader at a time.
others=0
if [[ $method != B ]]; then
    asked other
    other=$session ask=$words others=1
fi
note_left left-other
helpers >out/helper-other

# stopped, continued, stopped and killed
reader stopped
kill -STOP "$reader"
take cleanup-stopped ./xenview -l source -x cleanup
note_left left-stopped
size=$(stat -c %s out/stopped)
kill -CONT "$reader"
for ((i = 0; i < 300; i++)); do
    [[ $(stat -c %s out/stopped) -le $size ]] || break
    read -r -t 0.1 <&"$silent"
done
echo $(($(stat -c %s out/stopped) > size)) >out/continued
kill -STOP "$reader"
end stopped-killed KILL "$reader"

# its watchdog stopped, or killed first: the session ends normally
for signal in STOP KILL; do
    asked watchdog-$signal
    watchdog=$(pgrep -x -P "$session" xen-watchdog)
    kill -$signal "$watchdog"
    finish watchdog-$signal
    gone "$watchdog"
    echo $? >out/watchdog-$signal-stays
    note_left left-watchdog-$signal
done

# its watchdog stopped, the session killed: no cleanup until the watchdog is
# continued
reader both
watchdog=$(pgrep -x -P "$reader" xen-watchdog)
kill -STOP "$watchdog"
kill -KILL "$reader"
sleep 3
note_left left-both-stopped
kill -CONT "$watchdog"
gone "$watchdog"
note_left left-both

# few files
for files in 4 6 8 10 12 14 16 20 32 64; do
    (ulimit -n $files && exec timeout 120 ./xenview -l source -x "$method") >out/limit-$files 2>&1 </dev/null
    echo "$files $?"
done >out/limits
tell limits
note_left left-limits
asked in-use
for files in 4 6 8 10 12 14 16 20 32 64; do
    (ulimit -n $files && exec timeout 120 ./xenview -l source -x cleanup) >out/cleanup-$files 2>&1 </dev/null
    echo "$files $?"
done >out/cleanups
tell cleanups
note_left left-cleanups
finish in-use
note_left left-in-use

# 15 sessions, killed while they read or while they start; the next one starts at once
for ((n = 1; n <= 15; n++)); do
    begin row-$n
    if ((n % 3)); then wait_for 'DID ' out/row-$n; else sleep 0.$((n / 3 * 2 - 1)); fi
    kill -KILL "$reader"
done
start=${EPOCHREALTIME/./}
running() {
    pgrep -x xen-watchdog | wc -l
}
while [[ $(running) -gt $others && $((${EPOCHREALTIME/./} - start)) -lt 60000000 ]]; do
    read -r -t 0.1 <&"$silent"
done
echo $(((${EPOCHREALTIME/./} - start) / 10000)) >out/row-for
note_left left-row
grep -l "note: WARNING: method $method: " out/row-* >out/reading
domains >out/after-row

# the other session reads again
if [[ $method != B ]]; then
    helpers >out/helper-after
    printf 'rd do_sysctl 4\nmark\n' >&"$ask"
    wait_for 'no command "mark' out/other
    session=$other words=$ask
    finish other
fi
note_left left-after
domains >out/after
xl list >out/list-2
xl dmesg | tail -n 400 >out/last
JOB
run_on_host "$recipe"

base=1
[[ $method != B ]] || base=0
# left NAME MORE TEXT: number of helpers, or whether memory is mapped, in addition to
# those of the other session
left() {
    equal "$3" $((base + $2)) "$(cat "$out/left-$1")"
}
# ended NAME TEXT: the process ended before the job stopped waiting, which is not
# required on a busy machine
ended() {
    printf '# %s: %s hundredths of a second\n' "$1" "$(cat "$out/$1-for")"
    equal "$2 within a minute" 1 "$(($(cat "$out/$1-for") < 6000))"
}
left other 0 "the other's memory source"

left stopped 1 "a stopped session keeps what it uses"
expect "cleanup does not remove it" 'sessions: 0 removed' "$out/cleanup-stopped"
equal "continued, it reads on" 1 "$(cat "$out/continued")"
ended stopped-killed "killed while stopped, nothing is left"
left stopped-killed 0 "nothing at all"

ended watchdog-STOP "with its watchdog stopped, a session ends"
ended watchdog-KILL "with its watchdog killed, a session ends"
equal "a stopped watchdog is ended" 0 "$(cat "$out/watchdog-STOP-stays")"
left watchdog-STOP 0 "and removes all itself: watchdog stopped"
left watchdog-KILL 0 "and removes all itself: watchdog killed"
left both-stopped 1 "session killed and watchdog stopped: it stays"
left both 0 "until the watchdog is continued"

# 127: its libraries could not be loaded
awk '$2 > 1 && $2 != 127' "$out/limits" "$out/cleanups" >"$WORK/got"
same "with few files: an error, no crash and no hang" /dev/null "$WORK/got"
equal "with 4 none reads" 1 "$(awk '$1 == 4 { print $2 != 0 }' "$out/limits")"
expect "with 64 one does" "^-x $method .* in use" "$out/limit-64"
left limits 0 "and nothing is left"
left cleanups 1 "cleanup with few files removes nothing in use"
left in-use 0 "which ends by itself"

printf '# of 15 sessions %d were reading when they were killed\n' "$(wc -l <"$out/reading")"
[[ $method == B ]] || equal "of 15 killed in a row at least 10 were reading" yes "$([[ $(wc -l <"$out/reading") -ge 10 ]] && echo yes || cat "$out/reading")"
ended row "15 killed in a row, nothing is left"
left row 0 "nothing at all"
sort "$out/before" >"$WORK/want"
awk 'FILENAME == ARGV[1] { mine[$1] = 1; next } !($1 in mine)' "$out/helper-other" "$out/after-row" | sort >"$WORK/got"
same "xl list is as before, but for the other's" "$WORK/want" "$WORK/got"

if [[ $method != B ]]; then
    equal "the other has one helper domain" 1 "$(wc -l <"$out/helper-other")"
    same "the same all the time" "$out/helper-other" "$out/helper-after"
    equal "and reads the same two lines at the end" 2,2, "$(grep '^ffff82d' "$out/other" | sort | uniq -c | awk '{ printf "%s,", $1 }')"
fi
equal "at the end there is none" 0 "$(cat "$out/left-after")"
same "and xl list is as before" "$out/before" "$out/after"

if [[ $method == B ]]; then
    check_unmapped "memory was mapped into dom0"
fi
awk 'NR > 1 { print $1, $NF }' "$out/list-1" | sort >"$WORK/one"
awk 'NR > 1 { print $1, $NF }' "$out/list-2" | sort >"$WORK/two"
equal "every domain has run meanwhile" "$(wc -l <"$out/before")" "$(join "$WORK/one" "$WORK/two" | awk '$3 > $2' | wc -l)"
refute "Xen has nothing to complain of" 'BUG|ASSERT|FATAL|Xen call trace' "$out/last"
done_testing
