# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Recipes: what tests/vmcores/NAME.recipe says, with the defaults filled in.

# Raise this when the lab makes something else out of the same recipe: all dumps are then made anew.
LAB_FORMAT=3

declare -A RECIPE

recipe_defaults() {
    RECIPE=(
        [xen]= [kernel]= [death]=
        [pcpus]=2 [memory]=640M [dom0_mem]=256M [crashkernel]=96M [guests]= [guest_mem]=96
        [sched]= [at]= [xen_cmdline]= [dom0_cmdline]= [conring_size]=256k
    )
}

# recipe_read NAME: fills RECIPE
recipe_read() {
    local file=$LAB_RECIPES/$1.recipe line key value number=0
    [[ -f $file ]] || die "no recipe '$1': see scripts/lab list"
    recipe_defaults
    while read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        [[ -n $line && $line != \#* ]] || continue
        key=${line%%=*}
        value=${line#*=}
        [[ -v RECIPE[$key] ]] || die "$file:$number: '$key' is none of: ${!RECIPE[*]}"
        value=${value#\"}
        RECIPE[$key]=${value%\"}
    done <"$file"
    for key in xen kernel death; do
        [[ -n ${RECIPE[$key]} ]] || die "$file: '$key' is missing"
    done
    death_check "$file"
}

# recipe_text: RECIPE as shell lines, in one order. What is empty is left out, so that a new key does not change old recipes.
recipe_text() {
    local key
    for key in $(printf '%s\n' "${!RECIPE[@]}" | sort); do
        [[ -z ${RECIPE[$key]} ]] || printf '%s=%q\n' "$key" "${RECIPE[$key]}"
    done
}

# dump_of NAME: the directory of that dump. A changed recipe is another dump.
dump_of() {
    printf '%s/dumps/%s-%s\n' "$LAB_CACHE" "$1" "$( (
        echo "$LAB_FORMAT"
        recipe_text
    ) | hash_of)"
}

lab_list() {
    local file name dir
    for file in "$LAB_RECIPES"/*.recipe; do
        name=$(basename "$file" .recipe)
        recipe_read "$name"
        dir=$(dump_of "$name")
        if [[ -d $dir ]]; then
            printf '%-24s %6s  %s\n' "$name" "$(du -sh "$dir/vmcore" | cut -f1)" "$dir"
        else
            printf '%-24s %6s\n' "$name" -
        fi
    done
}
