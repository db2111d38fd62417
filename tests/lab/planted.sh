#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A folder from an untrusted sender: dump and images in a folder with an odd name, together with files that crash, gdb, ld.so or
# a shell would execute. xencrash executes none; crash and xenview started by hand execute only those listed in SECURITY.md.
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
# hit NAME: prints a shell command that leaves a mark
hit() {
    echo "touch $WORK/hit-$1"
}
echo "!$(hit crashrc)" >"$folder/.crashrc"
echo "shell $(hit gdbinit)" | tee "$folder/.gdbinit" >"$folder/gdbinit"
for file in vmlinux xen-syms; do
    echo "shell $(hit "$file-gdb")" >"$folder/$file-gdb.gdb"
    printf 'import os\nos.system("%s")\n' "$(hit "$file-py")" >"$folder/$file-gdb.py"
done
for program in crash xenview readelf less more gzip gunzip modprobe sed awk readlink dirname stat id tr cat grep head cut od mktemp; do
    printf '#!/bin/sh\n%s\n' "$(hit "$program")" >"$folder/$program"
    chmod 755 "$folder/$program"
done
mkdir "$WORK/libraries" "$folder/xen-layouts"
for library in xen.so xen-live.so libdw.so.1 libz.so.1 libelf.so.1 libdebuginfod.so.1; do
    echo "int system(const char *); __attribute__((constructor)) static void load(void) { system(\"$(hit "$library")\"); }" \
        >"$WORK/libraries/$library.c"
done
# shellcheck disable=SC2016 # expanded by the other shell
scripts/lab in "$LAB_SUITE" sh -c 'cd "$0" && for source in *.c; do gcc -shared -fPIC -o "${source%.c}" "$source" || exit; done' \
    "$WORK/libraries" >"$WORK/made" 2>&1 || not_ok "libraries that leave a mark" "$WORK/made"
rm "$WORK/libraries"/*.c
mv "$WORK/libraries"/* "$folder/"
for profile in xen/profile/layouts/*.layout; do
    cp "$profile" "$folder/xen-layouts/planted-${profile##*/}"
done
# hits: prints the names of the files that left a mark
hits() {
    find "$WORK" -maxdepth 1 -name 'hit-*' -printf '%f\n' | sort | xargs
}
# in_folder COMMAND: a command of the shell, in that folder, with the current folder in PATH
in_folder() {
    FOLDER=$folder PLACE=$WORK BUILD=$LAB_BUILD \
        scripts/lab in "$LAB_SUITE" sh -c 'cd "$FOLDER" && export HOME="$PLACE/home" PATH="$PATH:" && eval "$0"' "$1" </dev/null 2>&1
}

cat >"$WORK/commands" <<'COMMANDS'
xen
xen doms
gdb info line *(do_mmu_update)
p hardware_domain->domain_id
COMMANDS
# shellcheck disable=SC2016 # expanded by the other shell
XEN_SO=$LAB_BUILD/xen.so XENVIEW=$LAB_BUILD/xenview PLACE=$WORK TREE=$PWD FOLDER=$folder \
    in_suite sh -c 'cd "$FOLDER" && export HOME="$PLACE/home" PATH=".:$PATH" LD_LIBRARY_PATH=. &&
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
equal "nothing planted was executed" '' "$(hits)"

# By hand: crash itself executes ./.crashrc, and loads ./xen.so in place of the
# installed one.
cat >"$WORK/commands" <<COMMANDS
extend xen.so
extend $LAB_BUILD/xen.so
xen doms
gdb info line *(do_mmu_update)
COMMANDS
in_folder 'exec crash vmlinux vmcore -i "$PLACE/commands"' >"$WORK/out"
expect "crash by hand: the extension of that path is loaded" 'lab-[a-z]*/xen.so: shared object loaded' "$WORK/out"
expect "xen-syms is loaded into gdb" '^Line [0-9]+ of "[^"]*mm.c"' "$WORK/out"
equal "and executes .crashrc and xen.so, but none of gdb's files" "hit-crashrc hit-xen.so" "$(hits)"
rm -f "$WORK"/hit-*

in_folder 'exec "$BUILD/xenview" -n vmcore xen' >"$WORK/out"
expect "xenview by hand: a layout profile" 'layout profile xen-' "$WORK/out"
equal "and nothing planted" '' "$(hits)"
# The other programs: the current folder is first in PATH, and said not to be searched
cp "$LAB_DUMP/serial.log" "$folder/serial.log"
for program in 'xen-decode -i xen-syms serial.log' 'xen-layout xen-syms' 'kdump-doctor --root "$PLACE/none"'; do
    name=${program%% *}
    XENVIEW=$LAB_BUILD/xenview TREE=$PWD in_folder "export PATH=\".:\$PATH\" LD_LIBRARY_PATH=.; mkdir -p \"\$PLACE/none\"
        exec \"\$TREE/scripts/\"$program" >"$WORK/out"
    expect "$name: PATH with the current folder is named" "^$name: PATH: folders relative" "$WORK/out"
    expect "$name: LD_LIBRARY_PATH, too" "^$name: LD_LIBRARY_PATH: folders relative" "$WORK/out"
    expect "$name: its output" '^(    |layout 1|kdump-doctor: not a dom0)' "$WORK/out"
    equal "$name: nothing planted" '' "$(hits)"
done

in_folder 'LD_LIBRARY_PATH=: exec "$BUILD/xenview" vmcore doms' >"$WORK/out"
expect "an empty element of LD_LIBRARY_PATH is ld.so's current folder" 'hit-libdw.so.1' <(hits)
done_testing
