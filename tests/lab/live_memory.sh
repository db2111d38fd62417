#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The memory of a running hypervisor, read from dom0: host and guests continue to run, and all changes are removed, however the
# session ends. Oracle: xl in the same minute.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# Method that auto chooses: gdbsx if the hypervisor is built with it, which Debian's is not. Only D, which starts crash, requires its memory.
case $(basename "$LAB_DUMP") in
    trixie-key-C-*) method=D recipe=trixie-key-C crash=y deep=' svm_vmenter_helper' ;;
    src420-debug-key-C-*) method=C recipe=src420-debug-key-C,memory=1500M,dom0_mem=600M crash='' deep=' gdbsx_domctl' ;;
    trixie-pvh-dom0-*) method=B recipe='trixie-pvh-dom0,guests=pv pvh,memory=1500M,dom0_mem=600M' crash='' deep=' svm_vmenter_helper' ;;
    *) method='' ;;
esac
if [[ -z ${CHECK_FULL:-} || -z $method || $LAB_SUITE != trixie ]]; then
    skip "live memory" "on trixie-key-C, src420-debug-key-C and trixie-pvh-dom0 only, with crash 8.0.6 and --full: it boots a host"
    done_testing
    exit 0
fi

scripts/lab in trixie make -s B="$LAB_BUILD" "$LAB_BUILD/tests/bench/live_bench" >"$WORK/make" 2>&1 ||
    not_ok "the program that reads much is built" "$WORK/make"
banner=$(awk '$3 == "linux_banner" { print $1 }' "$LAB_DUMP/System.map")
mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen.so,xen-live.so,xenview} "$LAB_BUILD/tests/bench/live_bench" scripts/xencrash scripts/xencrash-kernel tests/lab/live_job.bash "$WORK/job/"
traces=10
printf '#!/bin/bash\nmethod=%s crash=%s banner=%s traces=%s\n' $method "$crash" "$banner" $traces >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview live_bench xencrash
syms=$(ls /usr/lib/debug/boot/xen-syms-*)
. ./live_job.bash
domains >out/before
note_left left-before
# load on the host in the meantime
(while :; do cat /proc/self/maps; done >/dev/null) &
load=$!
take source ./xenview -l source -j
take refused-A ./xenview -l source -x A
take refused-nobody ./xenview -l source -x E
take vtop ./xenview -l vtop -d 1 "$banner" -j
mfn=$(sed -n 's/.*"maddr":[^0-9a-f]*\(0x\)\{0,1\}\([0-9a-f]*\)[0-9a-f]\{3\}".*/\2/p' out/vtop | head -n 1)

# one session: lists first, then each structure
mkfifo commands
timeout 900 ./xenview -l <commands >out/session 2>&1 &
session=$!
exec {to}>commands
printf '%s\n' "source -x auto" "doms -j" >&"$to"
wait_for '^}' out/session
awk '/^{/, /^}/' out/session >doms.json
sed -n 's/.*"domain": "0x\([0-9a-f]*\)".*/\1/p' doms.json >domains
while read -r va; do
    printf '%s\n' "struct domain $va" "struct domain.domain_id $va" >&"$to"
done <domains
printf '%s\n' 'sym do_sysctl' 'rd xen_phys_start' pcpus "page $mfn" heap log >&"$to"
for ((i = 0; i < traces; i++)); do
    echo 'bt -a' >&"$to"
done
exec {to}>&-
wait $session
tell session
take xl-dmesg xl dmesg
take xl-info xl info
domains >out/after-session

# many sessions at once
take bench ./live_bench ./xen-live.so "$method" "$syms" 100
domains >out/after-bench

# killed while reading; then together with its watchdog, which leaves unused helpers for the cleanup
for name in killed killed-again; do
    reader $name
    domains >out/while-read
    note_left left-while-read
    end $name KILL "$reader"
done
reader stale
kill -9 "$(pgrep -x -P "$reader" xen-watchdog)"
kill -9 "$reader"
sleep 6
note_left left-stale
# memory mapped into dom0 has one reader at a time
[[ $method == B ]] || reader in-use
take cleanup ./xenview -l source -x cleanup
[[ $method != B ]] || reader in-use
take cleanup-again ./xenview -l source -x cleanup
note_left left-in-use
take second ./xenview -l source -x "$method"
end ended TERM "$reader"

# a minute under load: the guests keep running
take list-1 xl list
sleep 60
take list-2 xl list
kill $load

# crash's own commands, and crash killed; it takes minutes to start, so this is
# done once
crash_session() {
    local va tries
    va=$(sed -n 1p domains)
    cat >crash-commands <<COMMANDS
xen source -x auto
xen
rd ffff82d040200000 2
rd $va 2
p hardware_domain->domain_id
struct domain.domain_id $va
vtop ffff82d040200000
xen rd ffff82d040200000 2
xen bt -a
!touch /tmp/reached
!sleep 1000
COMMANDS
    XEN_SO=$PWD/xen.so XENVIEW=$PWD/xenview stdbuf -oL ./xencrash -i crash-commands >out/crash 2>&1 </dev/null &
    for ((tries = 0; tries < 1500; tries++)); do
        [[ ! -e /tmp/reached ]] || break
        [[ $((tries % 60)) -ne 0 ]] || tell crash
        sleep 1
    done
    tell crash
    domains >out/while-crash
    end crash KILL "$(pgrep -x crash)"
}
[[ -z $crash ]] || crash_session
domains >out/after
xl dmesg | tail -n 400 >out/last
JOB
run_on_host "$recipe"
info() {
    awk -v key="$1" '$1 == key { print $3 }' "$out/xl-info"
}

# Methods, and the reason of each that is not available.
equal "the method in use would be $method" "$method" \
    "$(jq -r '[.sources[] | select(.source | startswith("-x")) | select(.state == "usable")][0].source[3:]' "$out/source")"
expect "A is refused after 4.13, and to a PVH dom0" 'method A, .*: (safe on Xen 4.6 to 4.13, this is 4.20|requires a PV dom0$)' "$out/refused-A"
expect "no such method" 'unknown method "E"' "$out/refused-nobody"
expect "one warning" "note: WARNING: method $method: " "$out/session"
equal "and only one" 1 "$(grep -c WARNING "$out/session")"

# Values agree with those of xl.
awk '/^{/ { on = 1 } on; /^}/ { exit }' "$out/session" >"$WORK/doms"
jq -r '.doms[] | select(.domid < 100) | .domid' "$WORK/doms" | sort >"$WORK/got"
awk '{ print $1 }' "$out/before" | sort >"$WORK/want"
same "domains are those of xl list" "$WORK/want" "$WORK/got"
sed -n 's/^ *domain_id = \([0-9]*\).*/\1/p' "$out/session" | sort -u >"$WORK/got"
jq -r '.doms[].domid' "$WORK/doms" | sort >"$WORK/want"
same "struct domain shows each" "$WORK/want" "$WORK/got"
equal "pcpus" "$(info nr_cpus)" "$(grep -cE '^ +[0-9]+  ffff8[0-9a-f]+ .*online' "$out/session")"
# each trace is from another moment, and the reading vcpu may not be on a pcpu in all of
# them
equal "bt has each pcpu, $traces times" $(($(info nr_cpus) * traces)) "$(grep -cE '^ +[0-9]+  online  d[^ ]+v[0-9]+ ' "$out/session")"
expect "bt -a: how the memory gets to us" "$deep" "$out/session"
awk '$1 == "MFN:" { on = 1 } on && ($1 == "OWNER:" || $1 == "M2P:") { print $1, $2 }' "$out/session" >"$WORK/got"
printf '%s\n' 'OWNER: d1' "M2P: $(printf '%x' $(((0x$banner - 0xffffffff80000000) >> 12)))" >"$WORK/want"
same "a page of a guest is that of its own page tables" "$WORK/want" "$WORK/got"
free=$(info free_memory)
mine=$(awk '$1 == "FREE:" && /pages/ { printf "%d", $2 / 256 }' "$out/session")
equal "free memory to 16 MiB" yes "$([[ $((free - mine)) -lt 16 && $((mine - free)) -lt 16 ]] && echo yes || echo "xl $free, read $mine")"
grep -a '^(XEN)' "$out/session" | head -n 200 >"$WORK/got"
grep -a '^(XEN)' "$out/xl-dmesg" | head -n 200 >"$WORK/want"
same "the log is xl dmesg" "$WORK/want" "$WORK/got"

# Many reads.
expect "the whole text is read, and is the file's" '^text: [0-9]{7} bytes .* 0 unreadable, 0 differ' "$out/bench"
expect "100 MiB of directmap" '^in a row: 100 MiB' "$out/bench"
sed 's/^/# /' "$out/bench"

# All changes are removed.
if [[ $method == B ]]; then
    check_unmapped "memory is mapped into dom0"
    expect "one session at a time" 'another session may be reading' "$out/second"
else
    expect "while it is read there is a helper" '\(null\)' "$out/while-read"
    expect "another session has its own" "^-x $method .* in use" "$out/second"
fi
equal "and before there is none" "0 1" "$(cat "$out/left-before") $(cat "$out/left-while-read")"
for name in after-session after-bench after; do
    same "no leftover: $name" "$out/before" "$out/$name"
done
for name in killed killed-again ended ${crash:+crash}; do
    printf '# %s: cleaned up after %s hundredths of a second\n' "$name" "$(cat "$out/$name-for")"
    equal "no leftover within 5 s: $name" yes "$([[ $(cat "$out/$name-for") -lt 500 ]] && echo yes || echo "$(cat "$out/$name-for") hundredths of a second")"
    equal "none at all: $name" 0 "$(cat "$out/left-$name")"
done
equal "without its watchdog one stays" 1 "$(cat "$out/left-stale")"
expect "cleanup removes it" 'sessions: 1 removed' "$out/cleanup"
expect "and not the one in use" 'sessions: 0 removed' "$out/cleanup-again"
equal "which is still there" 1 "$(cat "$out/left-in-use")"

# crash's own commands on addresses of Xen.
check_crash() {
    expect "crash reads with a helper, too" '\(null\)' "$out/while-crash"
    equal "rd is xen rd" "$(between 'xen rd ffff82d040200000 2' "$out/crash" | awk 'NR == 1 { print $2, $3 }')" \
        "$(between 'rd ffff82d040200000 2' "$out/crash" | awk 'NR == 1 { print $2, $3 }')"
    between 'p hardware_domain->domain_id' "$out/crash" >"$WORK/one"
    expect "p of hypervisor variables" '= 0$' "$WORK/one"
    grep -A 1 '^crash> struct domain.domain_id' "$out/crash" >"$WORK/one"
    expect "struct" 'domain_id = [0-9]+' "$WORK/one"
    between "xen bt -a" "$out/crash" >"$WORK/one"
    expect "bt -a" '^0 +ffff83' "$WORK/one"
}
[[ -z $crash ]] || check_crash

# The host keeps running.
awk 'NR > 1 { print $1, $NF }' "$out/list-1" | sort >"$WORK/one"
awk 'NR > 1 { print $1, $NF }' "$out/list-2" | sort >"$WORK/two"
equal "every domain has run in that minute" "$(wc -l <"$out/before")" "$(join "$WORK/one" "$WORK/two" | awk '$3 > $2' | wc -l)"
refute "Xen has nothing to complain of" 'BUG|ASSERT|FATAL|Xen call trace' "$out/last"
done_testing
