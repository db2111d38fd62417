#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Lists of a host of many domains. Oracles: xl list and debug key q, recorded just before the crash.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if ! grep -qE '^scene=.*domains:' "$LAB_DUMP/recipe"; then
    skip "many domains" "of hosts with scene=domains only"
    done_testing
    exit
fi
view doms -j >"$WORK/doms"
view vcpus -j >"$WORK/vcpus"
tr -d '\r' <"$TRUTH/xl-list" | awk 'NR > 1' >"$WORK/xl-list"
sed 's/^(XEN) //; s/\r$//' "$TRUTH/key-q" >"$WORK/key"
number=$(sed -n 's/^scene=.*domains:\([0-9]*\).*/\1/p' "$LAB_DUMP/recipe")

equal "all domains" "$((number + 1))" "$(jq '.doms | length' "$WORK/doms")"
equal "no error" "0 0" "$(jq '.errors | length' "$WORK/doms") $(jq '.errors | length' "$WORK/vcpus")"
# xl counts online vcpus, which these domains do not have; running and blocked change from one moment to the next
awk '{ print $2, $1, $7, $3, substr($5, 3) }' "$WORK/xl-list" >"$WORK/want"
jq -r '.doms[] | "\(.domid) \(.name) \(.uuid) \(.tot_pages / 256 | floor) \(.state[2:])"' "$WORK/doms" >"$WORK/got"
same "id, name, UUID, MiB and state of each, by xl list" "$WORK/want" "$WORK/got"

sed -nE 's/^General information for domain ([0-9]+):/domain \1/p; s/.*nr_pages=([0-9]+).*max_pages=([0-9]+).*/pages \1 \2/p' "$WORK/key" |
    awk '$1 == "domain" { id = $2 } $1 == "pages" { print id, $2, $3 }' >"$WORK/want"
jq -r '.doms[] | "\(.domid) \(.tot_pages) \(.max_pages)"' "$WORK/doms" >"$WORK/got"
same "pages of each, by debug key q" "$WORK/want" "$WORK/got"

# dom0's vcpus continue to run
sed -nE 's/^General information for domain ([0-9]+):/domain \1/p; s/^ +VCPU([0-9]+): CPU([0-9]+) .*/vcpu \1 \2/p' "$WORK/key" |
    awk '$1 == "domain" { id = $2 } $1 == "vcpu" && id { print id, $2, $3 }' >"$WORK/want"
jq -r '.vcpus[] | select(.domid > 0) | "\(.domid) \(.vcpu_id) \(.processor)"' "$WORK/vcpus" >"$WORK/got"
same "vcpus of each and their pcpus, by debug key q" "$WORK/want" "$WORK/got"
done_testing
