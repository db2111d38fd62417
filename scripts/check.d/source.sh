# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Groups that check the source text and the graph of its object files.

# Layers: a file may include files of its own rank and of lower ranks.
CHECK_LAYER_RANK="base=0 memory=1 symbols=2 address=2 image=3 types=4 stack=5 model=6 output=6 profile=7 hypercall=7
    extensions/support=8 extensions/live=8 extensions/report=9 extensions/commands=9 extensions/crash=10 extensions/xenview=10"
# Constructs that gcc 4.8 refuses (SLES 12, RHEL 7): _Generic and __auto_type came with 4.9, checked arithmetic and __has_include with
# 5; fallthrough is an attribute since 7, __VA_OPT__ since 8, _Static_assert without a message since 9,
# [[...]] since 10.
CHECK_AFTER_GCC_4_8='\b_Generic\b|__auto_type|stdatomic\.h|__builtin_[a-z]*(add|sub|mul)[a-z]*_overflow\(|__has_include|__VA_OPT__|fallthrough__|\(\(fallthrough|\[\[[a-z]+\]\]|asm inline|__builtin_(bit_cast|clear_padding|expect_with_probability|has_attribute)|__attribute__ *\(\([^)]*(access|nonstring|copy|symver|no_stack_protector|no_profile_instrument_function|fd_arg)\b|_Static_assert\([^,"]*\);'

group_style() {
    local files
    mapfile -t files < <(find xen extensions tests -name '*.[ch]' ! -path '*/build/*' | sort)
    check "every C file has its license" style_license "${files[@]}"
    check "no C file has 600 lines" style_length "${files[@]}"
    check "no function has 60 lines" style_functions "${files[@]}"
    check "no file is larger than 1 MiB" style_size
    check "nothing that gcc 4.8 lacks" style_old_compiler "${files[@]}"
    check "only extensions/crash includes headers of crash" style_crash_includes
    check "no include goes up" style_layers
    check "one seam: no ->live in model and commands" style_seam
    check "text of others is printed escaped" style_escaped
    check "values are read by value_of(), which carries their provenance" style_values
    check "arrays are sorted by array_sort(), which takes none" style_sort
    check "every command is in the table" style_commands
    check "every table of fields is in the profiles" style_fields
    check "every test of the lab names its oracle" style_oracles
    style_graph
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

# Dumps and cores are made from recipes: extract leaves them where it is run.
style_size() {
    local large
    large=$(find . -path ./.git -prune -o -path './build*' -prune -o -type f -size +1024k -print)
    [[ -z $large ]] || { printf '%s: larger than 1 MiB\n' "$large"; return 1; }
}

# In kernel style the body of a function starts and ends with a brace in the first column.
style_functions() {
    awk 'FNR == 1 { start = 0 }
        /^\{/ { start = FNR }
        /^\}/ { if (start && FNR - start > 60) { print FILENAME ":" start ": " FNR - start - 1 " lines"; bad = 1 } start = 0 }
        END { exit bad }' "$@"
}

style_old_compiler() {
    ! grep -nE "$CHECK_AFTER_GCC_4_8" "$@"
}

# raw of a struct value (xen/types/record.h) is only written, or passed by address; raw of a p2m_entry is
# another member.
style_values() {
    ! grep -rn '\.raw\b' xen extensions --include='*.[ch]' |
        sed -E 's/"[^"]*"//g; s/\.raw [-+]?= //g; s/&[a-z_>.-]*\.raw\b//g; s/\bentry\.raw\b//' | grep '\.raw\b'
}

style_crash_includes() {
    ! grep -nE '^#[[:space:]]*include[[:space:]]*[<"](defs|gdb_interface|xen_hyper_defs)\.h' -r xen extensions tests --include='*.[ch]' --exclude-dir=crash
}

# Only marked tables are written into profiles (xen/types/record.h).
style_fields() {
    ! grep -nE 'struct field [a-z_0-9]+\[[A-Z_]*\] =' -r xen extensions --include='*.c'
}

style_seam() {
    ! grep -nE -e '->live\b' -r xen/model extensions/commands --include='*.[ch]'
}

style_sort() {
    ! grep -nE '\bqsort\(' -r xen extensions --include='*.[ch]' | grep -v '^xen/base/array\.c:'
}

# Messages with "%s" go through print_safe() or a struct out. The two excluded files print to a text that is collected for a struct out;
# other such streams are not named fp; fputs and fwrite in xenview print its own help.
style_escaped() {
    local file calls bad=0
    while IFS= read -r file; do
        case $file in extensions/xenview/disassembler.c | extensions/commands/object.c) continue ;; esac
        calls=$(tr '\n' ' ' <"$file" |
            grep -oE '\b(fprintf|vfprintf|printf|dprintf|perror|warnx?|fputs|puts|fwrite)\(("(\\.|[^"\\])*"|[^";])*;' |
            grep -E '^(fprintf\((fp|[a-z]+->fp|stdout|stderr),.*%[-0-9.*l]*s|v?d?printf\(.*%[-0-9.*l]*s|vfprintf|perror|warn|puts\(|fputs\(.*(fp|->fp|stdout|stderr)\)|fwrite\(.*, *([a-z]+->)?(fp|stdout|stderr)\))' |
            grep -vxE 'fputs\(help, stdout\);|printf\("xenview %s\\n", crash_xen_version\);|fwrite\(bytes, len, 1, fp\) ==.*')
        if [[ -n $calls ]]; then
            printf '%s: %s\n' "$file" "$calls"
            bad=1
        fi
    done < <(find extensions -name '*.c' | sort)
    return $bad
}

# Each struct command of a file has a line in the table, or is the overview.
style_commands() {
    local line name bad=0
    while IFS= read -r line; do
        name=$(sed -E 's/.*command_([a-z0-9_]+) = .*/\1/' <<<"$line")
        if ! grep -qE "C\(\"[^\"]*\", $name,|&command_$name," extensions/support/table.c; then
            echo "${line%%:*}: command_$name has no line in extensions/support/table.c"
            bad=1
        fi
    done < <(grep -E '^const struct command command_[a-z0-9_]+ = ' -r extensions/commands --include='*.c')
    return $bad
}

# The comment at the top of a lab test states its oracle: the output that is
# right if the test and a command differ.
style_oracles() {
    local -a tests
    mapfile -t tests < <(find tests/lab -name '*.sh' ! -name lib.sh | sort)
    awk 'FNR == 1 { if (top) { print file ": no \"Oracle:\" in the comment at its top"; bad = 1 } top = 1; file = FILENAME }
        FNR < 9 && /^# .*Oracles?[:,]/ { top = 0 }
        END { if (top) { print file ": no \"Oracle:\" in the comment at its top"; bad = 1 } exit bad }' \
        "${tests[@]}"
}

style_layers() {
    local bad
    bad=$(find xen extensions -name '*.[ch]' | sort | xargs awk -v ranks="$CHECK_LAYER_RANK" '
        BEGIN {
            n = split(ranks, words)
            for (i = 1; i <= n; i++) {
                split(words[i], pair, "=")
                rank[pair[1]] = pair[2]
            }
        }
        function layer(path,    parts) {
            split(path, parts, "/")
            return parts[1] == "xen" ? parts[2] : parts[1] "/" parts[2]
        }
        match($0, /^#[ \t]*include[ \t]*"(xen|extensions)\/[^"]*"/) {
            to = $0
            gsub(/^[^"]*"|"[^"]*$/, "", to)
            if (!(layer(FILENAME) in rank) || !(layer(to) in rank))
                print FILENAME ": " to " is in a folder without a layer"
            else if (rank[layer(to)] > rank[layer(FILENAME)])
                print FILENAME ": includes " to ", of a layer above"
        }'
        # a path that the pattern above does not see
        grep -rn --include='*.[ch]' '^#[[:blank:]]*include[[:blank:]]*"\.\./' xen extensions tests || true)
    printf '%s' "$bad"
    [[ -z $bad ]]
}

# Prints the figure even if the test passes.
style_graph() {
    check "objects for the graph" style_objects
    [[ -n $CHECK_OK ]] || return 0
    check "no cycle of object files across folders, none of more than three inside one" python3 scripts/check.d/graph.py build/check/gcc
    printf '   object files: %s\n' "$(tail -n 1 "$(log_of "no cycle of object files across folders, none of more than three inside one")")"
}

# Objects of xen.so and xenview
style_objects() {
    build_in gcc CC=gcc objects
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
    check "the lab notices a guest that was lost" notices_lost_guests
}

# guest_died() of the lab, by lines of serial logs of lost guests and of others
notices_lost_guests() (
    # shellcheck source=scripts/lab.d/boot.sh
    . scripts/lab.d/boot.sh
    lost='(XEN) d2v0 Triple fault - invoking HVM shutdown action 1'
    # is RESULT LINE...: 1: a guest was lost
    is() {
        local want=$1 got=0
        shift
        ! guest_died <(printf '%s\n' "$@") || got=1
        [[ $got == "$want" ]] || { printf 'got %s: %s\n' "$got" "$*"; exit 1; }
    }
    is 0 'LAB: up' "$lost" 'LAB: truth: dom0'
    is 1 'LAB: truth: dom0' "$lost" 'LAB: truth: xl'
    is 1 'LAB: truth: xl' '(XEN) HVM2 restore: CPU 0' 'LAB: truth: written'
    is 1 'LAB: live, 3 s after boot' "$lost"
    is 0 'LAB: live, 3 s after boot' "$lost" 'LAB: live, with the guests of this job'
    is 1 'LAB: live, 3 s after boot' 'LAB: live, with the guests of this job' "$lost"
)

shell_files() {
    {
        find .ci scripts tests -type f \( -name '*.sh' -o -name '*.py' -o -path '*/lab.d/inside/*' \)
        grep -rlE '^#!/bin/(ba|da)?sh' .ci scripts tests packaging
    } | sort -u
}
