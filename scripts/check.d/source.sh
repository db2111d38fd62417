# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Groups that look at the source without running it.

# The layers of xen/: a file may include its own and those of a lower or the same rank.
CHECK_LAYER_RANK="memory=1 symbols=1 address=2 image=3 types=3 stack=4 output=4 model=5"

group_style() {
    local files
    mapfile -t files < <(find xen extensions live tests -name '*.[ch]' ! -path '*/build/*' | sort)
    check "every C file has its license" style_license "${files[@]}"
    check "no C file has 600 lines" style_length "${files[@]}"
    check "no function has 60 lines" style_functions "${files[@]}"
    check "the core includes nothing of crash or of the commands" style_core_includes
    check "includes of the core go downward" style_layers
    check "layout profiles know every table of fields" style_fields
}

style_license() {
    local file bad=0
    for file; do
        if [[ $(head -n 1 "$file") != *"SPDX-License-Identifier: GPL-2.0-or-later"* ]]; then
            echo "$file: no SPDX line at its top"
            bad=1
        fi
    done
    return $bad
}

style_length() {
    awk 'FNR == 600 { print FILENAME ": has 600 lines or more"; bad = 1 } END { exit bad }' "$@"
}

# Kernel style makes it easy: a body starts and ends with a brace in the first column.
style_functions() {
    awk 'FNR == 1 { start = 0 }
        /^\{/ { start = FNR }
        /^\}/ { if (start && FNR - start > 60) { print FILENAME ":" start ": " FNR - start - 1 " lines"; bad = 1 } start = 0 }
        END { exit bad }' "$@"
}

style_core_includes() {
    ! grep -nE '^#[[:space:]]*include.*(defs\.h|crash/|extensions/|command\.h)' -r xen --include='*.[ch]'
}

# A table that is not marked is in no profile (xen/types/record.h).
style_fields() {
    ! grep -nE 'struct field [a-z_0-9]+\[[A-Z_]*\] =' -r xen extensions --include='*.c'
}

style_layers() {
    local file from to line bad=0
    declare -A rank
    for line in $CHECK_LAYER_RANK; do
        rank[${line%=*}]=${line#*=}
    done
    while IFS=: read -r file line; do
        from=$(cut -d/ -f2 <<<"$file")
        to=$(sed -nE 's/.*"(\.\.\/|xen\/)([a-z]+)\/.*/\2/p' <<<"$line")
        if [[ -v rank[$from] && -n $to && -v rank[$to] && ${rank[$to]} -gt ${rank[$from]} ]]; then
            echo "$file includes ${line#*include }, which is in a layer above"
            bad=1
        fi
    done < <(grep -E '^#[[:space:]]*include[[:space:]]*"(\.\./|xen/)' -r xen --include='*.[ch]')
    return $bad
}

group_scripts() {
    local file
    while IFS= read -r file; do
        case $file in
            *.py) check "$file compiles" python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$file" ;;
            */inside/*) check "$file" shellcheck -s dash -S warning "$file" ;;
            *) check "$file" shellcheck -x -S warning "$file" ;;
        esac
    done < <(shell_files)
}

shell_files() {
    {
        find .ci scripts tests -type f \( -name '*.sh' -o -name '*.py' -o -path '*/lab.d/inside/*' \)
        grep -rlE '^#!/bin/(ba|da)?sh' .ci scripts tests
    } | sort -u
}
