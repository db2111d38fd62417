#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The files that xencrash finds and the session it starts, with generated files: a small program as vmlinux, a script as
# crash.
set -uo pipefail

TREE=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
TESTS=0
ID=00112233445566778899aabbccddeeff00112233
REL=$(uname -r)
export CRASH=$WORK/crash XEN_SO=$WORK/xen.so XENVIEW=$WORK/xenview XENCRASH_ROOT=$WORK/host

# expect NAME WANTED-IN-OUTPUT
expect() {
    TESTS=$((TESTS + 1))
    if grep -qF -- "$2" "$WORK/out"; then
        echo "ok $TESTS - $1"
    else
        echo "not ok $TESTS - $1"
        { echo "wanted: $2"; cat "$WORK/out"; } | sed 's/^/# /'
    fi
}

lines() {
    TESTS=$((TESTS + 1))
    if [[ $(wc -l <"$WORK/out") == "$2" ]]; then echo "ok $TESTS - $1"; else
        echo "not ok $TESTS - $1"
        sed 's/^/# /' "$WORK/out"
    fi
}

xencrash() {
    "$TREE/scripts/xencrash" "$@" >"$WORK/out" 2>&1
}

# status NAME WANTED GOT
status() {
    TESTS=$((TESTS + 1))
    if [[ $2 == "$3" ]]; then echo "ok $TESTS - $1"; else echo "not ok $TESTS - $1 (exit status $3, not $2)"; fi
}

refute() {
    TESTS=$((TESTS + 1))
    if grep -qF -- "$2" "$WORK/out"; then
        echo "not ok $TESTS - $1"
        sed 's/^/# /' "$WORK/out"
    else
        echo "ok $TESTS - $1"
    fi
}

# elf FILE BUILD-ID: creates a file with code and DWARF
elf() {
    mkdir -p "$(dirname "$1")"
    echo 'int start(void) { return 0; }' | gcc -g -nostdlib -static -e start -Wl,--build-id="0x$2" -x c -o "$1" -
}

# host: creates a root with a dom0 whose kernel has no files
host() {
    rm -rf "$WORK/host"
    mkdir -p "$WORK/host"/{boot,proc,dev,sys/hypervisor/properties,sys/kernel,usr/lib/debug/boot}
    echo xen >"$WORK/host/sys/hypervisor/type"
    echo 00000bff >"$WORK/host/sys/hypervisor/properties/features"
    head -c 8192 /dev/zero >"$WORK/host/proc/kcore"
    # a note of another kind, then the build-id
    printf '\4\0\0\0\4\0\0\0\1\0\0\0Xen\0\0\0\0\0\4\0\0\0\24\0\0\0\3\0\0\0GNU\0' >"$WORK/host/sys/kernel/notes"
    # shellcheck disable=SC2059 # the bytes of the id
    printf "$(sed 's/../\\x&/g' <<<$ID)" >>"$WORK/host/sys/kernel/notes"
}

# pair DIRECTORY BUILD-ID: SLES's stripped vmlinux.gz, and its .debug in /usr/lib/debug
pair() {
    elf "$WORK/whole" "$2"
    objcopy --only-keep-debug "$WORK/whole" "$WORK/host/usr/lib/debug/boot/vmlinux-$REL.debug"
    strip -o "$WORK/stripped" "$WORK/whole"
    gzip -c "$WORK/stripped" >"$1/vmlinux-$REL.gz"
}

cat >"$CRASH" <<'FAKE'
#!/bin/sh
echo "crash: $*${XENCRASH_HYPERVISOR_ONLY:+ (no start)}"
[ -z "${LD_LIBRARY_PATH:-}" ] || echo "LD_LIBRARY_PATH=$LD_LIBRARY_PATH"
# as typed on a terminal: sent to all of them
[ -z "${FAKE_SIGNAL:-}" ] || { kill -s "$FAKE_SIGNAL" 0; sleep 5; }
first=$1
while [ $# -gt 1 ]; do
	# a command marks the start; a kernel that cannot be read ends crash before
	[ "$1" != -i ] || sed 's/^/command: /' "$2"
	[ -z "${CRASH_NONE:-}" ] || { shift; continue; }
	[ "$1" != -i ] || [ -n "${CRASH_PLAIN:-}" ] && [ "$first" != --minimal ] ||
		if grep -q "^xen start" "$2" && [ -n "${CRASH_START:-}" ]; then exit "$CRASH_START"; else eval "$(sed -n 's/^!//p' "$2")"; fi
	shift
done
[ "$first" != --minimal ] || exit "${CRASH_END:-0}"
[ "$first" = --minimal ] || exit "${CRASH_PLAIN:-0}"
FAKE
# of a dump: as xenview's JSON
cat >"$XENVIEW" <<FAKE
#!/bin/sh
echo "\$*" >>"$WORK/asked"
case "\$*" in
--version) echo "xenview 1.2.3" ;;
"--fetch "*)
	file="$WORK/server/\${2##*:}.\${2%%:*}"
	[ -f "\$file" ] || { echo "xenview: \$2: not found" >&2; exit 1; }
	echo "\$file" ;;
"--no-dump files "*)
	dwarf=false
	case "\${3##*/}" in
	-vmcore) class="memory dump" ;;
	xen*.map) class="xen map" ;;
	vmcore*.gz) class="memory dump, gzip" ;;
	vmcore*) class="memory dump" ;;
	vmlinux*.gz) class="vmlinux, gzip" ;;
	vmlinux*) class=vmlinux dwarf=true ;;
	vmlinuz*) class=vmlinuz ;;
	xen-syms*) class=xen-syms dwarf=true ;;
	xen*.gz) class="xen, gzip" ;;
	System.map*) class=System.map ;;
	*.ko) class="other ELF file" ;;
	*) class=unknown ;;
	esac
	printf '{\n  "files": [\n    {"match": "?", "class": "%s", "dwarf": %s, "path": "%s"}\n  ]\n}\n' "\$class" "\$dwarf" "\$3" ;;
*" files "*)
	[ -z "\${NO_MATCHES:-}" ] || { echo "xenview: vmcore: truncated" >&2; exit 1; }
	echo '{'
	for f; do
		real=\$(readlink -f "\$f")
		case "\${real##*/}" in
		*other*) echo "    {\"match\": \"no\", \"path\": \"\$f\", \"verdict\": \"build-id in memory is 57\"}" ;;
		xen*) echo "    {\"match\": \"\${MATCH:-yes}\", \"path\": \"\$f\", \"verdict\": \"build-id 57\"}" ;;
		esac
	done
	echo '}' ;;
*-s*vmcore-of-another*kernel*) echo "xenview: vmcore-of-another: part of another dump" >&2; exit 1 ;;
*" extract "*)
	for f; do
		[ "\${f##*/}" != guest.core ] || [ -n "\${NO_DOMAIN:-}" ] || : >"\$f"
	done
	[ -z "\${NO_DOMAIN:-}" ] || { printf '{\\n  "errors": [\\n    {"reason": "not_found", "text": "%s"}\\n  ]\\n}\\n' "\${REASON:-no domain 9}"; exit 1; }
	printf '{\\n  "extract": {"file": "x", "domid": %s, "release": %s, "build_id": "%s"}\\n}\\n' "\${DOMID:-3}" \
		"\${GUEST:-\"$REL\"}" "$ID" ;;
*kernel*)
	echo '{'
	echo '  "command": "kernel",'
	printf '  "kernel": {"banner": "quoted \\\\", \\\\"release\\\\": \\\\"5.0-wrong\\\\"", "release": "%s", "build_id": "%s"},\\n' \
		"\${RELEASE:-$REL}" "\${BUILD_ID:-$ID}"
	echo '  "notes": [] }'
	;;
*)
	[ -z "\${OVERVIEW_SIGNAL:-}" ] || { kill -s "\$OVERVIEW_SIGNAL" 0; sleep 5; }
	printf '{\\n  "xen": {"dump": "%s", "verdict": "%s", "pcpus": 2}\\n}\\n' "\${DUMP:-of a crash kernel}" "\${VERDICT:-}"
	;;
esac
FAKE
chmod 755 "$CRASH" "$XENVIEW"
echo 'crash-xen: extension of crash' >"$XEN_SO"

host
elf "$WORK/host/usr/lib/debug/boot/vmlinux-$REL" $ID
xencrash
expect "a running dom0, Debian's place" "/host/usr/lib/debug/boot/vmlinux-$REL /proc/kcore"
expect "by the deferred start" "command: xen start"
expect "with the extension" "command: extend $XEN_SO"

elf "$WORK/host/usr/lib/debug/.build-id/00/${ID#00}.debug" $ID
xencrash
expect "the build-id comes before the name" "/.build-id/00/${ID#00}.debug /proc/kcore"

host
elf "$WORK/host/usr/lib/debug/boot/vmlinux-$REL" 99"${ID#00}"
xencrash
expect "another build of the same name is not taken" "build-id mismatch (99${ID#00})"
expect "and what is missing is said" "no vmlinux with debuginfo for the running Linux $REL (build-id $ID)"

host
pair "$WORK/host/boot" $ID
mkdir -p "$WORK/host/usr/lib/debug/.build-id/00"
ln -s "../../boot/vmlinux-$REL.debug" "$WORK/host/usr/lib/debug/.build-id/00/${ID#00}.debug"
xencrash
expect "SLES: both files" "/host/boot/vmlinux-$REL.gz $WORK/host/usr/lib/debug/boot/vmlinux-$REL.debug /proc/kcore"
expect "SLES: it is said" "with $WORK/host/usr/lib/debug/boot/vmlinux-$REL.debug"

host
pair "$WORK/host/boot" 99"${ID#00}"
xencrash
expect "SLES: the .debug of another build is not taken" "no vmlinux with debuginfo"

host
pair "$WORK/host/boot" $ID
rm "$WORK/host/boot/vmlinux-$REL.gz"
xencrash
expect "SLES: half of the pair is not enough" "no vmlinux with debuginfo"

# A debuginfod server: used only if the user has set one, and not trusted.
host
mkdir -p "$WORK/server"
elf "$WORK/server/$ID.$ID" $ID
xencrash
expect "debuginfod: not asked without DEBUGINFOD_URLS" "no vmlinux with debuginfo"
export DEBUGINFOD_URLS=http://127.0.0.1:1
xencrash
expect "debuginfod: the vmlinux" "$WORK/server/$ID.$ID /proc/kcore"
elf "$WORK/server/$ID.$ID" 99"${ID#00}"
xencrash
expect "debuginfod: another build is not taken" "no vmlinux with debuginfo"
elf "$WORK/whole" $ID
objcopy --only-keep-debug "$WORK/whole" "$WORK/server/$ID.$ID"
xencrash
expect "debuginfod: half of a pair is not enough" "no vmlinux with debuginfo"
strip -o "$WORK/server/$ID.executable" "$WORK/whole"
xencrash
expect "debuginfod: both files of a pair" "$WORK/server/$ID.executable $WORK/server/$ID.$ID /proc/kcore"
rm -r "$WORK/server"
xencrash
expect "debuginfod: the server lacks it" "xenview: $ID: not found"
unset DEBUGINFOD_URLS

mkdir -p "$WORK/dump"
: >"$WORK/dump/vmcore"
host
pair "$WORK/dump" $ID
xencrash "$WORK/dump/vmcore"
expect "SLES: a pair beside a dump" "/dump/vmlinux-$REL.gz $WORK/host/usr/lib/debug/boot/vmlinux-$REL.debug $WORK/dump/vmcore"

export VERDICT="dom0 crashed"
xencrash "$WORK/dump/vmcore" -s
expect "dom0's panic: a plain start" "crash: -s -i"
lines "which is the only one" 4
CRASH_PLAIN=1 xencrash "$WORK/dump/vmcore" -s
expect "crash cannot read the kernel: said" "starting with --minimal"
expect "and it starts with the extension's help" "crash: --minimal -s -i"
expect "before what marks the start" "command: xen start"
refute "which reads the kernel" "opening the hypervisor only"
refute "and may be completed" "(no start)"
CRASH_PLAIN=1 CRASH_START=1 xencrash "$WORK/dump/vmcore" -s
expect "nor so: said" "opening the hypervisor only"
expect "and the hypervisor alone is opened" "crash: --minimal -s -i"
expect "where \"start\" is not offered" "(no start)"
grep '^command:' "$WORK/out" | tail -n 2 >"$WORK/one"
mv "$WORK/one" "$WORK/out"
refute "without xen start" "xen start"
CRASH_PLAIN=139 xencrash "$WORK/dump/vmcore" -s
lines "a session that was killed is not started again" 4
unset VERDICT

DUMP="of the whole machine, with QEMU's notes" xencrash "$WORK/dump/vmcore"
expect "a whole machine: not relocated" "crash: --minimal --kaslr=0 --machdep phys_base=0 -i"

# Paths contain the release and the build-id, which are read from a dump.
# shellcheck disable=SC2016 # as they stand
for RELEASE in '../../etc' '6.1/../x' '$(id)' 'a b' '*'; do
    RELEASE=$RELEASE xencrash "$WORK/dump/vmcore"
    expect "release $RELEASE of a dump is refused" "unusable kernel release"
    lines "release $RELEASE: one line" 1
done
unset RELEASE
BUILD_ID='../../../x' xencrash "$WORK/dump/vmcore"
expect "a build-id that is none is not used" " with $WORK/host/usr/lib/debug/boot/vmlinux-$REL.debug"

# A missing part ends it in one line.
XEN_SO=$WORK/none.so xencrash "$WORK/dump/vmcore"
status "a wrong XEN_SO" 1 $?
expect "is named" "$WORK/none.so: cannot read"
lines "in one line" 1
XEN_SO=/bin/sh xencrash "$WORK/dump/vmcore"
status "XEN_SO of something else" 1 $?
expect "is named, too" "/bin/sh: not the xen.so of crash-xen"
lines "in one line" 1
CRASH=$WORK/none xencrash "$WORK/dump/vmcore"
status "a wrong CRASH" 1 $?
lines "in one line" 1
XENVIEW=$WORK/none xencrash "$WORK/dump/vmcore"
status "a wrong XENVIEW" 1 $?
lines "in one line" 1
printf '#!/bin/sh\necho "libdw.so.1: cannot open shared object file" >&2\nexit 127\n' >"$WORK/broken-xenview"
chmod +x "$WORK/broken-xenview"
XENVIEW=$WORK/broken-xenview xencrash "$WORK/dump/vmcore"
status "an XENVIEW that lacks a library" 1 $?
expect "is the reason, not the dump" "broken-xenview: cannot run (XENVIEW): libdw.so.1: cannot open"
lines "in one line" 1

# A session on a guest.
host
elf "$WORK/host/usr/lib/debug/boot/vmlinux-$REL" $ID
xencrash -d web1 "$WORK/dump/vmcore" -s
expect "a guest: crash gets its core, and its kernel by the build-id" "/guest.core"
expect "a guest: whose number is used from then on" "command: xen start -d 3 $WORK/dump/vmcore"
expect "a guest: the deferred start" "crash: --minimal -s -i"
expect "a guest: its kernel is named" "domain 3's Linux $REL: $WORK/host/usr/lib/debug/boot/vmlinux-$REL"
: >"$WORK/dump/vmcore2"
xencrash "$WORK/dump/vmcore" "$WORK/dump/vmcore2" -d 3
expect "a guest: all files of a split dump" "command: xen start -d 3 $WORK/dump/vmcore $WORK/dump/vmcore2"
refute "a guest: and crash has none of them" "guest.core $WORK/dump/vmcore2"
rm "$WORK/dump/vmcore2"
DOMID=0 xencrash -d dom0 "$WORK/dump/vmcore"
refute "a name of domain 0: the session of dom0" "guest.core"
xencrash -d d0 "$WORK/dump/vmcore"
refute "d0 as well" "guest.core"
NO_DOMAIN=1 xencrash -d 9 "$WORK/dump/vmcore"
status "no such domain" 1 $?
expect "no such domain: the reason" "xencrash: -d 9: no domain 9; domains: xenview"
lines "no such domain: one line" 1
NO_DOMAIN=1 REASON='\"a \\ b\" is no name, \u0041' xencrash -d nosuch "$WORK/dump/vmcore"
expect "no such name: the whole reason" 'xencrash: -d nosuch: "a \ b" is no name, \u0041; domains: xenview'
xencrash -d '' "$WORK/dump/vmcore"
expect "an empty name" "xencrash: -d: its value is empty"
xencrash -d 3 -d 4 "$WORK/dump/vmcore"
expect "two domains" "xencrash: -d 3 and -d 4; name one domain"
GUEST=null xencrash -d 3 "$WORK/dump/vmcore"
status "a guest without Linux" 1 $?
expect "a guest without Linux: the reason" "no Linux kernel recognised in domain 3"
elf "$WORK/another/vmlinux" 99"${ID#00}"
xencrash -d 3 "$WORK/another/vmlinux" "$WORK/dump/vmcore"
status "a guest, another build of its kernel" 1 $?
expect "a guest, another build: both ids" "domain 3 runs Linux $REL with build-id $ID"
CRASH_START=1 CRASH_PLAIN=1 xencrash -d 3 "$WORK/dump/vmcore"
refute "a guest: the host is not opened instead" "opening the hypervisor"
CRASH_START=134 xencrash -d 3 "$WORK/dump/vmcore"
expect "a guest: crash died of a fault" "crash cannot read the kernel of domain 3, see above (other releases may: CRASH=PATH)"
host
xencrash -d 3 "$WORK/dump/vmcore"
expect "a guest without a vmlinux: the reason" "no vmlinux with debuginfo for domain 3's Linux $REL (build-id $ID)"
NO_DOMAIN=1 xencrash -d 9
expect "a guest of the running host, not there: the reason" "xencrash: -d 9: no domain 9; domains: xenview --live doms"
elf "$WORK/host/usr/lib/debug/boot/vmlinux-$REL" $ID
xencrash -d web1
expect "a guest of the running host: crash gets its core" "/guest.core"
expect "a guest of the running host: without a dump" "command: xen start -d 3 "
refute "a guest of the running host: not paused" "xen start -P"
refute "a guest of the running host: dom0's memory is not read" "/proc/kcore"
xencrash -P -d web1
expect "a guest of the running host, paused" "command: xen start -P -d 3"
expect "and said so" "domain 3's memory: hypercalls; it is paused"
for words in "-d 3 $WORK/dump/vmcore" "" "-d 0" "$WORK/dump/vmcore"; do
    # shellcheck disable=SC2086 # words
    xencrash -P $words
    status "-P $words" 1 $?
    expect "-P $words: the reason" "-P requires -d DOMAIN, a guest of the running host"
    lines "-P $words: one line" 1
done
host
pair "$WORK/dump" $ID

xencrash --help
status "--help" 0 $?
expect "shows the usage" "xencrash [-d DOMAIN [-P]] [FILE...] [CRASH-OPTION...]"
expect "to its last line" "another root directory"
refute "and no code" "set -u"
xencrash --version
expect "--version" "1.2.3"

# No file remains in TMPDIR, however the session ends.
mkdir -p "$WORK/tmp"
for end in HUP:129 INT:130 QUIT:131 PIPE:141 TERM:143; do
    FAKE_SIGNAL=${end%:*} TMPDIR=$WORK/tmp setsid -w "$TREE/scripts/xencrash" "$WORK/dump/vmcore" >"$WORK/out" 2>&1
    status "${end%:*}" "${end#*:}" $?
    status "${end%:*}: nothing stays behind" "" "$(ls "$WORK/tmp")"
    # before crash is started: a script that went on would use a folder that anybody can own by then
    OVERVIEW_SIGNAL=${end%:*} TMPDIR=$WORK/tmp setsid -w "$TREE/scripts/xencrash" "$WORK/dump/vmcore" >"$WORK/out" 2>&1
    status "${end%:*} before crash" "${end#*:}" $?
    refute "${end%:*} before crash: crash is not started" "crash: -"
    status "${end%:*} before crash: nothing stays behind" "" "$(ls "$WORK/tmp")"
done
TMPDIR=$WORK/tmp xencrash "$WORK/dump/vmcore"
status "nor after a session" "" "$(ls "$WORK/tmp")"
mkdir -p "$WORK/tmp/a b"
TMPDIR="$WORK/tmp/a b" xencrash "$WORK/dump/vmcore"
refute "a TMPDIR that crash would split is not used" "$WORK/tmp/a b"
expect "which is said" "TMPDIR: crash cannot use"
rmdir "$WORK/tmp/a b"

host
elf "$WORK/kernel/vmlinux" $ID
xencrash "$WORK/kernel/vmlinux" /proc/kcore -s
expect "named files are taken as they are" "crash: --minimal -s -i"
expect "named files, in this order" "$WORK/kernel/vmlinux /proc/kcore"

# Files by their content, in any order.
mkdir -p "$WORK/any"
cd "$WORK/any" || exit 1
host
elf "$WORK/whole" $ID
cp "$WORK/whole" vmlinux
strip -o vmlinux-stripped.gz vmlinux
objcopy --only-keep-debug vmlinux vmlinux.debug
touch vmcore vmcore2 vmcore-of-another xen-syms xen.gz xen-other.gz xen-syms.map System.map "xen of mine.gz" raw text module.ko vmlinuz
echo "doms" >input
for order in "xen-syms vmlinux vmcore" "vmlinux vmcore xen-syms" "vmcore xen-syms vmlinux"; do
    # shellcheck disable=SC2086 # words
    xencrash $order
    expect "$order: kernel and dump" "/commands vmlinux vmcore"
    expect "$order: the hypervisor is loaded" "command: xen load xen-syms"
done
xencrash xen-other.gz vmlinux vmcore
status "another hypervisor is refused" 1 $?
expect "with the reason" "xen-other.gz: build-id in memory is 57"
lines "in one line" 1
NO_MATCHES=1 xencrash xen.gz vmlinux vmcore
status "a dump that cannot be read" 1 $?
expect "a dump that cannot be read: the reason" "cannot compare the hypervisor: vmcore: truncated"
lines "a dump that cannot be read: one line" 1
xencrash xen-other.gz xen.gz vmlinux vmcore
expect "beside the right one it is not taken" "command: xen load xen.gz"
xencrash "xen of mine.gz" vmlinux vmcore
expect "a name with blanks: as a link for crash" "command: xen load /"
expect "and its own name in the message" "hypervisor: xen of mine.gz"
MATCH='?' xencrash xen-syms.map vmlinux vmcore
expect "an undecidable one is taken" "command: xen load xen-syms.map"
xencrash vmlinux vmcore
refute "none named: crash's extension searches for it" "xen load"
xencrash System.map vmcore vmlinux
expect "System.map goes to crash" " System.map vmlinux vmcore"
xencrash vmcore vmlinux.debug vmlinux-stripped.gz
expect "the halves of a kernel, in crash's order" " vmlinux-stripped.gz vmlinux.debug vmcore"
xencrash -s vmcore -i input --kaslr 0 vmlinux
cp "$WORK/out" "$WORK/sorted"
echo 'p dash' >-dash
xencrash vmcore -i -dash vmlinux
expect "a file of commands that begins with a dash" "command: p dash"
xencrash vmcore -i none vmlinux
expect "a file of commands that is not there" "xencrash: none: cannot read this file"
lines "in one line" 1
xencrash nosuch vmlinux
expect "a dump that is not there" "xencrash: nosuch: no such file"
cp "$WORK/sorted" "$WORK/out"
expect "options before the dump and their values" "crash: --minimal -s --kaslr 0 -i"
expect "do not mean a running host" " vmlinux vmcore"
expect "commands of the user come last" "command: doms"
xencrash vmcore vmcore2 vmlinux
expect "two dumps that are parts of one" " vmlinux vmcore vmcore2"
xencrash vmcore vmcore-of-another vmlinux
status "two dumps that are not" 1 $?
expect "are named" "several dumps, not the parts of one: vmcore vmcore-of-another"
cp vmlinux vmlinux2
xencrash vmlinux vmlinux2 vmcore
expect "two kernels" "two kernels: vmlinux and vmlinux2"
xencrash module.ko vmcore
expect "another file" "module.ko: neither a memory dump nor a kernel nor a hypervisor (other ELF file)"
xencrash text vmcore vmlinux
expect "an empty file" "text: neither a memory dump nor a kernel"
refute "an empty file: not called a dump" "(memory dump)"
printf '(XEN) Panic on CPU 1:\r\n\033[1mgr\303\274n\n' >console.log
for words in console.log "console.log vmcore vmlinux" "vmcore console.log"; do
    # shellcheck disable=SC2086 # words
    xencrash $words
    status "$words" 1 $?
    expect "$words: what explains it" "console.log: text; \"xen-decode\" explains"
    lines "$words: one line" 1
done
head -c 4096 /dev/zero >raw
xencrash raw vmlinux
expect "an image of physical memory has no mark" " vmlinux raw"
mkdir -p folder none && touch folder/vmcore folder/vmcore.gz && cp vmlinux folder/vmlinux
xencrash folder
expect "a folder with a dump, also compressed" " folder/vmlinux folder/vmcore"
refute "the compressed one is not taken" "folder/vmcore.gz"
xencrash folder/vmcore.gz vmlinux
expect "a compressed dump alone" "folder/vmcore.gz: a dump compressed by gzip"
xencrash none vmlinux
expect "a folder without one" "none: no memory dump in this folder"
xencrash none vmcore vmlinux
expect "beside a dump" " vmlinux vmcore"
ln -f vmcore linked
ln -sf vmlinux vmlinux-linked
xencrash folder folder/vmcore ./folder/vmcore
expect "the same dump several times" " folder/vmlinux folder/vmcore"
refute "is one" "several dumps"
xencrash vmcore vmlinux ./vmlinux vmlinux-linked vmcore2 vmcore2
expect "the same kernel and part several times" " vmlinux vmcore vmcore2"
refute "the part is one" "vmcore2 vmcore2"
rm linked vmlinux-linked
xencrash vmlinux -- vmcore
expect "files behind --" "/commands vmlinux vmcore"
xencrash vmlinux vmcore -iinput
expect "-iFILE" "command: doms"
xencrash vmcore vmlinux -d
expect "-d at the end" "-d: its value is missing"
xencrash vmcore vmlinux ''
expect "an empty word" "the name of a file is empty"
xencrash -d3 vmcore vmlinux
expect "-dDOMAIN" "command: xen start -d 3 vmcore"
xencrash vmlinuz vmcore vmlinux
expect "vmlinuz is not given to crash" "vmlinuz, which crash cannot read"

# Without a vmlinux: only xenview, in place of crash.
rm vmlinux
: >"$WORK/asked"
xencrash vmcore
status "no vmlinux: no error" 0 $?
expect "no vmlinux: what dom0's part requires" "no vmlinux with debuginfo for dom0's Linux $REL"
expect "no vmlinux: the overview" '"pcpus": 2'
refute "no vmlinux: no crash" "crash: -"
xencrash xen.gz vmcore
expect "no vmlinux, xen.gz" "xenview -i xen.gz vmcore COMMAND"
cp "$WORK/asked" "$WORK/out"
expect "no vmlinux: xenview with that image" "-i xen.gz vmcore"
xencrash xen.gz
expect "a hypervisor alone: the running host" "no vmlinux with debuginfo for the running Linux"
cp "$WORK/asked" "$WORK/out"
expect "opened by hypercalls" "-i xen.gz --live"
cd "$WORK" || exit 1

# crash exits with 1 at the end of an input from a pipe.
for end in 0 1; do
    VERDICT=${end#0} CRASH_END=$end xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" -s </dev/null
    status "end of the input, $end of crash" 0 $?
done
VERDICT="dom0 crashed" CRASH_PLAIN=1 CRASH_END=1 xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" -s </dev/null
status "the hypervisor alone, to the end of the input" 0 $?
expect "by a second crash" "crash: --minimal -s -i"
# crash 8.0.2 exits in "xen start" on a kernel that it cannot read: the hypervisor remains.
VERDICT="" CRASH_START=1 xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" </dev/null
status "crash gives up in the deferred start" 0 $?
expect "the hypervisor alone is opened then" "opening the hypervisor only"
# crash 7.2.9 exits on the DWARF of Linux 6.1 with --minimal, too: xenview prints the hypervisor.
CRASH_NONE=1 VERDICT="dom0 crashed" CRASH_PLAIN=1 CRASH_END=1 xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" </dev/null
status "a crash that cannot open the kernel at all" 0 $?
expect "the overview is printed" '"pcpus": 2'
expect "and what dom0's part requires" "dom0's part: a crash that reads $WORK/kernel/vmlinux"
CRASH_END=3 xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" </dev/null
status "another status of crash is that of xencrash" 3 $?

# Names of folders that crash, its shell and gdb would split.
host
for name in 'a blank' "a'quote" 'a"quote' 'a\backslash' 'a$(touch x)' 'a;semicolon' 'a*star'; do
    mkdir -p "$WORK/odd/$name"
    : >"$WORK/odd/$name/vmcore"
    elf "$WORK/odd/$name/vmlinux" $ID
    : >"$WORK/odd/$name/xen-syms"
    xencrash "$WORK/odd/$name"
    status "folder $name" 0 $?
    expect "folder $name: vmlinux beside the dump" ": $WORK/odd/$name/vmlinux"
    grep '^crash:' "$WORK/out" | sed -E 's/.* (\/[^ ]*\/kernel) .*/\1/' >"$WORK/one"
    mv "$WORK/one" "$WORK/out"
    expect "folder $name: crash gets a link" "/kernel"
    xencrash "$WORK/odd/$name/xen-syms" "$WORK/odd/$name/vmlinux" "$WORK/odd/$name/vmcore"
    expect "folder $name: a hypervisor in it, by its own name" "hypervisor: $WORK/odd/$name/xen-syms"
    expect "folder $name: loaded by a link" "/hypervisor"
    rm "$WORK/odd/$name/vmlinux"
    pair "$WORK/odd/$name" $ID
    xencrash "$WORK/odd/$name/vmcore"
    expect "folder $name: SLES's pair" "$WORK/odd/$name/vmlinux-$REL.gz with $WORK/host/usr/lib/debug/boot/vmlinux-$REL.debug"
    expect "folder $name: the compressed one keeps its end" "/kernel.gz $WORK/host/usr/lib/debug/boot/vmlinux-$REL.debug"
done
name=$'a\nline feed'
mkdir -p "$WORK/odd/$name"
: >"$WORK/odd/$name/vmcore"
xencrash "$WORK/odd/$name/vmcore"
status "a line feed in a name" 1 $?
expect "is refused" "a line feed in the name of a file"

# A command that a message proposes is copied to a shell.
# shellcheck disable=SC2016 # the name
name="vmcore'"'$(touch run);'
: >"$WORK/odd/$name"
cd "$WORK/odd" || exit 1
NO_DOMAIN=1 xencrash -d 9 "$name"
eval "printf '%s\n' $(sed -n 's/.*domains: xenview //p' "$WORK/out")" >"$WORK/copied"
status "a proposed command: the name is one word of it" "$name doms" "$(paste -sd ' ' "$WORK/copied")"
status "a proposed command: nothing in the name is run" "" "$(find . -name run)"
cd "$WORK" || exit 1
# A name with a dash is a file behind "--", not an option of crash or xenview.
: >"$WORK/odd/-vmcore"
elf "$WORK/odd/vmlinux" $ID
cd "$WORK/odd" || exit 1
xencrash vmlinux -- -vmcore
expect "a name with a dash" "vmlinux ./-vmcore"
cd "$WORK" || exit 1

# Control characters in names, and very long names.
printf 'x' >"$WORK/odd/vmlinuz"$'\e[31m\302\233\342\200\256'
xencrash "$WORK/odd/vmlinuz"$'\e[31m\302\233\342\200\256' "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
expect "a name with escapes" "vmlinuz?[31m"
for raw in $'\e' $'\302\233' $'\342\200\256'; do
    refute "is not printed as it is" "$raw"
done
# echo of dash would convert this to a control character
printf 'x' >"$WORK/odd/vmlinuz"$'\233m\377\303\344bc\303\244\355\240\200\300\200'
xencrash "$WORK/odd/vmlinuz"$'\233m\377\303\344bc\303\244\355\240\200\300\200' "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
expect "a name that is not UTF-8: its characters alone" $'vmlinuz?m???bc\303\244?????: vmlinuz'
printf 'x' >"$WORK/odd/vmlinuz\\0033[31m"
xencrash "$WORK/odd/vmlinuz\\0033[31m" "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
expect "a name with a printable escape" 'vmlinuz\0033[31m'
refute "stays printable" $'\e'
xencrash "$(head -c 100000 /dev/zero | tr '\0' x)"
status "an argument of 100 kB" 1 $?
status "is cut" yes "$([[ $(wc -c <"$WORK/out") -lt 5000 ]] && echo yes)"

# Files planted in the current folder, which may be from the sender of the dump.
mkdir -p "$WORK/planted/build" "$WORK/planted/scripts" "$WORK/home"
cd "$WORK/planted" || exit 1
cat >crash <<'PLANTED'
#!/bin/sh
echo this was executed
PLANTED
chmod 755 crash
for program in readlink sed awk od readelf dirname mktemp xenview; do cp crash $program; done
echo '!echo this was executed' >.crashrc
cp crash xencrash-kernel
echo "crash-xen: extension of crash" >xen.so
HOME=$WORK/home xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
expect ".crashrc of the current folder: said" "planted/.crashrc: not executed"
expect ".crashrc: crash is told" " --no_crashrc "
refute "nothing planted is used" "this was executed"
HOME=$WORK/planted xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
refute "in the home folder it is the user's own" "--no_crashrc"
rm .crashrc
HOME=$WORK/home xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
refute "and without it nothing is said" "--no_crashrc"
touch .crash-8rc
cp "$CRASH" "$WORK/crash-8"
CRASH=$WORK/crash-8 HOME=$WORK/home xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
expect "another crash has another name" "planted/.crash-8rc: not executed"
rm .crash-8rc
for path in ":$PATH" ".:$PATH" "$PATH:" "x:$PATH"; do
    PATH=$path xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
    expect "PATH with the current folder: said" "PATH: folders relative to the current one are not searched"
    refute "and nothing of it is used" "this was executed"
done
LD_LIBRARY_PATH=.:/lib xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore"
expect "LD_LIBRARY_PATH with the current folder: said" "LD_LIBRARY_PATH: folders relative"
expect "and the others are passed on" "LD_LIBRARY_PATH=/lib"
(unset XEN_SO && xencrash "$WORK/kernel/vmlinux" "$WORK/dump/vmcore")
refute "a xen.so in the current folder is not taken" "extend ./xen.so"

# xencrash outside of the tree does not use ../build/xen.so, which may belong to
# another user.
mkdir -p "$WORK/local/bin" "$WORK/local/build" "$WORK/local/share/crash-xen"
cp "$TREE/scripts/xencrash" "$WORK/local/bin/"
cp "$TREE/scripts/xencrash-kernel" "$WORK/local/share/crash-xen/"
cp "$XEN_SO" "$WORK/local/build/xen.so"
(unset XEN_SO && "$WORK/local/bin/xencrash" "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" >"$WORK/out" 2>&1)
refute "../build/xen.so of another folder than a tree's scripts" "local/bin/../build/xen.so"
# in a tree it does, unless another user, neither root nor the owner of the script, made it
mkdir -p "$WORK/local/scripts" "$WORK/local/extensions/crash"
touch "$WORK/local/extensions/crash/register.c"
cp "$TREE/scripts/xencrash" "$TREE/scripts/xencrash-kernel" "$WORK/local/scripts/"
(unset XEN_SO && "$WORK/local/scripts/xencrash" "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" >"$WORK/out" 2>&1)
expect "../build/xen.so of a tree" "local/scripts/../build/xen.so"
if [[ $(id -u) == 0 ]]; then
    chown 12345 "$WORK/local/build"
    (unset XEN_SO && "$WORK/local/scripts/xencrash" "$WORK/kernel/vmlinux" "$WORK/dump/vmcore" >"$WORK/out" 2>&1)
    refute "../build of somebody else" "local/scripts/../build/xen.so"
fi
cd "$WORK" || exit 1

rm "$WORK/host/proc/kcore"
xencrash "$WORK/kernel/vmlinux"
expect "no source: each is named" "/proc/kcore: failed to open"
expect "no source: the driver" "/dev/crash: driver crash.ko not found"
lines "no source: one line" 1
head -c 4194304 /dev/zero >"$WORK/host/dev/crash"
xencrash "$WORK/kernel/vmlinux"
expect "/dev/crash where there is no /proc/kcore" "$WORK/kernel/vmlinux /dev/crash"

host
echo 00000000 >"$WORK/host/sys/hypervisor/properties/features"
xencrash
expect "a guest" "this is a guest of Xen, not dom0"
lines "a guest: one line" 1
rm -r "$WORK/host/sys/hypervisor"
xencrash
expect "no Xen" "this machine does not run on Xen"
lines "no Xen: one line" 1
echo "1..$TESTS"
