#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The report. Oracles: the JSON of the single commands, doc/report.schema.json, xl list and the guests' consoles of the running
# host (what must not be in a shared report), and the hashes that sha256sum computes of the page's style and script.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")

mkdir "$WORK/report" "$WORK/shared"
view report -o "$WORK/report" >"$WORK/out" 2>&1
expect "three files" '^html +[0-9]+ +.*/xen-report.html$' "$WORK/out"
text=$WORK/report/xen-report.txt
json=$WORK/report/xen-report.json
html=$WORK/report/xen-report.html

# ---- JSON ----
if python3 "$tree/tests/lab/schema.py" "$tree/doc/report.schema.json" "$json" >"$WORK/bad"; then
    ok "the JSON is as the schema describes it"
else
    not_ok "the JSON is as the schema describes it" "$WORK/bad"
fi
jq '.head.signature.hash = "x" | .parts.doms.errors = [1] | del(.shared)' "$json" >"$WORK/broken"
python3 "$tree/tests/lab/schema.py" "$tree/doc/report.schema.json" "$WORK/broken" >"$WORK/bad"
equal "the schema finds what does not fit" 3 "$(grep -c . "$WORK/bad")"
for name in doms vcpus evtchn; do
    view "$name" -j | jq -S . >"$WORK/want"
    jq -S ".parts.$name" "$json" >"$WORK/got"
    same "part $name is what the command prints" "$WORK/want" "$WORK/got"
done
tr -d '\r' <"$TRUTH/xl-list" | awk 'NR > 1 { print $2 }' >"$WORK/want"
jq -r '.parts.doms.doms[].domid' "$json" >"$WORK/got"
same "domains of xl list" "$WORK/want" "$WORK/got"
equal "report -j is the same document" "$(jq -S . "$json" | sha256sum)" "$(view report -j | jq -S . | sha256sum)"

# ---- verdict and signature ----
equal "the verdict of xen" "$(view xen -j | jq -r .xen.verdict)" "$(jq -r .head.report.verdict "$json")"
expect "the verdict is the first line of the text" '^ +VERDICT: .' <(head -n 1 "$text")
expect "what stands out has a heading" '^--- Stands out -' "$text"
case $(meta death) in
    panic) kind=dom0-panic ;;
    key-C) kind=debug-key ;;
    page-fault | wild-jump) kind="page-fault" ;;
    gp-fault) kind=general-protection ;;
    bug) kind=bug ;;
    assert) kind=assert ;;
    double-fault) kind=double-fault ;;
    nmi) kind=nmi ;;
    mce) kind=machine-check ;;
    watchdog) kind=watchdog ;;
    alive) kind=none ;;
    *) kind= ;;
esac
[[ -z $kind ]] || equal "kind of the signature" "$kind" "$(jq -r .head.signature.kind "$json")"
# by registers and .debug_frame, or by a scan without it: the same functions on every build
if [[ $kind == debug-key ]]; then
    equal "functions of the signature" "handle_keypress do_sysctl" "$(jq -r '.head.functions | join(" ")' "$json")"
    equal "hash of the signature" c315eeb8f792e3bf "$(jq -r .head.signature.hash "$json")"
fi
jq -r '.head.functions[]' "$json" | sort -u >"$WORK/functions"
awk '{ sub(/.*#/, "", $3); sub(/\..*/, "", $3); print $3 }' "$LAB_DUMP/xen-syms.map" 2>/dev/null | sort -u >"$WORK/symbols"
if [[ -s $WORK/symbols ]]; then
    equal "functions of the signature are symbols" "" "$(comm -23 "$WORK/functions" "$WORK/symbols")"
fi
# dom0's last lines, by Xen's clock: before the host stopped, which is the latest time in memory. Linux 6.0 and later
if [[ $(meta death) == panic && $(meta kernel_release) == 6.* ]]; then
    stopped=$(jq '.parts.waits.time.most_ns // .parts.waits.time.least_ns' "$json")
    last=$(jq '[.head.timeline[] | select(.source == "dom0") | .time_ns | numbers] | last' "$json")
    [[ $last -le $stopped && $last -ge $((stopped - 5000000000)) ]] && ok "dom0's log ends in the seconds before the host stopped" ||
        not_ok "dom0's log ends in the seconds before the host stopped ($last, $stopped)"
fi
expect "the message of dom0's panic is in the timeline" "$([[ $kind == dom0-panic ]] && echo 'dom0: .*Kernel panic - not syncing' || echo '^--- Timeline')" "$text"
# marks of unproved values from a profile: those of the statements
equal "the program's own name is not marked" false "$(jq '.head.report.unproved // [] | contains(["made_by"])' "$json")"
equal "the verdict is marked as in xen" "$(jq '.parts.xen.xen.unproved // [] | contains(["verdict"])' "$json")" \
    "$(jq '.head.report.unproved // [] | contains(["verdict"])' "$json")"
# without an image: unreadable parts are listed, the others are complete
in_suite "$LAB_BUILD/xenview" -n "$LAB_DUMP/vmcore" report -j >"$WORK/bare" 2>/dev/null
equal "without an image: parts that require symbols or types are listed" true \
    "$(jq '[.head.missing[] | select(.reason | test("symbols|DWARF|types"))] | length > 1' "$WORK/bare")"

# ---- HTML ----
bytes=$(stat -c %s "$html")
[[ $bytes -le 2097152 ]] && ok "HTML of at most 2 MiB" || not_ok "HTML of at most 2 MiB ($bytes)"
refute "no request to anywhere" '(src|href)="[^#]|url\(|@import|https?://[^ ]*"' "$html"
equal "one script" 1 "$(grep -c '<script>' "$html")"
for tag in style script; do
    python3 - "$html" "$tag" >"$WORK/hash" <<'PYTHON'
import base64, hashlib, re, sys
page = open(sys.argv[1], encoding='utf-8').read()
tag = sys.argv[2]
body = re.search(f'<{tag}>(.*?)</{tag}>', page, re.S).group(1)
digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
print(f"{tag}-src 'sha256-{digest}'" in page)
PYTHON
    equal "the policy names the hash of the $tag" True "$(cat "$WORK/hash")"
done
python3 - "$html" >"$WORK/tags" <<'PYTHON'
import html.parser, sys

class Page(html.parser.HTMLParser):
    VOID = {'meta', 'path', 'rect', 'circle', 'input', 'br'}
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], set(), set()
    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith('on') or name == 'style':
                print('attribute', name)
            if name == 'id' and value in self.ids:
                print('id twice', value)
            if name == 'id':
                self.ids.add(value)
            if name == 'href':
                self.links.add(value)
        if tag not in self.VOID or tag == 'rect':
            self.open.append(tag)
    def handle_startendtag(self, tag, attrs):
        pass
    def handle_endtag(self, tag):
        if tag in self.VOID and tag != 'rect':
            return
        if not self.open or self.open.pop() != tag:
            print('not nested', tag, self.getpos())

page = Page()
page.feed(open(sys.argv[1], encoding='utf-8').read())
print(*page.open, *(page.links - {'#' + name for name in page.ids}))
PYTHON
equal "tags are nested, without handlers and styles; no link leads nowhere" "" "$(cat "$WORK/tags")"

# ---- in a browser, also of a dump with markup in its texts ----
hostile() {
    cp --sparse=always "$LAB_DUMP/vmcore" "$WORK/hostile"
    python3 - "$WORK/hostile" <<'PYTHON'
import mmap, sys
TEXTS = {b"'q' pressed -> dumping domain info": b"<script>window.ran=1</script><b x=", b'guest_loglvl=all conring_size': b'<img src=//x onerror=ran(1)> <',
         b"'d' pressed -> dumping registers": b"</pre><script>window.ran=2</script>"}
with open(sys.argv[1], 'r+b') as f, mmap.mmap(f.fileno(), 0) as dump:
    for old, new in TEXTS.items():
        at = dump.find(old)
        while at >= 0:
            dump[at:at + len(old)] = new[:len(old)].ljust(len(old))
            at = dump.find(old, at + 1)
PYTHON
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$WORK/hostile" report -f html 2>"$WORK/messages"
}
if [[ -n ${CHECK_FULL:-} ]] && command -v chromium >/dev/null; then
    hostile >"$WORK/hostile.html"
    rm "$WORK/hostile"
    expect "markup of the dump is text" '&lt;script&gt;window.ran=1&lt;/script&gt;' "$WORK/hostile.html"
    for page in "$html" "$WORK/hostile.html"; do
        python3 "$tree/tests/lab/browser.py" "$page" 1280 400 >"$WORK/faults" 2>&1
        equal "Chromium, $(basename "$page"): no message, request, script or overflow" "" "$(cat "$WORK/faults")"
    done
else
    skip "in a browser" "with --full, and where there is chromium"
fi

# ---- --share ----
view report --share -o "$WORK/shared" >"$WORK/out" 2>&1
{
    tr -d '\r' <"$TRUTH/xl-list" | awk 'NR > 1 && $2 > 0 { print $7 }'
    sed -nE 's/.*mac = "([0-9a-f:]+)".*/\1/p' "$TRUTH/xenstore-ls" 2>/dev/null
    echo "$LAB_DUMP/"
    # text of guests: a line in the middle of each console
    for console in "$TRUTH"/console-*; do
        tr -d '\r' <"$console" 2>/dev/null | grep -aE '.{40}' | sed -n 20p
    done
    grep -aE '^\(XEN\) +[0-9a-f]{16} [0-9a-f]{16}' "$LAB_DUMP/serial.log" | tail -n 1 | cut -c 10-42
} | grep . >"$WORK/markers"
for file in "$WORK"/shared/*; do
    equal "$(basename "$file"): nothing of the host's and guests' names" "" "$(grep -aoiF -f "$WORK/markers" "$file" | sort -u | head -n 3)"
done
grep -aoiF -f "$WORK/markers" "$json" | sort -u >"$WORK/found"
[[ -s $WORK/found ]] && ok "the other report has them" || not_ok "the other report has them" "$WORK/markers"
expect "what was left out is listed" '^UUIDs: replaced' "$WORK/shared/xen-report.txt"
equal "the signature stays" "$(jq -r .head.signature.hash "$json")" "$(jq -r .head.signature.hash "$WORK/shared/xen-report.json")"

# ---- arguments ----
view report -f nosuch >"$WORK/out" 2>&1
expect "an unknown form" 'unknown form "nosuch" \(text, json or html\)' "$WORK/out"
view report -o "$WORK/nosuch/report.html" >"$WORK/out" 2>&1 && not_ok "a folder that does not exist" "$WORK/out"
expect "a folder that does not exist is named" "^xen report: .*/nosuch/report.html: No such file" "$WORK/out"
view report -o "$WORK/one.html" >"$WORK/out" 2>&1
expect "the form by the name of the file" '^html ' "$WORK/out"
view report -o "$WORK/one.html" >"$WORK/out" 2>&1 && not_ok "an existing file is refused" "$WORK/out"
expect "an existing file is named" 'one.html" exists' "$WORK/out"
view report -o "$WORK/folder" >"$WORK/out" 2>&1 && not_ok "a name of no form is refused" "$WORK/out"
expect "what to add to a name of no form" 'add .txt, .json or .html to the name' "$WORK/out"
equal "nothing is made of it" "" "$(find "$WORK" -name folder)"
view report -o "$WORK/folder/" >"$WORK/out" 2>&1
equal "a new folder gets three files" 3 "$(find "$WORK/folder" -type f | wc -l)"
equal "text of at most 100 columns, but for long words" "" \
    "$(awk 'length > 100 { for (i = 1; i <= NF; i++) if (length($i) > 30) next; print; exit }' "$text")"
equal "no temporary file is left" "" "$(find "$WORK" -name '*.html.??????')"
done_testing
