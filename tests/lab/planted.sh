#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A folder from a stranger: the dump and its images in one with an odd name, beside files that crash, gdb or a shell would execute.
# Oracle: a planted file leaves a mark if it is executed; the lists are those of a session elsewhere.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

case $(basename "$LAB_DUMP") in
    trixie-panic-*) ;;
    *)
        skip "planted files" "on trixie-panic only"
        done_testing
        exit 0
        ;;
esac
if ! crash_reads_kernel; then
    skip "planted files" "crash of $LAB_SUITE does not read Linux $(meta kernel_release)"
    done_testing
    exit 0
fi

folder="$WORK/a folder's \"name\" with \\ and \$(touch $WORK/hit-name)"
mkdir -p "$folder" "$WORK/home"
for file in vmcore vmlinux xen-syms; do
    ln "$LAB_DUMP/$file" "$folder/$file" 2>/dev/null || ln -s "$LAB_DUMP/$file" "$folder/$file"
done
# hit NAME: a command of the shell that leaves a mark
hit() {
    echo "touch $WORK/hit-$1"
}
echo "!$(hit crashrc)" >"$folder/.crashrc"
echo "shell $(hit gdbinit)" | tee "$folder/.gdbinit" >"$folder/gdbinit"
for file in vmlinux xen-syms; do
    echo "shell $(hit "$file-gdb")" >"$folder/$file-gdb.gdb"
    printf 'import os\nos.system("%s")\n' "$(hit "$file-py")" >"$folder/$file-gdb.py"
done
for program in crash xenview readelf less more gzip gunzip modprobe sed awk; do
    printf '#!/bin/sh\n%s\n' "$(hit "$program")" >"$folder/$program"
    chmod 755 "$folder/$program"
done
for library in xen.so xen-live.so libdw.so.1 libz.so.1 libelf.so.1; do
    echo "no library" >"$folder/$library"
done

cat >"$WORK/commands" <<'COMMANDS'
xen
xen doms
gdb info line *(do_mmu_update)
p hardware_domain->domain_id
COMMANDS
# shellcheck disable=SC2016 # expanded by the other shell
XEN_SO=$LAB_BUILD/xen.so XENVIEW=$LAB_BUILD/xenview PLACE=$WORK TREE=$PWD FOLDER=$folder \
    scripts/lab in "$LAB_SUITE" sh -c 'cd "$FOLDER" && export HOME="$PLACE/home" PATH="$PATH:" LD_LIBRARY_PATH=. &&
    exec "$TREE/scripts/xencrash" xen-syms vmlinux vmcore -i "$PLACE/commands"' </dev/null >"$WORK/out" 2>&1
equal "the session ends well" 0 $?
expect ".crashrc is named, and not executed" 'a folder.*/.crashrc: not executed' "$WORK/out"
expect "PATH with the current folder is named" '^xencrash: PATH: folders relative' "$WORK/out"
expect "LD_LIBRARY_PATH, too" '^xencrash: LD_LIBRARY_PATH: folders relative' "$WORK/out"
expect "xen-syms is loaded, and its types are gdb's" '= 0$' "$WORK/out"
expect "its lines, too" '^Line [0-9]+ of "[^"]*mm.c"' "$WORK/out"
view doms | awk 'NR > 1 && NF { print $1, $2 }' >"$WORK/want"
awk '$1 == "DID" { on = 1; next } on && $1 !~ /^[0-9]+$/ { on = 0 } on { print $1, $2 }' "$WORK/out" >"$WORK/got"
sed -i 's/ 0x/ /' "$WORK/want"
equal "each domain" "$(wc -l <"$WORK/want")" "$(wc -l <"$WORK/got")"
ls "$WORK"/hit-* >"$WORK/hits" 2>/dev/null
same "nothing planted was executed" /dev/null "$WORK/hits"
done_testing
