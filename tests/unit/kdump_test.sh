#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kdump-doctor on generated roots of each distribution, and the hooks with programs that fail, hang and fill the
# disk.
set -u
cd "$(dirname "$0")/../.." || exit 1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# shellcheck source=tests/unit/ok.sh
. tests/unit/ok.sh

# ---- kdump-doctor ----

R=$WORK/root
ID=576c0736b3e38388c5afe9aaccc43a18d514e88e

# host XEN-LINE LINUX-LINE: a dom0 with 16 GiB, of no distribution
host() {
    rm -rf "$R"
    mkdir -p "$R"/{proc/xen,sys/hypervisor,etc/default,etc/sysconfig,etc/systemd/system/multi-user.target.wants,boot}
    echo xen >"$R/sys/hypervisor/type"
    echo control_d >"$R/proc/xen/capabilities"
    echo "root=/dev/sda1 $2" >"$R/proc/cmdline"
    printf 'xen_commandline        : com1=115200 %s\ntotal_memory           : 16384\nbuild_id               : %s\n' "$1" "$ID" >"$R/xl-info"
    printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 99999999 1 33554432 1%% /\n' >"$R/df"
}

debian() {
    host "$@"
    touch "$R/etc/systemd/system/multi-user.target.wants/kdump-tools.service"
    printf 'USE_KDUMP=1 # 0: off\nMAKEDUMP_ARGS="-c -X -d 1"\n' >"$R/etc/default/kdump-tools"
    mkdir -p "$R/etc/systemd/system/kdump-tools-dump.service.d"
    cp packaging/kdump/debian-dropin.conf "$R/etc/systemd/system/kdump-tools-dump.service.d/xen-report.conf"
}

# symbols: a xen-syms with the build-id of the host
symbols() {
    printf 'void f(void) {}\n' >"$WORK/x.c"
    cc -nostdlib -shared -Wl,--build-id=0x"${1:-$ID}" -o "$R/boot/xen-syms-4.20" "$WORK/x.c"
}

# doctor STATUS REGEX...: a line matches each; "!REGEX": no line matches
doctor() {
    local wanted=$1 status regex
    shift
    scripts/kdump-doctor --root "$R" >"$WORK/out" 2>&1
    status=$?
    [[ $status -eq $wanted ]] || { echo "# status $status, not $wanted"; return 1; }
    for regex; do
        if [[ $regex == !* ]]; then
            ! grep -qE -- "${regex#!}" "$WORK/out" || { echo "# there is: $regex"; return 1; }
        else
            grep -qE -- "$regex" "$WORK/out" || { echo "# no: $regex"; return 1; }
        fi
    done
}

# The time of sed's and bash's patterns grows with the square of a line: minutes for 1 MB.
long_lines() {
    debian "crashkernel=$(head -c 1000000 /dev/zero | tr '\0' 1)" ""
    printf 'USE_KDUMP=1\nMAKEDUMP_ARGS=a%1000000sx #\n' "" >"$R/etc/default/kdump-tools"
    timeout 20 scripts/kdump-doctor --root "$R" >"$WORK/out" 2>&1
    [[ $? -eq 1 ]] && grep -q '^ok *Xen reserves memory' "$WORK/out"
}

ok "lines of 1 MB" long_lines
debian "crashkernel=256M,below=4G" "crashkernel=256M"
symbols
ok "Debian, set up well" doctor 0 '!^problem' '!^note' '^ok +Xen reserves memory' '^ok +level of makedumpfile: 1' \
    '^ok +xen-syms of the running build: /boot/xen-syms-4.20' '^ok +a hook' '^ok +/var/crash has space'
debian "" "crashkernel=256M"
symbols
ok "crashkernel= on Linux' line only" doctor 1 '^problem +crashkernel= is only on the command line of Linux' \
    '-> add it to GRUB_CMDLINE_XEN_DEFAULT'
debian "" ""
ok "no crashkernel= at all" doctor 1 '^problem +Xen reserves no memory'
debian "crashkernel=64M" "crashkernel=64M"
ok "too little memory" doctor 1 '^problem +Xen reserves 64 MiB'
debian "crashkernel=0-4G:128M,4G-:256M" "crashkernel=256M"
symbols
ok "ranges of sizes" doctor 0 '^ok +Xen reserves memory.*4G-:256M'
debian "crashkernel=256M" ""
symbols
ok "kdump-tools demands it on Linux' line, too" doctor 1 '^problem +kdump-tools loads'
debian "crashkernel=256M" "crashkernel=256M"
symbols
printf 'USE_KDUMP=0\nMAKEDUMP_ARGS="-c -d 31"\n' >"$R/etc/default/kdump-tools"
ok "switched off; level 31; guests' memory" doctor 1 '^problem +kdump-tools is disabled' '^problem +makedumpfile -d 31' \
    "^note +guests' memory is dumped"
printf 'USE_KDUMP=1\nMAKEDUMP_ARGS="-c -d 31 -x /boot/vmlinux"\n' >"$R/etc/default/kdump-tools"
ok "level 31 works with -x" doctor 0 '^ok +level of makedumpfile: 31'
printf 'USE_KDUMP=1\n' >"$R/etc/default/kdump-tools"
ok "the default of Debian is 31" doctor 1 '^problem +makedumpfile -d 31'
debian "crashkernel=256M" "crashkernel=256M"
rm -rf "$R/etc/systemd"
symbols 0123456789
ok "service, hook, another build" doctor 1 '^problem +kdump-tools.service is not enabled' '^note +no hook' '^problem +none of 1 xen-syms'
debian "crashkernel=256M" "crashkernel=256M"
mkdir -p "$R/sys/firmware/efi/efivars"
printf '\006\000\000\000\001' >"$R/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
ok "Secure Boot; no xen-syms" doctor 1 '^problem +Secure Boot is on' '^problem +there is no xen-syms' '-> install xen-hypervisor-\*-dbg'
debian "crashkernel=256M" "crashkernel=256M"
symbols
printf 'x\n/dev/sda1 9 1 1048576 1%% /\n' >"$R/df"
ok "room without guests only" doctor 0 '^note +/var/crash has 1024 MiB free, the host 16384'
printf 'x\n/dev/sda1 9 1 1024 1%% /\n' >"$R/df"
ok "no room" doctor 1 '^problem +/var/crash has only 1 MiB'
rm "$R/df"
ok "no folder" doctor 1 '^problem +the folder of dumps, /var/crash, does not exist'

host "crashkernel=256M" ""
symbols
touch "$R/etc/systemd/system/multi-user.target.wants/kdump.service"
{ cat packaging/kdump/suse-sysconfig; echo 'KDUMP_SAVEDIR="file:///var/crash"'; } >"$R/etc/sysconfig/kdump"
ok "SUSE, as our lines set it" doctor 0 '!^problem' '^ok +a hook' '^ok +level of makedumpfile: 1' '^ok +/var/crash has space'
printf 'KDUMP_SAVEDIR="ftp://server/x"\nKDUMP_PRESCRIPT="/usr/share/crash-xen/kdump/xen-kdump-report"\n' >"$R/etc/sysconfig/kdump"
ok "SUSE, with its defaults" doctor 1 '^problem +makedumpfile -d 31' '^problem +the program xenview is not in' '^note +the dump is written to ftp:'
# settings of a copy are text: not evaluated, printed escaped, and no device is read
printf 'KDUMP_SAVEDIR="/\xe2\x80\xae\xc2\x9bx"\nKDUMP_DUMPLEVEL='"'BASH_VERSINFO[\$(touch $WORK/executed; echo 0)]'\n" >"$R/etc/sysconfig/kdump"
ok "a level that bash would evaluate" doctor 1 '^problem +the level of makedumpfile .* is not a number: BASH_VERSINFO' '!arithmetic|unbound'
ok "it was not executed" test ! -e "$WORK/executed"
ok "no C1 byte and no bidirectional override" doctor 1 '/\?\?\?\?\?x' $'!\xc2\x9b' $'!\xe2\x80\xae'
printf 'KDUMP_SAVEDIR=/var/crash\nKDUMP_DUMPLEVEL=08\n' >"$R/etc/sysconfig/kdump"
ok "a number with a leading zero" doctor 1 '^problem +makedumpfile -d 08' '!too great'
ln -sf /dev/zero "$R/etc/sysconfig/kdump"
ok "a device in its place is not read" doctor 1 '!^ok +level'
printf 'KDUMP_SAVEDIR=/of/this/host\nKDUMP_DUMPLEVEL=08\n' >"$WORK/outside"
ln -sf "$WORK/outside" "$R/etc/sysconfig/kdump"
ok "a link out of the copy is not followed" doctor 1 '!/of/this/host' '!-d 08'
rm "$R/etc/sysconfig/kdump"
mkdir -p "$R/etc/kdump/pre.d"
cp packaging/kdump/rhel-pre.sh "$R/etc/kdump/pre.d/xen-report.sh"
cp packaging/kdump/rhel-kdump.conf "$R/etc/kdump.conf"
ok "RHEL, as our lines set it" doctor 0 '!^problem' '^ok +a hook' '^ok +level'
echo 'core_collector makedumpfile -l --message-level 7 -d 31' >"$R/etc/kdump.conf"
ok "RHEL, with its default" doctor 1 '^problem +makedumpfile -d 31 .core_collector' "^note +guests' memory"
rm "$R/etc/kdump.conf"
printf 'XCA=/usr/share/crash-xen/kdump/xca-report\nCRASH_COREDUMP=no\n' >"$R/etc/sysconfig/kdump"
ok "XCP-ng" doctor 0 '^ok +a hook' '^note +no dump is kept'
rm "$R/etc/sysconfig/kdump"
ok "no kdump" doctor 1 '^problem +no known kdump configuration'
printf 'xen_commandline : crashkernel=256M\033[31m$(touch %s/ran)`touch %s/ran`\n' "$WORK" "$WORK" >"$R/xl-info"
printf 'KDUMP_SAVEDIR="$(touch %s/ran)"\nKDUMP_DUMPLEVEL="a[$(touch %s/ran)]"\n' "$WORK" "$WORK" >"$R/etc/sysconfig/kdump"
scripts/kdump-doctor --root "$R" >"$WORK/out" 2>&1
ok "texts of files are not run or printed raw" bash -c '[[ ! -e $1/ran ]] && ! grep -q "$(printf "\033")" "$1/out"' - "$WORK"
mkdir "$WORK/here"
for program in sed grep tr head tail cut timeout xl awk df od; do
    printf '#!/bin/sh\ntouch "%s/ran"\n' "$WORK" >"$WORK/here/$program"
    chmod 755 "$WORK/here/$program"
done
for path in ":$PATH" ".:$PATH" "$PATH:"; do
    (cd "$WORK/here" && PATH=$path LD_LIBRARY_PATH=. "$OLDPWD/scripts/kdump-doctor" --root "$R" >"$WORK/out" 2>&1)
    ok "programs of the current folder are not run, which is said" bash -c '[[ ! -e $1/ran ]] && grep -q "^problem" "$1/out" &&
        [[ $(grep -c "^kdump-doctor: [A-Z_]*: folders relative" "$1/out") == 2 ]]' - "$WORK"
done
ok "a full disk" bash -c 'scripts/kdump-doctor --root "$1" >/dev/full 2>&1; [[ $? == 2 ]] && ! scripts/kdump-doctor --help 2>&1 >/dev/full | grep -v "write error"' - "$R"
echo none >"$R/proc/xen/capabilities"
ok "no dom0" doctor 2 'not a dom0'
ok "wrong arguments" bash -c '! scripts/kdump-doctor --nosuch 2>/dev/null; [[ $(scripts/kdump-doctor --root 2>&1; echo $?) == *2 ]]'

# ---- hooks ----

mkdir "$WORK/dumps"
echo dump >"$WORK/vmcore"

# xenview SCRIPT: installs a script as xenview; arguments "VMCORE report -f FORM -o
# FILE"
xenview() {
    printf '#!/bin/sh\n%s\n' "$1" >"$WORK/xenview"
    chmod +x "$WORK/xenview"
    rm -rf "$WORK"/dumps/*
}

# hook SHELL [HOOK]: exit status 0, in at most 16 s
hook() {
    local start=$SECONDS
    XENVIEW=$WORK/xenview XEN_REPORT_SECONDS=1 XEN_REPORT_MIB=1 XEN_REPORT_CORE_SECONDS=1 XEN_REPORT_CORE_MIB=1 "$1" "${2:-packaging/kdump/xen-kdump-report}" "$WORK/vmcore" "$WORK/dumps" >"$WORK/out" 2>&1 &&
        [[ $((SECONDS - start)) -le 16 ]]
}

# chosen_cores SHELL CORES
chosen_cores() {
    XEN_REPORT_CORES=$2 hook "$1"
}

for shell in sh bash; do
    # shellcheck disable=SC2016 # for the program
    xenview '[ "$2" = extract ] && echo "$3" >"$4" || echo "$3 $4" >"$6"'
    ok "$shell: three files" hook "$shell"
    ok "$shell: their forms" bash -c '[[ $(cat "$1"/dumps/*/xen-report.txt "$1"/dumps/*/xen-report.html) == "-f text"*"-f html" ]]' - "$WORK"
    ok "$shell: the core of the hypervisor" grep -qx -- -x "$WORK"/dumps/*/xen.core
    ok "$shell: the time is logged" grep -qE 'xen.core, [0-9]+ s$' "$WORK/out"
    rm -rf "$WORK"/dumps/*
    ok "$shell: other cores" chosen_cores "$shell" "dom0 other"
    ok "$shell: the core of dom0 only" bash -c '[[ $(cd "$1"/dumps/* && echo *.core && cat *.core) == "dom0.core"*"-d0" ]]' - "$WORK"
    ok "$shell: an unknown core is logged" grep -q 'no core "other"' "$WORK/out"
    rm -rf "$WORK"/dumps/*
    ok "$shell: no core" chosen_cores "$shell" none
    ok "$shell: no file of one" bash -c '! ls "$1"/dumps/*/*.core 2>/dev/null' - "$WORK"
    xenview 'exit 3'
    ok "$shell: a program that fails" hook "$shell"
    ok "$shell: is logged" grep -q 'text: failed with status 3' "$WORK/out"
    xenview 'sleep 100'
    ok "$shell: a program that hangs" hook "$shell"
    # shellcheck disable=SC2016
    xenview '[ "$2" = extract ] && exec yes >"$4"; yes >"$6"'
    ok "$shell: a program that fills the disk" hook "$shell"
    ok "$shell: gets 1 MiB, in bash 2" bash -c '[[ $(du -ck "$1"/dumps/*/xen-report.* | tail -n 1 | cut -f 1) -le 6400 ]]' - "$WORK"
done
# folders with links, made by someone who guessed the time
mkdir "$WORK/linked"
xenview 'exit 3'
for second in {0..20}; do
    name=$WORK/dumps/xen-report-$(date -d "+$second seconds" +%Y%m%d-%H%M%S)
    mkdir "$name"
    ln -s "$WORK/linked/file" "$name/xen-report.log"
done
ok "folders that exist" hook sh
ok "no link is followed" test ! -e "$WORK/linked/file"
ok "nobody else can read the new one" bash -c '[[ $(stat -c %a "$(dirname "$(find "$1/dumps" -name xen-report.log -type f)")") == 700 ]]' - "$WORK"
# an initrd without timeout
sed 's/command -v timeout/command -v nosuch/' packaging/kdump/xen-kdump-report >"$WORK/hook"
xenview 'sleep 100'
ok "a program that hangs, without timeout" hook sh "$WORK/hook"
# shellcheck disable=SC2016
xenview '[ "$2" = extract ] || echo "$3 $4" >"$6"'
ok "three files, without timeout" hook sh "$WORK/hook"
ok "their content" grep -q -- '-f html' "$WORK"/dumps/*/xen-report.html
rm "$WORK/xenview"
ok "no program" hook sh
xenview true
rm "$WORK/vmcore"
ok "no dump" hook sh
ok "no dump: nothing is made" bash -c '[[ -z $(ls "$1/dumps") ]]' - "$WORK"
echo dump >"$WORK/vmcore"
ok "no folder" env XENVIEW="$WORK/xenview" sh packaging/kdump/xen-kdump-report "$WORK/vmcore" "$WORK/nosuch"

# the analyser receives its arguments, and its status is used
printf '#!/bin/sh\necho "$*" >"%s/analysed"\nexit 7\n' "$WORK" >"$WORK/analyser"
chmod +x "$WORK/analyser"
ok "the analyser's status" bash -c 'XCA_ANALYSER=$1/analyser packaging/kdump/xca-report --outdir "$1/dumps" -v --dump-structures >/dev/null 2>&1; [[ $? -eq 7 ]]' - "$WORK"
ok "the analyser's arguments" grep -qx -- "--outdir $WORK/dumps -v --dump-structures" "$WORK/analysed"
ok "without an analyser" env XCA_ANALYSER="$WORK/nosuch" packaging/kdump/xca-report --outdir="$WORK/dumps"

# ---- plugins of support tools ----

# plugin: supportconfig's, on a root with reports
plugin() {
    XEN_REPORT_ROOT=$WORK/support packaging/support/supportconfig >"$WORK/out" 2>&1
}

mkdir -p "$WORK/support/var/crash"
ok "supportconfig: nothing to report" bash -c 'XEN_REPORT_ROOT=$1/support packaging/support/supportconfig; [[ $? -eq 111 ]]' - "$WORK"
for n in 1 2 3 4 5 6 7; do
    mkdir -p "$WORK/support/var/crash/xen-report-$n"
    echo "VERDICT: number $n" >"$WORK/support/var/crash/xen-report-$n/xen-report.txt"
    touch -d "2026-01-0$n" "$WORK/support/var/crash/xen-report-$n/xen-report.txt"
done
echo core >"$WORK/support/var/crash/xen-report-7/xen.core"
ok "supportconfig: the newest reports" plugin
ok "supportconfig: five of them, the last first" bash -c '[[ $(grep -o "number ." "$1/out" | tr -d "\n") == "number 7number 6number 5number 4number 3" ]]' - "$WORK"
mkdir -p "$WORK/support/var/crash/xen-report-8"$'\n9999999999 '/secret$'\n'
echo secret >"$WORK/support/var/crash/xen-report-8"$'\n9999999999 '/secret$'\n'/xen-report.txt
touch "$WORK/support/var/crash/xen-report-7/"$'\xff\e[2J'
ok "supportconfig: names with control characters" plugin
ok "supportconfig: are not printed" bash -c '! grep -q -e secret -e "$(printf "\033")" "$1/out" && [[ $(grep -c "number ." "$1/out") == 5 ]]' - "$WORK"
mkdir -p "$WORK/support/etc/sysconfig" "$WORK/support/srv"
echo 'KDUMP_SAVEDIR="file:///srv"' >"$WORK/support/etc/sysconfig/kdump"
mv "$WORK/support/var/crash/xen-report-2" "$WORK/support/srv/"
ok "supportconfig: the folder of its configuration" plugin
ok "supportconfig: and no other" bash -c '[[ $(grep -o "number ." "$1/out") == "number 2" ]]' - "$WORK"
ok "bugtool: XML" python3 -c 'import sys, xml.dom.minidom as m
assert [m.parse(f).documentElement.tagName for f in sys.argv[1:]] == ["capability", "collect"]' packaging/support/bugtool/{crash-xen,stuff}.xml
ok "sos: lines of the form \":PATH MEBIBYTES\", and commands" bash -c '! grep -vE "^(#.*|:/[^ ]+ [0-9]+|kdump-doctor)$" packaging/support/sos-extras'
ok "sos: no core" bash -c '! grep -v "^#" packaging/support/sos-extras | grep core'

printf '1..%d\n' "$N"
[[ $FAILED -eq 0 ]]
