#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Grant tables and grants in use. Oracle: debug key g.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

sed 's/^(XEN) //; s/\r$//' "$TRUTH/key-g" >"$WORK/key"
view grants -m -j >"$WORK/json"

# DOM VERSION FRAMES MAX MAPTRACK MAX
awk '/^grant-table for remote d/ { dom = $4; sub("d", "", dom); version = $5; gsub(/[(v)]/, "", version) }
    / frames \([0-9]+ max\), / { gsub(/[(,)]/, ""); print dom, version, $1, $3, $5, $8 }' "$WORK/key" | sort >"$WORK/want"
jq -r '.tables[] | "\(.domid) \(.version) \(.frames) \(.max_frames) \(.maptrack_frames) \(.max_maptrack_frames)"' \
    "$WORK/json" | sort >"$WORK/got"
same "grant tables and their limits" "$WORK/want" "$WORK/got"

# DOM REF TO MFN PIN GFN FLAGS
hex() { # words that begin with 0x, without it and without zeros in front
    sed 's/0x0*\([0-9a-f]\)/\1/g; s/[][]//g'
}
awk '/^grant-table for remote d/ { dom = $4; sub("d", "", dom) }
    /^\[0x/ { print dom, $1, $2, $3, $4, $6, $7 }' "$WORK/key" | hex | sort >"$WORK/want"
jq -r '.grants[] | "\(.domid) \(.ref) \(.to_domid) \(.mfn) \(.pin) \(.frame) \(.flags)"' "$WORK/json" |
    while read -r dom ref rest; do printf '%s %x %s\n' "$dom" "$ref" "$rest"; done | hex | sort >"$WORK/got"
same "every grant in use" "$WORK/want" "$WORK/got"

# both ends agree: pins and mappings
jq -r '.grants[] | "\(.domid) \(.ref) \(.maps)"' "$WORK/json" | sort >"$WORK/want"
jq -r '.maptrack[] | "\(.of_domid) \(.ref)"' "$WORK/json" | sort | uniq -c | awk '{ print $2, $3, $1 }' | sort >"$WORK/got"
same "every grant in use has its mappings" "$WORK/want" "$WORK/got"
# the domain whose destruction is prevented by a grant is reported
jq -r '.errors[].text' "$WORK/json" >"$WORK/got"
dying | sed 's/.*/domain & is dying, but grants of it are still in use: 1/' >"$WORK/want"
same "no errors but of domains that die" "$WORK/want" "$WORK/got"
done_testing
