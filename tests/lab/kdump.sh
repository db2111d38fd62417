#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A host with Debian's kdump-tools, configured as in doc/kdump.md, crashes: its crash kernel, with 192 MiB, writes the report and
# the core of the hypervisor, then kdump-tools saves the dump. Oracles: that dump, from which the same report is made; the dump of
# the recipe, by another boot and the lab's own crash kernel, for the signature; /proc/meminfo and time(1) of the crash kernel.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

recipe=$(basename "$LAB_DUMP")
recipe=${recipe%-*}
if [[ -z ${CHECK_FULL:-} || $LAB_SUITE != trixie ||
    $recipe != @(trixie-panic|trixie-key-C|trixie-page-fault|trixie-bug|trixie-watchdog|trixie-nmi) ]]; then
    skip "kdump" "six deaths of Debian 13 only, with --full: Debian boots in the crash kernel, which takes minutes"
    done_testing
    exit 0
fi

tree=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
root=$WORK/job/root
unit=$root/etc/systemd/system/kdump-tools-dump.service.d
mkdir -p "$unit" "$root/usr/local/bin"
if ! in_suite make -s B="$LAB_BUILD" install DESTDIR="$root" >"$WORK/install" 2>&1; then
    not_ok "installed" "$WORK/install"
    done_testing
    exit 1
fi
cp "$root/usr/share/crash-xen/kdump/debian-dropin.conf" "$unit/xen-report.conf"
# a busy machine of the lab may be slow: only memory is measured
printf '[Service]\nEnvironment=XENVIEW=/usr/local/bin/measured XEN_REPORT_SECONDS=600\n' >"$unit/zz-lab.conf"
cat >"$root/usr/local/bin/measured" <<'MEASURED'
#!/bin/sh
grep MemTotal /proc/meminfo >>/var/crash/measured
exec /usr/bin/time -a -o /var/crash/measured -f "%e s, %M KiB: %C" /usr/bin/xenview "$@"
MEASURED
chmod 755 "$root/usr/local/bin/measured"

if ! scripts/lab kdump "$recipe" "$WORK/job" >"$WORK/lab" 2>&1; then
    not_ok "the crash kernel ends" "$WORK/lab"
    done_testing
    exit 1
fi
ok "the crash kernel ends"
[[ -z ${LAB_KEEP:-} ]] || cp -r "$WORK/job" "$LAB_BUILD/kdump-out"
out=$WORK/job/out
for file in "$out"/xen-report-*/xen-report.{txt,json,html} "$out"/xen-report-*/xen.core "$out"/2*/dump.*; do
    [[ -s $file ]] && ok "$(basename "$file" | sed 's/^dump[.].*/dump/')" || not_ok "$(basename "$file")" "$WORK/job/serial.log"
done
report=$(echo "$out"/xen-report-*)
expect "the drop-in ran before kdump-tools saved the dump" 'xen-report.html.*kdump-tools: saved vmcore' <(tr -d '\n' <"$WORK/job/serial.log")
python3 "$tree/tests/lab/schema.py" "$tree/doc/report.schema.json" "$report/xen-report.json" >"$WORK/bad"
equal "the JSON is as the schema describes it" "" "$(cat "$WORK/bad")"

# again FILE: prints the JSON of the report of another file
again() {
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$1" report -j 2>"$WORK/messages"
}

# of JSON FILTER: prints the result without the names of files
of() {
    jq -S "del(.parts.xen.xen, .head.next) | $2" "$1"
}

again "$out"/2*/dump.* >"$WORK/dump.json"
again "$report/xen.core" >"$WORK/core.json"
again "$LAB_DUMP/vmcore" >"$WORK/other.json"
of "$report/xen-report.json" . >"$WORK/want"
of "$WORK/dump.json" . >"$WORK/got"
same "the same report is made of the dump" "$WORK/want" "$WORK/got"
# names of guests are in the memory of dom0, which the core lacks
in_core='[.head.signature, .head.report, .head.functions, .parts.bt, [.parts.doms.doms[] | [.domid, .state, .tot_pages]]]'
of "$report/xen-report.json" "$in_core" >"$WORK/want"
of "$WORK/core.json" "$in_core" >"$WORK/got"
same "verdict, signature, traces and domains of the core are the same" "$WORK/want" "$WORK/got"
equal "kind of the signature, as by another boot" "$(jq -r .head.signature.kind "$WORK/other.json")" \
    "$(jq -r .head.signature.kind "$report/xen-report.json")"

awk '/MemTotal/ { print $2 }' "$out/measured" | sort -n | tail -n 1 >"$WORK/total"
[[ $(cat "$WORK/total") -lt 196608 ]] && ok "a crash kernel of less than 192 MiB" || not_ok "a crash kernel of less than 192 MiB" "$out/measured"
most=$(sed -nE 's/.* s, ([0-9]+) KiB: .*/\1/p' "$out/measured" | sort -n | tail -n 1)
[[ ${most:-99999} -lt 73728 ]] && ok "xenview takes at most 72 MiB there" || not_ok "xenview takes at most 72 MiB there" "$out/measured"
sed 's/^/# /' "$out/measured"
done_testing
