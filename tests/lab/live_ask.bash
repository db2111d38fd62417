# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of the jobs that ask one session of xenview, sourced by them in dom0 in the folder of the job. Its output goes to out/now.

# open_session: starts the session
open_session() {
    mkfifo commands
    timeout 2400 ./xenview -l <commands >out/now 2>&1 &
    session=$!
    exec {to}>commands
}
# ask NUMBER COMMAND...: sends commands, and waits until the session has printed NUMBER answers in JSON in all
ask() {
    local tries
    printf '%s\n' "${@:2}" >&"$to"
    for ((tries = 1; tries < 1500; tries++)); do
        [[ $(grep -c '^}' out/now) -lt $1 ]] || return 0
        sleep 1
        # progress, which also resets the timeout of the lab
        [[ $((tries % 60)) != 0 ]] || echo "LAB: answer $1 takes $tries s" >/dev/console
    done
    return 1
}
# close_session: lets it end
close_session() {
    exec {to}>&-
    wait "$session"
}
