# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of the jobs that read a running hypervisor's memory, sourced by them in dom0 in the folder of the job. $method is the
# method of "xen source -x"; output goes to out/.

# tell NAME...: prints progress of the job on the console
tell() {
    local name
    for name; do
        # except Xen's own lines, which are already there
        printf '=== %s\n%s\n' "$name" "$(tail -c 2000 "out/$name" | grep -v '^(XEN)')"
    done >/dev/console
}
take() {
    local name=$1
    shift
    timeout 600 "$@" >"out/$name" 2>&1 </dev/null
    tell "$name"
}
domains() {
    xl list | awk 'NR > 1 { print $2, $1 }'
}
# Starting xl takes about a second: one session is kept open instead.
coproc VIEW { ./xenview -l 2>&1; }
# left: sets $left to the number of helper domains; without them, to 1 if memory is mapped into dom0
left() {
    local line
    left=0
    if [[ ${method:?} == B ]]; then
        [[ ! -e /run/crash-xen.windows ]] || left=1
        return
    fi
    printf 'doms\nmark\n' >&"${VIEW[1]}"
    while read -r -t 60 line <&"${VIEW[0]}" && [[ $line != *'no command "mark'* ]]; do
        [[ $line != 32[0-9][0-9][0-9]\ * ]] || left=$((left + 1))
    done
}
note_left() {
    left
    echo "$left" >"out/$1"
    tell "$1"
}
# end NAME SIGNAL PROCESS: measures the time until its watchdog has cleaned up, in hundredths of a second, and counts what is
# left. On a busy host each start of a program and each list of domains takes seconds: the measured part contains neither.
mkfifo silent
exec {silent}<>silent
end() {
    local start watchdog
    watchdog=$(pgrep -x -P "$3" xen-watchdog)
    start=${EPOCHREALTIME/./}
    kill "-$2" "$3"
    while [[ -e /proc/$watchdog && $((${EPOCHREALTIME/./} - start)) -lt 60000000 ]]; do
        read -r -t 0.1 <&"$silent"
    done
    echo $(((${EPOCHREALTIME/./} - start) / 10000)) >"out/$1-for"
    note_left "left-$1"
}
# gone PROCESS: waits until it has ended, at most a minute
gone() {
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        [[ -e /proc/$1 ]] || return 0
        read -r -t 0.1 <&"$silent"
    done
    return 1
}
# wait_for PATTERN FILE: waits up to five minutes
wait_for() {
    local tries
    for ((tries = 0; tries < 1500; tries++)); do
        ! grep -q "$1" "$2" 2>/dev/null || return 0
        sleep 0.2
    done
    return 1
}
# begin NAME: starts an endless session; its process is $reader, its output out/NAME
begin() {
    { echo "source -x $method"; yes "doms"; } | ./xenview -l >"out/$1" 2>&1 &
    reader=$!
}
# reader NAME: likewise, and waits until it reads
reader() {
    begin "$1"
    wait_for 'DID ' "out/$1"
}
# asked NAME: starts a session that waits for commands; its process is $session, its input file $words, its output
# out/NAME
asked() {
    mkfifo "in-$1"
    ./xenview -l <"in-$1" >"out/$1" 2>&1 &
    session=$!
    exec {words}>"in-$1"
    printf 'source -x %s\nrd do_sysctl 4\n' "$method" >&"$words"
    wait_for '^ffff82d' "out/$1"
}
# finish NAME: lets the session of asked() end normally, and measures the time in hundredths of a
# second
finish() {
    local start=${EPOCHREALTIME/./}
    exec {words}>&-
    gone "$session"
    echo $(((${EPOCHREALTIME/./} - start) / 10000)) >"out/$1-for"
}
