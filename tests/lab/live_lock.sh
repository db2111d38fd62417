#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A running host on which a pcpu keeps a lock for which three others wait: a guest's four vcpus, each on a pcpu of its own, allocate
# and free pages; gdb sends one of them into a loop while it holds the domain's page_alloc_lock. dom0 does not need that lock. Oracle:
# the registers of the pcpus, as QEMU's gdb stub shows them; the guest's console.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ -z ${CHECK_FULL:-} || $(meta death) != held-lock || $LAB_SUITE != $(meta xen_suite) ]]; then
    skip "a running host on which a lock is held" "with --full, for the dump of a held lock: a host is booted for it"
    done_testing
    exit 0
fi

guest() {
    local tree=$WORK/guest kernel
    local kernels=("$LAB_DUMP/../../kernels/$(meta kernel_release)"-*/modules/order.dom0)
    kernel=$(dirname "${kernels[0]}")
    mkdir -p "$tree"/{bin,proc,dev}
    cp "$(scripts/lab root "$LAB_SUITE")/usr/bin/busybox" "$tree/bin/"
    cp "$kernel/xen-privcmd.ko" "$tree/"
    in_suite cc -O -Wall -static -o "$tree/bin/allocate" tests/lab/live_lock.c || return 1
    cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
# a guest may make hypercalls for itself only with this parameter (kernels of 2026; ignored by earlier ones)
insmod /xen-privcmd.ko unrestricted=1
echo "GUEST up"
read -r _ </dev/console
allocate &
while :; do
    echo "GUEST count $(cut -d ' ' -f 1 /proc/uptime)"
    sleep 2
done
INIT
    chmod 755 "$tree/init"
    (cd "$tree" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) | gzip -1 >"$WORK/job/guest.initrd"
    cp "$kernel/../vmlinuz" "$WORK/job/vmlinuz"
    printf '%s\n' 'name="locker"' 'type="pv"' 'memory=96' 'maxmem=104' 'vcpus=4' 'cpus=["1","2","3","4"]' 'kernel="/host/vmlinuz"' \
        'ramdisk="/host/guest.initrd"' 'extra="console=hvc0 nosoftlockup rcupdate.rcu_cpu_stall_suppress=1"' >"$WORK/job/locker.cfg"
}

mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen-live.so,xenview} tests/lab/live_ask.bash "$WORK/job/"
cp -r xen/profile/layouts "$WORK/job/"
guest || not_ok "the guest's program"
# Debian 12's xen-syms has no DWARF: "xen locks" requires types
types=$([[ $LAB_SUITE == bookworm ]] || echo yes)
printf '#!/bin/bash\ntypes=%s\n' "$types" >"$WORK/job/job"
cat >>"$WORK/job/job" <<'JOB'
export XEN_LAYOUTS=$PWD/layouts
chmod 755 xenview
. ./live_ask.bash
console=/var/log/xen/console/guest-locker.log
# appears TEXT: waits until the guest has printed it
appears() {
    local tries
    for tries in {1..600}; do
        ! grep -q "$1" "$console" || return 0
        sleep 1
    done
    echo "no $1"
    return 1
}
xl create -q locker.cfg || exit 1
appears 'GUEST up' || exit 1
open_session
# the session has its own domain when it has answered
ask 1 'source -x auto' 'waits -j'
echo "LAB: the session answers" >/dev/console
for id in $(xl list | awk 'NR > 1 && $1 != "Domain-0" && $1 != "locker" { print $2 }'); do
    xl vcpu-pin "$id" all 0
done
echo >"$(xenstore-read "/local/domain/$(xl domid locker)/console/tty")"
for vcpu in 0 1 2 3; do
    appears "vcpu $vcpu allocates: 1" || exit 1
done
xl vcpu-list >out/vcpus
# pcpus take turns
echo "LAB: the guest works" >/dev/console
ask 2 'waits -j'
echo "LAB: hold" >/dev/console
# gdb holds the lock when all vcpus of the guest are silent
for _ in {1..60}; do
    size=$(stat -c %s "$console")
    sleep 20
    [[ $(stat -c %s "$console") != "$size" ]] || break
done
echo "LAB: the guest is silent" >/dev/console
answers=5
ask $answers 'waits -j' 'xen -j' 'xen -j'
if [[ -n $types ]]; then
    answers=6
    ask $answers 'locks -j'
fi
echo "LAB: looked" >/dev/console
grep -c 'GUEST count' "$console" >out/count-held
for _ in {1..60}; do
    sleep 10
    [[ $(grep -c 'GUEST count' "$console") == "$(cat out/count-held)" ]] || break
done
grep -c 'GUEST count' "$console" >out/count-after
ask $((answers + 2)) 'waits -j' 'xen -j'
close_session
cp "$console" out/console
exit 0
JOB
# The stub's socket and the serial log are in the machine's folder, which exists while the machine does.
(
    until grep -qa 'LAB: hold' "$WORK/job/machine/serial.log" 2>/dev/null; do
        sleep 1
    done
    cd "$WORK/job/machine" || exit
    PYTHONPATH=$OLDPWD/scripts/lab.d STUB=gdb SERIAL=serial.log DOMID=1 exec timeout 2400 gdb -nx -q -batch \
        -x "$OLDPWD/tests/lab/live_lock.py" "$XEN_SYMS" >"$WORK/gdb" 2>&1
) &
holder=$!
run_on_host "trixie-held-lock,death=alive,format=elf,pcpus=5,xen_cmdline=dom0_max_vcpus=1 dom0_vcpus_pin,$(grep -E '^(xen|kernel)=' "$LAB_DUMP/recipe" | paste -sd ,)"
kill "$holder" 2>/dev/null
[[ -z ${LAB_KEEP:-} ]] || cp "$WORK/gdb" "$out/../" "$LAB_BUILD/live-out/" 2>/dev/null

# answer COMMAND NUMBER: that answer to the command, from 0
answer() {
    sed -n '/^{$/,/^}$/p' "$out/now" | jq -s "[.[] | select(.command == \"$1\")][$2]"
}
# stuck NUMBER: the statements of the verdict on locks
stuck() {
    answer xen "$1" | jq -r '.statements[] | select(.statement | startswith("lock is stuck")) | .statement + " [" + .evidence + "]"'
}
# lock_waits NUMBER
lock_waits() {
    answer waits "$1" | jq -r '.waits[] | select(.kind == "lock") | "\(.who) \(.what): \(.because)"'
}

lock=$(sed -n 's/^HOLD lock \([0-9a-f]*\) .*/\1/p' "$WORK/gdb")
expect "gdb held a lock" '^HOLD lock ffff[0-9a-f]{12} pcpu [1-4] in assign_pages' "$WORK/gdb"
expect "and released it" '^RELEASED' "$WORK/gdb"
for when in before after; do
    equal "three pcpus waited for it, $when the look" 3 "$(grep -cE "^PCPU $when [1-4] in .* waits$" "$WORK/gdb")"
done
for n in 0 1; do
    stuck "$n" >"$WORK/stuck"
    equal "look $n: the verdict finds one stuck lock" 1 "$(wc -l <"$WORK/stuck")"
    expect "it is the one that gdb held, and three wait" \
        "^lock is stuck: 3 pcpus waited [0-9.]+ s or more for lock d1.page_alloc_lock \[ticket [0-9]+ of the lock at $lock was served in each of [0-9]+ looks" "$WORK/stuck"
    sed 's/^/# /' "$WORK/stuck"
done
lock_waits 2 >"$WORK/waits"
equal "xen waits: that one" 1 "$(grep -c "^3 pcpus lock d1.page_alloc_lock: ticket .* at $lock " "$WORK/waits")"
equal "and no other" 1 "$(wc -l <"$WORK/waits")"
sed 's/^/# /' "$WORK/waits"
if [[ -n $types ]]; then
    equal "xen locks lists it" "d1.page_alloc_lock held 3" \
        "$(answer locks 0 | jq -r --arg lock "0x$lock" '.locks[] | select(.lock == $lock) | "\(.name) \(.state) \(.waiting)"')"
    equal "as stuck, alone" 1 "$(answer locks 0 | jq -r '.stuck[]' | grep -c '^stuck: d1.page_alloc_lock, 3 waiting: ')"
fi
for n in 0 1 3; do
    answer waits "$n" | jq -r '.waits | length' >"$WORK/nr"
    expect "look $n of xen waits, with no lock held" '^[0-9]+$' "$WORK/nr"
    equal "no pcpu waits for a lock" '' "$(lock_waits "$n")"
done
expect "the verdict was asked after that, too" . <(answer xen 2 | jq -r '.statements[0].statement')
equal "no lock is stuck" '' "$(stuck 2)"
equal "the guest continued" yes "$([[ $(cat "$out/count-after") -gt $(cat "$out/count-held") ]] && echo yes || cat "$out/count-after")"
done_testing
