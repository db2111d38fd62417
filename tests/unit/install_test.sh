#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installation by make: man pages agree with the help, completion works, uninstall removes all files; make dist is
# reproducible.
set -u
cd "$(dirname "$0")/../.." || exit 1
# That of "make", or of scripts/check: a build of its own takes longer than all tests here
if [[ -z ${B:-} ]]; then
    B=build
    [[ -e build/xenview || ! -e build/check/gcc/xenview ]] || B=build/check/gcc
fi
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# shellcheck source=tests/unit/ok.sh
. tests/unit/ok.sh
unset MAKEFLAGS MFLAGS MAKELEVEL

share=$WORK/root/usr/share
ok "make install" make -s -j"$(nproc)" install B="$B" DESTDIR="$WORK/root"
XENVIEW=$WORK/root/usr/bin/xenview

# "crash -x" loads all files in its folder.
only_extension() {
    [[ $(find "$WORK/root" -path '*/crash/extensions/*.so' -printf '%f ') == "xen.so " ]]
}
ok "crash's folder of extensions has xen.so alone" only_extension

# Every word of the page that help prints is in the man page, in order.
pages_agree() {
    local name bad=0
    sed -e '/^\./{/^\.B /!d;s/^\.B //}' -e 's/\\&//; s/\\-/-/g; s/\\e/\\/g' "$share/man/man8/crash-xen.8" >"$WORK/man.txt"
    for name in $("$XENVIEW" help -j | sed -n 's/^ *{"name": "\([^"]*\)".*/\1/p'); do
        "$XENVIEW" help "$name" | sed 1d >"$WORK/help.txt"
        python3 -c 'import sys; sys.exit(open(sys.argv[1]).read() not in open(sys.argv[2]).read())' "$WORK/help.txt" "$WORK/man.txt" ||
            { echo "# $name: another text than help"; bad=1; }
    done
    return $bad
}
ok "crash-xen(8) has the help page of each command" pages_agree

# Every option of "--help" is in the page of the program.
program_pages() {
    local name page option bad=0
    for name in xencrash xenview xen-decode xen-layout kdump-doctor; do
        page=$(echo "$share"/man/man?/"$name".?)
        while read -r option; do
            sed 's/\\-/-/g' "$page" | grep -qF -e "$option" || { echo "# $page: no $option"; bad=1; }
        done < <("$WORK/root/usr/bin/$name" --help | grep -oE -- '--[a-z-]+' | sort -u)
    done
    return $bad
}
ok "pages of the programs have their options" program_pages

well_formed() {
    local page out bad=0
    for page in "$share"/man/man?/*; do
        out=$(groff -man -ww -Tascii "$page" 2>&1 >/dev/null)
        [[ -z $out ]] || { echo "# $page: $out"; bad=1; }
    done
    return $bad
}
if command -v groff >/dev/null; then
    ok "groff has no warning" well_formed
fi

# complete WORD...: candidates for the last one
complete_words() {
    local file=xenview
    [[ ! -e $share/bash-completion/completions/$1 ]] || file=$1
    bash -c 'set -u; . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
        by=$(complete -p "$1" 2>/dev/null | sed "s/.*-F \([^ ]*\) .*/\1/"); "${by:-_xenview}" "$1"; echo "${COMPREPLY[*]-}"' \
        - "$share/bash-completion/completions/$file" "$@"
}
completes() {
    local expected=$1
    shift
    [[ $(complete_words "$@") == "$expected" ]] || { echo "# $*: $(complete_words "$@")"; return 1; }
}
ok "completion: option of xenview" completes "--no-dump --no-image" xenview --no-
ok "completion: command" completes "doms" xenview vmcore doms
ok "completion: command after an option with a value" completes "grants" xenview -i xen-syms vmcore gran
ok "completion: command of the running host" completes "pcpus" xenview --live pcpus
ok "completion: option of a command" completes "--sort" xenview vmcore doms --s
ok "completion: long option of a command" completes "--share" xenview vmcore report --sh
ok "completion: key of a column" completes "domid" xenview vmcore doms --sort domi
ok "completion: topic of help" completes "evtchn" xenview help evt

# Domains: from the dump on the command line. Names are chosen by guests, and bash expands the words
# that it completes.
cat >"$WORK/fake" <<'FAKE'
#!/bin/sh
[ "$*" = "-i xen-syms vmcore doms -j" ] || exit 1
cat <<'JSON'
    {"domid": 0, "domain": "0xffff830027d61000", "name": "Domain-0", "uuid": "0"},
    {"domid": 17, "domain": "0xffff83002783a000", "name": "web.1", "uuid": "1"},
    {"domid": 18, "domain": "0xffff83002783a000", "name": "$(touch expanded)", "uuid": "1"},
    {"domid": 19, "domain": "0xffff83002783a000", "name": null, "uuid": "1"}
JSON
FAKE
chmod 755 "$WORK/fake"
ok "completion: domains of the dump" completes "0 Domain-0 17 web.1 18 19" "$WORK/fake" -i xen-syms vmcore grants -d ''
ok "completion: a domain by its name" completes "web.1" "$WORK/fake" -i xen-syms vmcore grants -d w
ok "completion: no domains without a dump" completes "" "$WORK/fake" vmcore grants -d ''
printf '#!/bin/sh\n[ "$*" = "%s doms -j" ] && echo %s\n' "$WORK/fake" "'\"domid\": 17'" >"$WORK/xenview"
chmod 755 "$WORK/xenview"
ok "completion: options of a script" completes "-f" xen-decode -f
PATH=$WORK:$PATH ok "completion: a domain for xencrash" completes "17" xencrash "$WORK/fake" -d 1
ok "completion: names are not expanded" test ! -e expanded

make -s uninstall B="$B" DESTDIR="$WORK/root"
ok "make uninstall leaves nothing" test -z "$(find "$WORK/root" ! -type d)"

# Another user, umask and time, the same bytes
dist_same() {
    local name
    name=crash-xen-$(cat VERSION)
    git clone -q --depth 1 "file://$PWD" "$WORK/one" && cp -r "$WORK/one" "$WORK/two" || return 1
    (cd "$WORK/one" && scripts/dist "$name") && sleep 1 && (cd "$WORK/two" && umask 077 && TZ=Asia/Tokyo scripts/dist "$name") &&
        cmp "$WORK/one/$name.tar.gz" "$WORK/two/$name.tar.gz"
}
dist_epoch() {
    local name
    name=crash-xen-$(cat VERSION)
    (cd "$WORK/one" && SOURCE_DATE_EPOCH=86400 scripts/dist "$name" && TZ=UTC tar -tvzf "$name.tar.gz") >"$WORK/list" &&
        [[ $(awk '{ print $4 }' "$WORK/list" | sort -u) == 1970-01-02 ]]
}
if git rev-parse --git-dir >/dev/null 2>&1 && [[ -z $(git status --porcelain scripts/dist) ]]; then
    ok "make dist twice gives the same file" dist_same
    ok "make dist honours SOURCE_DATE_EPOCH" dist_epoch
fi

printf '1..%d\n' "$N"
[[ $FAILED -eq 0 ]]
