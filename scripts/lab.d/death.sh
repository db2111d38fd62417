# shellcheck shell=bash
# The ways a host dies. dom0 does its part in inside/die; what comes from outside is done here, through QEMU's monitor and gdb stub.

declare -A LAB_DEATHS=(
    [panic]="dom0 panics (sysrq c)"
    [key-C]="crash requested by debug key C"
)

death_check() {
    [[ -v LAB_DEATHS[${RECIPE[death]}] ]] || die "$1: death '${RECIPE[death]}' is none of: ${!LAB_DEATHS[*]}"
}

# death_from_outside DIR: called when dom0 has said that it is about to die
death_from_outside() {
    case ${RECIPE[death]} in
        panic | key-C) ;;
    esac
}
