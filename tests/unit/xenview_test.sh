#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong arguments of xenview: each ends in a short message without control characters.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
N=0
unset MAKEFLAGS MFLAGS MAKELEVEL DEBUGINFOD_URLS
make -s B="$B" "$B/xenview" >"$WORK/make" 2>&1 || sed 's/^/# /' "$WORK/make"

# try NAME STATUS MESSAGE ARGUMENT...: checks the exit status, a part of the message, and that the
# message has no control characters
try() {
    local name=$1 wanted=$2 message=$3 status
    shift 3
    N=$((N + 1))
    "$B/xenview" "$@" >"$WORK/out" 2>&1 </dev/null
    status=$?
    if [[ $status == "$wanted" ]] && grep -qF -e "$message" "$WORK/out" && [[ $(wc -c <"$WORK/out") -lt 5000 ]] &&
        ! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' "$WORK/out"; then
        printf 'ok %d - %s\n' "$N" "$name"
    else
        printf 'not ok %d - %s (exit status %d)\n' "$N" "$name" "$status"
        head -c 2000 "$WORK/out" | cat -v | sed 's/^/# /'
    fi
}

long=$(head -c 120000 /dev/zero | tr '\0' x)
try "unknown option" 2 'unknown option or unexpected argument "-x"' -x
try "unknown option with an escape" 2 '"--\x1b[31m"' $'--\e[31m'
try "unknown letter that is an escape" 2 '"-\x1b"' $'-\e'
try "option of 120 kB" 2 'unknown option' "--$long"
try "option without its argument" 2 'option "-i" requires an argument' -i
try "long option without its argument" 2 'option "--image" requires an argument' --image
try "argument where none belongs" 2 '"--live=x"' --live=x
try "no build-id" 2 'no build-id "5g"' --fetch 5g
try "half a byte of a build-id" 2 'no build-id "576"' --fetch executable:576
try "build-id of 120 kB" 2 'no build-id "xxx' --fetch "$long"
try "no server" 1 'no server in DEBUGINFOD_URLS' --fetch 576c
try "file of 120 kB" 1 'File name too long' "$long" doms
try "command of 120 kB" 1 'no command "xxx' --no-dump "$long"
try "-j before a command" 1 '"command": "nosuch"' --no-dump -- -j nosuch
try "-j before help" 0 '"name": "doms"' --no-dump xen -j help doms
try "argument of 120 kB" 1 ' bytes] xxx' --no-dump decode "$long"
try "command with an escape" 1 'no command "doms\x1b[31m"' --no-dump $'doms\e[31m'
try "error of a command with an escape" 1 'none\x1b[31m' --no-dump decode $'/none\e[31m'
try "file with an escape and a line feed" 1 '/none\x1b[31m\x0axenview: ok\x09:' $'/none\e[31m\nxenview: ok\t' doms
# a serial log: its version, build-id and functions are printed
printf '(XEN) Xen version 4.20.%s (a@b) debug=n\n(XEN) build-id: 57%s\n(XEN) Xen call trace:\n(XEN)    [<ffff82d040203040>] R f%s+0x1/0x2\n' \
    $'\e[31m' $'\e]0;x\a\302\233' $'\e[2J' >"$WORK/serial.log"
try "escapes of a serial log" 0 'f\x1b[2J+0x1/0x2' --no-dump decode "$WORK/serial.log"
# mistyped commands
try "command in another case" 1 'no command "DOMS"; did you mean "doms"?' --no-dump DOMS
try "help in another case" 1 'did you mean "vcpus"?' help VCPUS
try "two letters exchanged" 1 'did you mean "vcpus"?' --no-dump vcups
try "a letter less" 1 'did you mean "extract"?' --no-dump exract
try "a letter more" 1 'did you mean "locks"?' --no-dump lockss
try "a letter exchanged at the end" 1 'did you mean "sched"?' --no-dump scheld
try "an alias" 1 'did you mean "domain"?' --no-dump domian
try "nothing like a command" 1 '"xenview help" lists them' --no-dump crashed
# files that are no dump
printf 'ffff82d040201400 T vcpu_wake\nffff82d040201640 T vcpu_kick\nffff82d040202000 T _etext\nffff82d040203000 D idle_pg_table\n' >"$WORK/a.map"
try "an image for a dump" 1 'not a dump; it is given with "-i"' "$WORK/a.map" doms
try "an image for a command" 2 'a file, not a command; the hypervisor'"'"'s image is given with "-i"' --no-dump "$WORK/a.map" doms
# full ARGUMENT...: output on a full disk is one message and exit status 1
full() {
    local status
    N=$((N + 1))
    "$B/xenview" "$@" >/dev/full 2>"$WORK/out" </dev/null
    status=$?
    if [[ $status == 1 && $(wc -l <"$WORK/out") == 1 ]] && grep -q 'cannot write the output: No space left' "$WORK/out"; then
        printf 'ok %d - full disk: %s\n' "$N" "$*"
    else
        printf 'not ok %d - full disk: %s (exit status %d)\n' "$N" "$*" "$status"
        sed 's/^/# /' "$WORK/out"
    fi
}

full --version
full --help
full help
full help decode
full --no-dump help -j
full --no-dump decode "$WORK/serial.log"
full --no-dump decode -j "$WORK/serial.log"
full --no-dump files -j "$B/xenview"
full --no-dump doms -h
# a compressed log as a file and on standard input
printf '(XEN) Panic on CPU 1:\n(XEN) out of luck\n' | gzip >"$WORK/serial.log.gz"
for way in "$WORK/serial.log.gz" -; do
    N=$((N + 1))
    if "$B/xenview" --no-dump decode "$way" <"$WORK/serial.log.gz" | grep -qxF 'note: verdict: out of luck, on pcpu 1'; then
        echo "ok $N - a compressed log, ${way##*/}"
    else
        echo "not ok $N - a compressed log, ${way##*/}"
    fi
done
# an image of another build
printf 'ffff82d040201400 T vcpu_wake\nffff82d040201640 T vcpu_kick\nffff82d040202000 T _etext\n' >"$WORK/xen-syms.map"
printf '(XEN) RIP:    e008:[<ffff82d040201418>] other+0x18/0x240\n' >"$WORK/other.log"
N=$((N + 1))
if "$B/xenview" --no-dump decode -i "$WORK/xen-syms.map" "$WORK/other.log" 2>&1 | grep -qF 'without "-i" the verdict of the text is printed'; then
    echo "ok $N - text of another build: what else can be done"
else
    echo "not ok $N - text of another build: what else can be done"
fi
printf '1..%d\n' "$N"
