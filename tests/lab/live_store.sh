#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The xenstore and the names of domains on a running host. Oracle: xenstore-ls -p and xl list in the same minute; and a xenstored
# that is stopped.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ -z ${CHECK_FULL:-} || $(basename "$LAB_DUMP") != trixie-key-C-* || $LAB_SUITE != trixie ]]; then
    skip "the xenstore of a running host" "on trixie-key-C only, with --full: a host is booted for it"
    done_testing
    exit 0
fi

mkdir "$WORK/job"
cp "$LAB_BUILD"/{xen-live.so,xenview} "$WORK/job/"
cat >"$WORK/job/job" <<'JOB'
#!/bin/bash
chmod 755 xenview
# all NAME COMMAND...: records output and errors in one file
all() {
    local name=$1
    shift
    "$@" >"out/$name" 2>&1 </dev/null
}
all xl-list xl list
all xenstore-ls xenstore-ls -f -p
all xenstore.json ./xenview -l xenstore -j
all below.json ./xenview -l xenstore /local/domain/1 -j
all card ./xenview -l xenstore -v -s /tool
all nothing ./xenview -l xenstore /no/such
all doms.json ./xenview -l doms -j
all by-name ./xenview -l doms -d pv1 -j
pid=$(cat /run/xenstored.pid)
kill -STOP "$pid"
start=$(date +%s)
all stopped timeout 60 ./xenview -l doms
echo $(($(date +%s) - start)) >out/stopped-seconds
kill -CONT "$pid"
JOB
run_on_host trixie-key-C

sed -nE 's/^(\/[^ ]*) = "(.*)"[ .]*\(([a-z0-9,]*)\)$/\1 = \2 \3/p' "$out/xenstore-ls" | LC_ALL=C sort >"$WORK/want"
jq -r '.nodes[] | select(.path != "/") | "\(.path) = \(.value) \(.perms)"' "$out/xenstore.json" | LC_ALL=C sort >"$WORK/got"
equal "every line of xenstore-ls is compared" "$(wc -l <"$out/xenstore-ls")" "$(wc -l <"$WORK/want")"
same "nodes, values and permissions" "$WORK/want" "$WORK/got"
equal "more than a hundred nodes" 1 "$(($(wc -l <"$WORK/want") > 100))"
grep '^/local/domain/1[ /]' "$WORK/want" >"$WORK/below"
jq -r '.nodes[] | "\(.path) = \(.value) \(.perms)"' "$out/below.json" | LC_ALL=C sort >"$WORK/got"
same "below one node" "$WORK/below" "$WORK/got"
expect "how it was found" 'FOUND BY: socket' "$out/card"
expect "old records" 'old records are not available on a running host' "$out/card"
expect "a path that does not exist" 'no node "/no/such"' "$out/nothing"
awk 'NR > 1 { print $2, $1 }' "$out/xl-list" >"$WORK/want"
jq -r '.doms[] | "\(.domid) \(.name)"' "$out/doms.json" >"$WORK/got"
same "names are those of xl list" "$WORK/want" "$WORK/got"
equal "a domain by its name" 1 "$(jq '.doms[].domid' "$out/by-name")"
expect "xenstored is stopped: the reason" 'names of domains are not available: xenstored does not answer within 2 s' "$out/stopped"
expect "xenstored is stopped: the domains all the same" '^ +[0-9]+ .*PVH' "$out/stopped"
equal "xenstored is stopped: within seconds" 1 "$(($(cat "$out/stopped-seconds") < 30))"
done_testing
