#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Livepatches and replaced functions. Oracle: debug key x.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

needs_dwarf "livepatches"
sed 's/^(XEN) //; s/\r$//' "$TRUTH/key-x" >"$WORK/key"
view livepatch -j >"$WORK/json"

# "name=lab state=APPLIED(2) TEXT (.data=RW, .rodata=RO) using 3 pages.", then build-ids
sed -n 's/^ *name=\([^ ]*\) state=\([A-Z]*\)([0-9]*) \([0-9a-f]*\) (.data=\([0-9a-f]*\), .rodata=\([0-9a-f]*\)).*/\1 \L\2\E \3 \4 \5/p' \
    "$WORK/key" >"$WORK/want"
jq -r '.payloads[]? | [.name, .state, .text, .rw, .ro] | map(ltrimstr("0x")) | join(" ")' "$WORK/json" >"$WORK/got"
same "payloads, their state and where they are" "$WORK/want" "$WORK/got"
if [[ $(sed -n 's/^scene=//p' "$LAB_DUMP/recipe") == *livepatch* ]]; then
    expect "and there is one" . "$WORK/got"
fi
sed -n 's/^build-id=//p' "$WORK/key" >"$WORK/want"
jq -r '.payloads[]?.build_id' "$WORK/json" >"$WORK/got"
same "their build-ids" "$WORK/want" "$WORK/got"
sed -n 's/^depend-on=//p' "$WORK/key" >"$WORK/want"
jq -r '.payloads[]?.depends' "$WORK/json" >"$WORK/got"
same "and what they are for" "$WORK/want" "$WORK/got"
# "xen_extra_version patch OLD(8) with NEW (8)"
sed -n 's/^ *\([^ ]*\) patch \([0-9a-f]*\)(\([0-9]*\)) with \([0-9a-f]*\) *(\([0-9]*\)).*/\1 \2 \3 \4 \5/p' "$WORK/key" >"$WORK/want"
jq -r '.functions[]? | [.function, .old, (.old_size | tostring), .new, (.new_size | tostring)] | map(ltrimstr("0x")) | join(" ")' \
    "$WORK/json" >"$WORK/got"
same "functions, the old and the new" "$WORK/want" "$WORK/got"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
done_testing
