# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Recipes: tests/vmcores/NAME.recipe, with the defaults filled in.

# Version of the lab's results: incremented when the lab makes something else from the same recipe,
# so that all dumps are made again.
LAB_FORMAT=3

declare -A RECIPE

recipe_defaults() {
    RECIPE=(
        [xen]= [kernel]= [death]=
        [pcpus]=2 [memory]=640M [dom0_mem]=256M [crashkernel]=96M [guests]= [guest_mem]=96
        [sched]= [dom0]= [at]= [busy]= [noise]= [scene]= [xen_cmdline]= [dom0_cmdline]= [conring_size]=256k
        [format]= [firmware]= [machine]=
    )
}

# recipe_read NAME[,KEY=VALUE...]: fills RECIPE; the given pairs override those of
# the file
recipe_read() {
    local file=$LAB_RECIPES/${1%%,*}.recipe line number=0 changes
    [[ -f $file ]] || die "no recipe '${1%%,*}': see scripts/lab list"
    recipe_defaults
    while read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        [[ -z $line || $line == \#* ]] || recipe_set "$file:$number" "$line"
    done <"$file"
    IFS=, read -ra changes <<<"$1"
    for line in "${changes[@]:1}"; do
        recipe_set "$1" "$line"
    done
    for line in xen kernel death; do
        [[ -n ${RECIPE[$line]} ]] || die "$file: '$line' is missing"
    done
    death_check "$1"
    [[ ${RECIPE[firmware]} == @(|efi) ]] || die "$1: firmware '${RECIPE[firmware]}' is not 'efi'"
}

recipe_set() {
    local where=$1 key=${2%%=*} value=${2#*=}
    [[ $2 == *=* && -v RECIPE[$key] ]] || die "$where: unknown key '$key': one of ${!RECIPE[*]}"
    value=${value#\"}
    RECIPE[$key]=${value%\"}
}

# recipe_text: prints RECIPE as sorted shell lines. Empty values are omitted, so that a new key does not change old
# recipes.
recipe_text() {
    local key
    for key in $(printf '%s\n' "${!RECIPE[@]}" | sort); do
        [[ -z ${RECIPE[$key]} ]] || printf '%s=%q\n' "$key" "${RECIPE[$key]}"
    done
}

# dump_of NAME: prints the directory of that dump; its name has a hash of the
# recipe.
dump_of() {
    printf '%s/dumps/%s-%s\n' "$LAB_CACHE" "${1//[,=:\/]/-}" "$( (
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
