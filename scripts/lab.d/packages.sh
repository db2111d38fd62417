# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages of any suite, without root: a private apt per suite, and unpacking without installing.

LAB_SUITES="bullseye bookworm trixie sid"

# mirror: prints the URL of Debian's main archive in the configuration of this
# machine's apt
mirror() {
    local site
    # shellcheck disable=SC2016 # the variables are expanded by apt
    site=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(SITE)' 'Created-By: Packages' 2>/dev/null |
        awk '$2 == "main" && $1 ~ /^(bullseye|bookworm|trixie|forky|sid|unstable|testing|stable|oldstable|oldoldstable)$/ { print $3; exit }')
    [[ -n $site ]] || die "apt on this machine has no Debian archive (apt-get indextargets): add a 'deb' line for Debian main to its sources"
    printf '%s\n' "$site"
}

check_suite() {
    [[ " $LAB_SUITES " == *" $1 "* ]] || die "unknown suite '$1': one of $LAB_SUITES"
}

# apt_in SUITE COMMAND...: runs an apt tool on that suite, as if nothing were installed
apt_in() {
    local suite=$1
    shift
    APT_CONFIG=$LAB_CACHE/apt/$suite/apt.conf "$@"
}

# apt_ready SUITE: makes the suite's package lists available, at most a day old
apt_ready() {
    check_suite "$1"
    need apt-get dpkg-deb
    cached "$LAB_CACHE/apt/$1" apt_make "$1"
    [[ -z $(find "$LAB_CACHE/apt/$1/fresh" -mmin +1440) ]] || with_lock "apt-$1-archives" apt_refresh "$1"
}

# Older lists may name packages that the mirror has deleted. Without a network the old lists are
# used.
apt_refresh() {
    apt_in "$1" apt-get -qq update >&2 || note "$1: the package lists cannot be refreshed"
    touch "$LAB_CACHE/apt/$1/fresh"
}

apt_make() {
    local suite=$1 scratch=$2 keyring=/usr/share/keyrings/debian-archive-keyring.gpg site
    site=$(mirror)
    [[ -f $keyring ]] || die "$keyring is missing; as root: apt-get install debian-archive-keyring"
    mkdir -p "$scratch"/{lists,cache/archives}/partial
    : >"$scratch/status"
    : >"$scratch/fresh"
    printf '%s [signed-by=%s] %s %s main\n' deb "$keyring" "$site" "$suite" deb-src "$keyring" "$site" "$suite" >"$scratch/sources.list"
    apt_conf "$scratch" >"$scratch/apt.conf"
    note "$suite: reading the package lists"
    APT_CONFIG=$scratch/apt.conf apt-get -qq update >&2
    apt_conf "$LAB_CACHE/apt/$suite" >"$scratch/apt.conf"
}

# apt_conf DIR: writes settings that restrict apt to DIR. with_lock replaces apt's locks; apt's sandbox user could not write to the
# cache.
apt_conf() {
    cat <<CONF
Dir::State "$1";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::trustedparts "/usr/share/keyrings";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Install-Recommends "false";
APT::Sandbox::User "";
APT::Get::Assume-Yes "true";
Acquire::Retries "3";
DPkg::Lock::Timeout "600";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Debug::NoLocking "true";
CONF
}

# apt_retry SUITE COMMAND...: runs the command again with new package lists if it fails, for example because the mirror has
# deleted a file
apt_retry() {
    local suite=$1
    shift
    if ! apt_in "$suite" "$@" >&2; then
        note "$suite: failed; reading the package lists again"
        apt_refresh "$suite"
        apt_in "$suite" "$@" >&2
    fi
}

# unpack_closure SUITE DIR PACKAGE...: unpacks the packages and their dependencies into DIR; no maintainer script runs
unpack_closure() {
    local suite=$1 dir=$2 link deb debs
    shift 2
    apt_ready "$suite"
    note "$suite: downloading $# packages and their dependencies"
    with_lock "apt-$suite-archives" apt_retry "$suite" apt-get -qq --download-only install "$@"
    # apt lists only packages that it has to download, hence the empty archive directory
    mapfile -t debs < <(apt_in "$suite" apt-get -qq -o Dir::Cache::archives=/dev/null/ --print-uris install "$@" | awk '{ print $2 }')
    for link in bin sbin lib lib32 lib64 libx32; do
        mkdir -p "$dir/usr/$link"
        ln -sfn "usr/$link" "$dir/$link"
    done
    note "$suite: unpacking ${#debs[@]} packages"
    # shellcheck disable=SC2016 # the inner shell expands it
    for deb in "${debs[@]}"; do
        printf '%s\0' "$LAB_CACHE/apt/$suite/cache/archives/$deb"
    done | xargs -0 -n 1 -P 2 sh -c 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$0" \
        --exclude "./usr/share/doc/*" --exclude "./usr/share/man/*" --exclude "./usr/share/locale/*" --exclude "./usr/share/info/*"' "$dir"
}

# download SUITE PACKAGE: prints the path of the package file
download() {
    local suite=$1 package=$2 file
    apt_ready "$suite"
    with_lock "apt-$suite-archives" download_locked "$suite" "$package"
    file=$(apt_in "$suite" apt-get download --print-uris "$package" | awk '{ print $2 }')
    printf '%s\n' "$LAB_CACHE/apt/$suite/cache/archives/$file"
}

download_locked() {
    cd "$LAB_CACHE/apt/$1/cache/archives"
    apt_retry "$1" apt-get -qq download "$2"
    cd "$OLDPWD"
}

# depends_of SUITE PACKAGE PATTERN: prints the first dependency of a package that
# matches
depends_of() {
    apt_ready "$1"
    apt_in "$1" apt-cache depends "$2" | awk -v want="$3" '$1 == "Depends:" && $2 ~ want { print $2; exit }'
}

# source_tree SUITE PACKAGE DIR: unpacks and patches the Debian source of a package into DIR. The files are fetched one by one because
# some mirrors lack a part: the .dsc is not required (hashes come from the signed lists), and without Debian's patches the upstream
# source is used.
source_tree() {
    local suite=$1 package=$2 dir=$3 down url file hash orig patches
    apt_ready "$suite"
    down=$(scratch source)
    note "$suite: downloading the source of $package"
    while read -r url file _ hash; do
        case $file in
            *.orig.tar.?z) orig=$down/$file && apt_fetch "$suite" "$url" "$orig" "$hash" ;;
            *.debian.tar.?z) patches=$down/$file && apt_fetch "$suite" "$url" "$patches" "$hash" || patches= ;;
        esac
    done < <(apt_in "$suite" apt-get -qq source --print-uris "$package" 2>/dev/null | tr -d "'")
    [[ -n ${orig:-} && -f $orig ]] || die "$suite: the mirror has no source of $package"
    mkdir -p "$dir"
    tar -xf "$orig" --strip-components=1 -C "$dir"
    if [[ -n $patches ]]; then
        tar -xf "$patches" -C "$dir"
        source_patch "$dir"
    else
        note "$suite: the mirror lacks Debian's patches for $package: using upstream's source"
    fi
    rm -rf "$down"
}

source_patch() {
    local patch
    while read -r patch _; do
        [[ -z $patch || $patch == \#* ]] || patch -s -p1 -d "$1" <"$1/debian/patches/$patch" >&2
    done <"$1/debian/patches/series"
}

# apt_fetch SUITE URL FILE HASH: downloads one file and checks its hash
apt_fetch() {
    apt_in "$1" /usr/lib/apt/apt-helper -qq download-file "$2" "$3" "$4" >&2
}
