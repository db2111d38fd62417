#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A running host: xencrash in its dom0, and the commands by hypercalls. Oracles: xl and /proc in the same minute.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ -z ${CHECK_FULL:-} || $(basename "$LAB_DUMP") != trixie-key-C-* || $LAB_SUITE != @(trixie|sid) ]]; then
    skip "live" "on trixie-key-C only, with crash 8.0.6 and 9.0.2 and --full: crash takes minutes to start in an emulated dom0"
    done_testing
    exit 0
fi

# domu: the initrd of a guest that runs the same commands, and its parts
domu() {
    local tree=$WORK/domu library kernels=("$LAB_DUMP/../../kernels/$(meta kernel_release)"-*/vmlinuz)
    mkdir -p "$tree"/{bin,lib64,proc,sys,dev,tmp}
    cp "$(scripts/lab root "$LAB_SUITE")/usr/bin/busybox" scripts/xencrash scripts/xencrash-kernel "$LAB_BUILD/xenview" "$tree/bin/"
    cp "$LAB_BUILD"/{xen,xen-live}.so "$tree/bin/"
    chmod 755 "$tree"/bin/{xencrash,xenview}
    for library in $(scripts/lab in "$LAB_SUITE" ldd "$LAB_BUILD/xenview" "$LAB_BUILD/xen-live.so" | grep -o '/lib[^ ]*' | sort -u); do
        cp -L "$(scripts/lab root "$LAB_SUITE")/$library" "$tree/lib64/" 2>/dev/null
    done
    cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
export LD_LIBRARY_PATH=/lib64 CRASH=/bin/true XEN_SO=/bin/xen.so
xenview -l doms 2>&1 | sed 's/^/DOMU xenview: /'
xencrash 2>&1 | sed 's/^/DOMU xencrash: /'
echo "DOMU $(cat /proc/version)"
echo "DOMU end"
sleep 1000
INIT
    chmod 755 "$tree/init"
    (cd "$tree" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) | gzip -1 >"$WORK/job/domu.initrd"
    cp "${kernels[0]}" "$WORK/job/vmlinuz"
    printf '%s\n' 'name="domu"' 'type="pv"' 'memory=128' 'kernel="/host/vmlinuz"' 'ramdisk="/host/domu.initrd"' 'extra="console=hvc0"' >"$WORK/job/domu.cfg"
}

banner=$(awk '$3 == "linux_banner" { print $1 }' "$LAB_DUMP/System.map")
mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen.so,xen-live.so,xenview} scripts/xencrash scripts/xencrash-kernel "$(scripts/lab driver trixie)" "$WORK/job/"
domu
# Commands on dom0, for each source of its memory.
cat >"$WORK/dom0" <<'COMMANDS'
ps
mod
mount
bt 1
bt -a
kmem -z
files 1
vm 1
rd linux_banner 2
struct task_struct.pid,comm init_task
p nr_cpu_ids
log
set 1
rd -u INIT
vtop INIT
COMMANDS
{
    printf '%s\n' '!date +%s' xen "xen source" "xen source /dev/mem" "xen vcpus"
    cat "$WORK/dom0"
    printf '%s\n' "xen source /dev/crash"
    grep -v '^log' "$WORK/dom0"
    printf '%s\n' "xen source /proc/kcore" "rd linux_banner" quit
} >"$WORK/job/commands-kcore"
{
    printf '%s\n' '!date +%s' "xen source"
    cat "$WORK/dom0"
    echo quit
} >"$WORK/job/commands-crash"
cat >"$WORK/job/job" <<JOB
#!/bin/bash
banner=$banner
JOB
cat >>"$WORK/job/job" <<'JOB'
chmod 755 xenview xencrash
# take NAME COMMAND...: records its output, and errors in NAME.err
take() {
    local name=$1
    shift
    "$@" >"out/$name" 2>"out/$name.err" </dev/null
}
# all NAME COMMAND...: records output and errors in one file
all() {
    local name=$1
    shift
    "$@" >"out/$name" 2>&1 </dev/null
}
processes() {
    sed -E 's/^([0-9]+) \((.*)\) (.) ([0-9]+) .*/\1 \4 \2/' /proc/[0-9]*/stat 2>/dev/null
}
# many <LINES: "NAME COMMAND" each, in one process, separated by an unknown command
many() {
    while read -r name command; do
        printf '%s\n' "mark:$name" "$command"
    done | ./xenview -l 2>&1 | awk '
        /^xen: no command "mark:/ { close(file); sub(/^.*mark:/, ""); sub(/".*/, ""); file = "out/" $0; printf "" >file; next }
        { print >file }'
}
take xl-uuids xl list -v
take xl-info xl info
take xl-vcpu-list xl vcpu-list
take xl-credit2 xl sched-credit2
take xl-pools xl cpupool-list
take xenhypfs xenhypfs cat /buildinfo/config
take xensyms grep ' do_sysctl$' /proc/xen/xensyms
for id in 0 1 2; do
    take "lsevtchn-$id" lsevtchn "$id"
done
take xl-dmesg xl dmesg
{
    echo "log log"
    for command in xen doms vcpus sys source files pcpus sched heap evtchn; do
        echo "$command.json $command -j"
    done
    for id in 0 1 2; do
        printf '%s\n' "banner-$id rd -a -d $id $banner 12" "regs-$id regs -d $id" "vtop-$id.json vtop -d $id $banner -j"
    done
    for key in C R N d '*' qq; do
        echo "key-$key keys $key"
    done
    printf '%s\n' "config config" "config-word config CONFIG_PV=" "symbol sym do_sysctl" "livepatch livepatch" "pcpus-v pcpus -v" \
        "unmapped rd -d 1 deadbeef000" "nowhere rd -d 99 $banner" "xen-memory rd ffff82d040200000" "vtop-xen vtop ffff82d040200000"
} | many
maddr=$(sed -n 's/.*"maddr":[^0-9a-f]*\(0x\)\{0,1\}\([0-9a-f]*\)[0-9a-f]\{3\}".*/\2/p' out/vtop-1.json | head -n 1)
echo "m2p m2p $maddr" | many
xl dmesg >out/ring.old
all key ./xenview -l keys r
xl dmesg >out/ring.new
mkdir /tmp/alone
cp xenview /tmp/alone/
all no-library /tmp/alone/xenview -l doms
all user setpriv --reuid 1000 ./xenview -l doms
all user-xencrash env CRASH=/bin/true XEN_SO=/host/xen.so setpriv --reuid 1000 ./xencrash
all no-privcmd unshare -m sh -c 'mount -t tmpfs none /dev/xen && mount -t tmpfs none /proc/xen && ./xenview -l doms'
xl create -q domu.cfg
for ((i = 0; i < 240; i++)); do
    ! grep -q 'DOMU end' /var/log/xen/console/guest-domu.log || break
    sleep 1
done
grep -a '^DOMU' /var/log/xen/console/guest-domu.log | tr -d '\r' >out/domu
all banner-domu ./xenview -l rd -a -d "$(xl domid domu)" "$banner" 12
xl destroy domu
(sleep 5; xl debug-keys h) &
all follow timeout -s INT 20 ./xenview -l log -f
take version cat /proc/version
take modules cat /proc/modules
take mounts cat /proc/mounts
take zoneinfo cat /proc/zoneinfo
# reading it maps it in the page tables
init=$(head -n 1 /proc/1/maps | cut -d - -f 1)
dd if=/proc/1/mem bs=8 count=1 skip=$((0x$init / 8)) 2>/dev/null | od -An -tx8 >out/init
echo "$init" >out/init-address
sed -i "s/INIT/$init/" commands-*
export XEN_SO=$PWD/xen.so XENVIEW=$PWD/xenview
busybox insmod crash.ko
processes >out/processes-before
# in parallel: each takes minutes of one processor
date +%s | tee out/start-crash >out/start-kcore
all session-crash ./xencrash /dev/crash -i commands-crash &
all session-kcore ./xencrash -i commands-kcore
wait $!
processes >out/processes-after || :
JOB
recipe=trixie-key-C
[[ $LAB_SUITE == trixie ]] || recipe+=,xen=$LAB_SUITE
run_on_host "$recipe"

# By hypercalls.
awk 'NR > 1 { print $2, $7 }' "$out/xl-uuids" | sort >"$WORK/want"
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
info() {
    awk -v key="$1" '$1 == key { print $3 }' "$out/xl-info"
}
equal "build-id" "$(info build_id)" "$(jq -r '.sys.build_id' "$out/sys.json")"
equal "total memory" "$(info total_memory) MiB" "$(jq -r '.sys.memory | split(" (")[0]' "$out/sys.json")"
equal "pcpus" "$(info nr_cpus)" "$(jq '.sys.pcpus' "$out/sys.json")"
equal "pcpus are up" "$(info nr_cpus)" "$(jq '[.pcpus[] | select(.state == "online")] | length' "$out/pcpus.json")"
equal "the one that asks runs somewhere" 1 "$(jq '[.pcpus[] | select(.runs | startswith("d0v"))] | length > 0 | if . then 1 else 0 end' "$out/pcpus.json")"
expect "-v says why there is a -" '"-" is for addresses' "$out/pcpus-v"
equal "free memory by zones" "$(info free_memory)" "$(jq '[.zones[].avail] | add / 256 | floor' "$out/heap.json")"
awk '/Cpupool/ { next } NR > 1 && $2 ~ /^[0-9]+$/ { print $2, $3, $4 }' "$out/xl-credit2" | sort >"$WORK/want"
jq -r '.units[] | "\(.domid) \(.weight) \(.cap)"' "$out/sched.json" | sort -u >"$WORK/got"
same "weights and caps are those of xl sched-credit2" "$WORK/want" "$WORK/got"
awk 'NR > 1 { print $3, $5 }' "$out/xl-pools" >"$WORK/want"
jq -r '.cpupools[] | "\(.scheduler) \(.domains)"' "$out/sched.json" >"$WORK/got"
same "cpupools are those of xl cpupool-list" "$WORK/want" "$WORK/got"
for id in 0 1 2; do
    awk '/VCPU/ { sub(":", "", $1); print $1 }' "$out/lsevtchn-$id" | sort -n >"$WORK/want"
    jq -r ".evtchns[] | select(.domid == $id) | .port" "$out/evtchn.json" | sort -n >"$WORK/got"
    same "event channels of domain $id are those of lsevtchn" "$WORK/want" "$WORK/got"
done
sed '${/^$/d}' "$out/xenhypfs" >"$WORK/want"
same "config is that of hypfs" "$WORK/want" "$out/config"
equal "config by word" CONFIG_PV=y "$(cat "$out/config-word")"
expect "livepatches: none" '^no payloads$' "$out/livepatch"
tail -n +$(($(wc -l <"$out/ring.old") + 1)) "$out/ring.new" >"$WORK/want"
same "keys shows just what the key printed" "$WORK/want" "$out/key"
for key in C R N d '*' qq; do
    expect "key $key is refused" '^xen keys: debug key . .* is refused: it |debug key .* is not known to be harmless' "$out/key-$key"
done
equal "symbols are Xen's own" "$(awk '{ print $1 }' "$out/xensyms")" "$(awk '$3 == "do_sysctl" { print $1 }' "$out/symbol")"
expect "xen-syms is proved by the build-id" '"match": "yes".*xen-syms' <(tr '\n' ' ' <"$out/files.json")
version=$(sed 's/ (.*//' "$out/version")
for id in 0 1 2; do
    equal "memory of domain $id" "$version" "$(sed 's/^[0-9a-f]*: *//' "$out/banner-$id" | tr -d '\n' | cut -c1-${#version})"
    expect "registers of domain $id" 'RIP: [0-9a-f]{16}' "$out/regs-$id"
done
printed=$(sed -n 's/^DOMU //; s/^\(Linux version [^ ]*\).*/\1/p' "$out/domu")
equal "rd -d shows what a guest printed" "$printed" "$(sed 's/^[0-9a-f]*: *//' "$out/banner-domu" | tr -d '\n' | cut -c1-${#printed})"
pfn=$(printf '%x' $(((0x$banner - 0xffffffff80000000) >> 12)))
equal "vtop of a PVH guest" "$pfn" "$(jq -r '.vtop[0].guest_physical' "$out/vtop-2.json" | sed 's/^0x//; s/...$//')"
expect "vtop of a PV guest, back by the M2P" "^ *[0-9a-f]+ +$pfn " "$out/m2p"
expect "an address that is not mapped" 'is not mapped' "$out/unmapped"
expect "a domain that is not there" 'no domain 99; there are 0' "$out/nowhere"
expect "the hypervisor's memory is refused" 'hypervisor memory is not accessible on a running host' "$out/xen-memory"
expect "so are its page tables" 'page tables of a running hypervisor are not accessible' "$out/vtop-xen"

# Errors: one line each.
one_line() {
    expect "$1" "$2" "$3"
    equal "$1: one line" 1 "$(wc -l <"$3")"
}
one_line "no library" 'xen-live.so not found' "$out/no-library"
one_line "an ordinary user" 'permission denied \(must be root\)' "$out/user"
one_line "an ordinary user's xencrash" 'permission denied \(must be root\)' "$out/user-xencrash"
one_line "no privcmd" 'no /dev/xen/privcmd' "$out/no-privcmd"
for program in xenview xencrash; do
    grep "$program:" "$out/domu" >"$WORK/one"
    one_line "$program in a guest" "$program: .*a guest of Xen, not dom0" "$WORK/one"
done
scripts/lab in "$LAB_SUITE" "$LAB_BUILD/xenview" -l doms >"$WORK/one" 2>&1
one_line "a host without Xen" 'does not run on Xen' "$WORK/one"

# dom0, in crash: check_dom0 NAME SESSION
check_dom0() {
    local name=$1 session=$2
    # a task in /proc that existed before and after has to be listed, with its parent and its
    # name
    between ps "$session" | sed 's/^>/ /' | awk '$1 ~ /^[0-9]+$/ && $1 > 0 { gsub(/[][]/, "", $9); sub(/[-+].*/, "", $9); print $1, $2, substr($9, 1, 12) }' | sort >"$WORK/got"
    sort "$out"/processes-{before,after} | uniq -d | awk '{ sub(/[-+].*/, "", $3); print $1, $2, substr($3, 1, 12) }' | sort >"$WORK/want"
    comm -23 "$WORK/want" "$WORK/got" >"$WORK/missing"
    same "$name: ps has all of /proc" /dev/null "$WORK/missing"
    between mod "$session" | awk '$2 ~ /^[a-z]/ { print $2 }' | sort >"$WORK/got"
    { awk '{ print $1 }' "$out/modules"; echo crash; } | sort >"$WORK/want"
    same "$name: mod is /proc/modules" "$WORK/want" "$WORK/got"
    between mount "$session" | awk 'NR > 1 && $5 ~ "^/" { print $5 }' | sort -u >"$WORK/got"
    awk '{ print $2 }' "$out/mounts" | while read -r dir; do
        grep -qE "^(/disk)?${dir%/}/?$" "$WORK/got" || echo "$dir"
    done >"$WORK/missing"
    same "$name: mount has all of /proc/mounts" /dev/null "$WORK/missing"
    between "bt 1" "$session" >"$WORK/one"
    expect "$name: bt of init" '#1 \[[0-9a-f]+\] schedule ' "$WORK/one"
    # without kmem -i, whose walk of all pages takes half of the time of such a
    # session
    awk '$1 == "Node" { zone = $4 } $1 == "spanned" { size = $2 } $1 == "present" && size { print zone, size, $2 }' "$out/zoneinfo" >"$WORK/want"
    between "kmem -z" "$session" | awk '$1 == "NODE:" { gsub(/"/, "", $NF); zone = $NF } $1 == "SIZE:" && $2 { print zone, $2, $3 == "PRESENT:" ? $4 : $2 }' >"$WORK/got"
    same "$name: kmem -z is /proc/zoneinfo" "$WORK/want" "$WORK/got"
    between "files 1" "$session" >"$WORK/one"
    expect "$name: files" '/dev/console' "$WORK/one"
    between "vm 1" "$session" >"$WORK/one"
    expect "$name: vm" '^ffff.*busybox' "$WORK/one"
    between "rd linux_banner 2" "$session" >"$WORK/one"
    expect "$name: rd" 'Linux version' "$WORK/one"
    between "struct task_struct.pid,comm init_task" "$session" >"$WORK/one"
    expect "$name: struct" 'comm = "swapper/0' "$WORK/one"
    between "p nr_cpu_ids" "$session" >"$WORK/one"
    expect "$name: p" '= 2$' "$WORK/one"
    equal "$name: rd of user memory" "$(tr -d ' ' <"$out/init")" \
        "$(between "rd -u $(cat "$out/init-address")" "$session" | awk 'NF > 2 { print $2 }')"
    refute "$name: nothing failed" 'seek error|read error|cannot be determined|invalid kernel virtual' "$session"
}

# ready NAME: seconds from the start to the first command
ready() {
    printf '# %s: a session after %d s\n' "$1" $(($(grep -m 1 -E '^[0-9]{10}$' "$out/session-$1") - $(cat "$out/start-$1")))
}
session=$out/session-kcore
ready kcore
expect "the kernel is found" 'running Linux .*: /usr/lib/debug/boot/vmlinux-' "$session"
between xen "$session" >"$WORK/one"
expect "the hypervisor is there" 'PROOF: build-id .* is in memory' "$WORK/one"
expect "it runs" 'VERDICT: the host is running' "$WORK/one"
between "xen source" "$session" >"$WORK/one"
expect "the source in use" '^/proc/kcore +dom0 +in use' "$WORK/one"
expect "/dev/mem is blocked, and by what" '^/dev/mem +dom0 +blocked +CONFIG_STRICT_DEVMEM' "$WORK/one"
expect "/dev/crash is there" '^/dev/crash +dom0 +usable' "$WORK/one"
between "xen source /dev/mem" "$session" >"$WORK/one"
expect "a blocked source is not taken" 'is blocked' "$WORK/one"
between "xen vcpus" "$session" >"$WORK/one"
equal "vcpus in the session" "$(jq '.vcpus | length' "$out/vcpus.json")" "$(grep -cE '^ +[0-9]' "$WORK/one")"
awk '/^crash> xen source \/dev\/crash/ { exit } { print }' "$session" >"$WORK/first"
awk '/^crash> xen source \/dev\/crash/ { on = 1 } on' "$session" >"$WORK/second"
check_dom0 "/proc/kcore" "$WORK/first"
between log "$WORK/first" >"$WORK/one"
expect "log" 'Linux version' "$WORK/one"
between "xen source /dev/crash" "$WORK/second" >"$WORK/one"
expect "another source at run time" '^/dev/crash +dom0 +in use' "$WORK/one"
check_dom0 "switched to /dev/crash" "$WORK/second"
between "xen source /proc/kcore" "$WORK/second" >"$WORK/one"
expect "and back" '^/proc/kcore +dom0 +in use' "$WORK/one"
ready crash
between "xen source" "$out/session-crash" >"$WORK/one"
expect "/dev/crash from the start" '^/dev/crash +dom0 +in use' "$WORK/one"
check_dom0 "/dev/crash" "$out/session-crash"
done_testing
