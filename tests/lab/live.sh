#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A running host: xencrash in its dom0, and the commands by hypercalls, against what xl and /proc say in the same minute.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ -z ${CHECK_FULL:-} || $(basename "$LAB_DUMP") != trixie-key-C-* || $LAB_SUITE != trixie ]]; then
    skip "live" "once only, on trixie-key-C, with --full: crash takes minutes to start in an emulated dom0"
    done_testing
    exit 0
fi

banner=$(awk '$3 == "linux_banner" { print $1 }' "$LAB_DUMP/System.map")
mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen.so,xen-live.so,xenview} scripts/xencrash "$WORK/job/"
cat >"$WORK/job/commands" <<'COMMANDS'
xen
xen source
xen source /dev/mem
xen vcpus
ps
mod
mount
bt 1
bt -a
kmem -i
files 1
vm 1
rd linux_banner 2
struct task_struct.pid
p nr_cpu_ids
log
set 1
rd -u 400000
vtop 400000
quit
COMMANDS
cat >"$WORK/job/job" <<JOB
#!/bin/bash
banner=$banner
JOB
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview xencrash
take() {
    local name=$1
    shift
    "$@" >"out/$name" 2>&1 </dev/null
}
take xl-list xl list -l
take xl-uuids xl list -v
take xl-info xl info
take xl-dmesg xl dmesg
take log ./xenview -l log
for command in xen doms vcpus sys source files; do
    take "$command.json" ./xenview -l $command -j
done
take xl-vcpu-list xl vcpu-list
take symbol ./xenview -l sym do_sysctl
take xensyms grep ' do_sysctl$' /proc/xen/xensyms
for id in $(xl list | awk 'NR > 1 { print $2 }'); do
    take "banner-$id" ./xenview -l rd -a -d "$id" "$banner" 12
    take "regs-$id" ./xenview -l regs -d "$id"
done
take unmapped ./xenview -l rd -d 1 deadbeef000
take nowhere ./xenview -l rd -d 99 "$banner"
take xen-memory ./xenview -l rd ffff82d040200000
take pcpus ./xenview -l pcpus
mkdir /tmp/alone
cp xenview /tmp/alone/
take no-library /tmp/alone/xenview -l doms
take user setpriv --reuid 1000 ./xenview -l doms
(sleep 5; xl debug-keys h) &
take follow timeout -s INT 20 ./xenview -l log -f
take version cat /proc/version
take modules lsmod
take mounts cat /proc/mounts
# shellcheck disable=SC2016
take processes awk '{ print $1 }' /proc/[0-9]*/stat
head -c 8 /proc/1/exe | od -An -tx8 >out/init
XEN_SO=$PWD/xen.so XENVIEW=$PWD/xenview take session ./xencrash -i commands
JOB
chmod 755 "$WORK/job/job"
if ! scripts/lab live trixie-key-C "$WORK/job" >"$WORK/lab" 2>&1; then
    not_ok "the host runs the job" "$WORK/lab"
    done_testing
    exit 1
fi
ok "the host runs the job"
out=$WORK/job/out

# By hypercalls.
jq -r '.[] | "\(.domid // 0) \(.config.c_info.uuid // "00000000-0000-0000-0000-000000000000")"' "$out/xl-list" | sort >"$WORK/want"
jq -r '.doms[] | "\(.domid) \(.uuid)"' "$out/doms.json" | sort >"$WORK/got"
same "doms are those of xl list" "$WORK/want" "$WORK/got"
awk 'NR > 1 { print $2, $3, $4 }' "$out/xl-uuids" | sort >"$WORK/want"
jq -r '.doms[] | "\(.domid) \(.tot_pages * 4 / 1024 | floor) \(.vcpus_online)"' "$out/doms.json" | sort >"$WORK/got"
same "memory and vcpus are those of xl list" "$WORK/want" "$WORK/got"
awk 'NR > 1 { print $2, $3, $(NF - 2), $NF }' "$out/xl-vcpu-list" | sort >"$WORK/want"
jq -r '.vcpus[] | "\(.domid) \(.vcpu_id) \(.hard_affinity) \(.soft_affinity)"' "$out/vcpus.json" | sort >"$WORK/got"
same "vcpus and affinities are those of xl vcpu-list" "$WORK/want" "$WORK/got"
equal "every vcpu has run" 0 "$(jq '[.vcpus[] | select(.time_running_ns < 1000000)] | length' "$out/vcpus.json")"
same "log is xl dmesg" "$out/xl-dmesg" "$out/log"
expect "log -f shows what is added" "'h' pressed" "$out/follow"
equal "build-id" "$(awk '$1 == "build_id" { print $3 }' "$out/xl-info")" "$(jq -r '.sys.build_id' "$out/sys.json")"
equal "total memory" "$(awk '$1 == "total_memory" { print $3 }' "$out/xl-info") MiB" "$(jq -r '.sys.memory | split(" (")[0]' "$out/sys.json")"
equal "pcpus" "$(awk '$1 == "nr_cpus" { print $3 }' "$out/xl-info")" "$(jq '.sys.pcpus' "$out/sys.json")"
equal "symbols are Xen's own" "$(awk '{ print $1 }' "$out/xensyms")" "$(awk '$3 == "do_sysctl" { print $1 }' "$out/symbol")"
expect "xen-syms is proved by the build-id" '"match": "yes".*xen-syms' <(tr '\n' ' ' <"$out/files.json")
version=$(sed 's/ (.*//' "$out/version")
for file in "$out"/banner-*; do
    equal "memory of domain ${file##*-}" "$version" "$(sed 's/^[0-9a-f]*: *//' "$file" | tr -d '\n' | cut -c1-${#version})"
done
expect "registers of a guest" 'RIP: [0-9a-f]{16}' "$out/regs-1"
expect "not its own registers" 'is the vcpu that asks' "$out/regs-0"
expect "an address that is not mapped" 'is not mapped by the page tables' "$out/unmapped"
expect "a domain that is not there" 'no domain 99; there are 0' "$out/nowhere"
expect "the hypervisor's memory is refused" 'shows its memory to nobody' "$out/xen-memory"
expect "so are commands that need it" "needs the hypervisor's memory" "$out/pcpus"
equal "no library: one line" 1 "$(wc -l <"$out/no-library")"
expect "no library" 'xen-live.so is missing' "$out/no-library"
equal "no right: one line" 1 "$(wc -l <"$out/user")"
expect "no right" 'hypercalls need root' "$out/user"

# dom0, by crash.
between() {
    awk -v mark="crash> $1" '$0 == mark { on = 1; next } /^crash> / { on = 0 } on' "$out/session"
}
expect "the kernel is found" 'running Linux .*: /usr/lib/debug/boot/vmlinux-' "$out/session"
between xen >"$WORK/one"
expect "the hypervisor is there" 'PROOF: build-id .* is in memory' "$WORK/one"
expect "it runs" 'VERDICT: the host is running' "$WORK/one"
between "xen source" >"$WORK/one"
expect "the source in use" '^/proc/kcore +dom0 +in use' "$WORK/one"
expect "/dev/mem is blocked, and by what" '^/dev/mem +dom0 +blocked +CONFIG_STRICT_DEVMEM' "$WORK/one"
expect "/dev/crash is not there" '^/dev/crash +dom0 +absent' "$WORK/one"
between "xen source /dev/mem" >"$WORK/one"
expect "a blocked source is not taken" 'is blocked' "$WORK/one"
between "xen vcpus" >"$WORK/one"
equal "vcpus in the session" "$(jq '.vcpus | length' "$out/vcpus.json")" "$(grep -cE '^ +[0-9]' "$WORK/one")"
# What came and went between the two is a kernel worker, or the session itself.
between ps | sed 's/^>/ /' | awk '$1 ~ /^[0-9]+$/ && $1 > 0 { print $1 }' | sort >"$WORK/got"
sort "$out/processes" >"$WORK/want"
equal "ps has nearly all of /proc" yes "$([[ $(comm -12 "$WORK/want" "$WORK/got" | wc -l) -ge $(($(wc -l <"$WORK/want") - 5)) ]] && echo yes || echo no)"
between mod | awk '$2 ~ /^[a-z]/ { print $2 }' | sort >"$WORK/got"
awk '$1 != "Module" { print $1 }' "$out/modules" | sort >"$WORK/want"
same "mod is lsmod" "$WORK/want" "$WORK/got"
between mount | awk 'NR > 1 && $5 ~ "^/" { print $5 }' | sort -u >"$WORK/got"
awk '{ print $2 }' "$out/mounts" | while read -r dir; do
    grep -qE "^(/root)?${dir%/}/?$" "$WORK/got" || echo "$dir"
done >"$WORK/missing"
same "mount has all of /proc/mounts" /dev/null "$WORK/missing"
between "bt 1" >"$WORK/one"
expect "bt of init" '#1 \[[0-9a-f]+\] schedule ' "$WORK/one"
between "kmem -i" >"$WORK/one"
expect "kmem -i" '^ +TOTAL MEM +[0-9]+' "$WORK/one"
between "files 1" >"$WORK/one"
expect "files" '/dev/console' "$WORK/one"
between "vm 1" >"$WORK/one"
expect "vm" '^ffff.*busybox' "$WORK/one"
between "rd linux_banner 2" >"$WORK/one"
expect "rd" 'Linux version' "$WORK/one"
between "p nr_cpu_ids" >"$WORK/one"
expect "p" '= 2$' "$WORK/one"
between log >"$WORK/one"
expect "log" 'Linux version' "$WORK/one"
between "rd -u 400000" >"$WORK/one"
equal "rd of user memory" "$(tr -d ' ' <"$out/init")" "$(awk '/^ *400000:/ { print $2 }' "$WORK/one")"
refute "nothing failed" 'seek error|read error|cannot be determined|invalid kernel virtual' "$out/session"
done_testing
