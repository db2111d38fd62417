# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The rpm packages in a separate root, with rpm alone: contents, dependencies, installed, used, removed.

# rpm_one NAME: prints the file of that package
rpm_one() {
    local file
    for file in build/package/rpm/RPMS/*/"$1"-[0-9]*.rpm; do
        printf '%s\n' "$file"
    done
}

rpm_contents() {
    local name
    for name in crash-xen xenview crash-xen-live; do
        rpm -qlp "$(rpm_one "$name")" | sed -e "s/^/$name /" -e 's/\.gz$//' -e '/\.build-id/d'
    done
}

# Files that each package has to contain; LIB means its libdir
rpm_wanted() {
    sed "s,LIB,$(rpm --eval '%{_libdir}'),; s,MAN,$(rpm --eval '%{_mandir}'),; s,DATA,$(rpm --eval '%{_datadir}')," <<'LIST'
crash-xen /usr/bin/xencrash
crash-xen LIB/crash/extensions/xen.so
crash-xen DATA/crash-xen/xencrash-kernel
crash-xen MAN/man8/crash-xen.8
crash-xen MAN/man8/xencrash.8
crash-xen-live LIB/crash-xen/xen-live.so
xenview /usr/bin/kdump-doctor
xenview /usr/bin/xen-decode
xenview /usr/bin/xen-layout
xenview /usr/bin/xenview
xenview LIB/crash/extensions/xen-layouts
xenview MAN/man1/xen-decode.1
xenview MAN/man1/xen-layout.1
xenview MAN/man1/xenview.1
xenview MAN/man8/kdump-doctor.8
xenview DATA/bash-completion/completions/xenview
xenview DATA/bash-completion/completions/xen-decode
crash-xen DATA/bash-completion/completions/xencrash
LIST
}

# Each required file exists, and a package contains no files of another
# package's folder
rpm_has_contents() {
    local missing
    missing=$(comm -23 <(rpm_wanted | sort) <(rpm_contents | sort))
    [[ -z $missing ]] || { printf '# not in its package: %s\n' "$missing"; return 1; }
    ! rpm_contents | grep -q '^xenview .*\.so'
}

# rpm_needs NAME REGEX: a dependency matches; rpm_lacks: none does
rpm_needs() {
    rpm -qRp "$(rpm_one "$1")" | grep -qE -- "$2"
}

rpm_lacks() {
    ! rpm_needs "$@"
}

rpm_in() {
    rpm --root "$RPM_ROOT" "$@"
}

rpm_check() {
    local name=$1
    shift
    RPM_TESTS=$((RPM_TESTS + 1))
    if "$@"; then printf 'ok %d - %s\n' "$RPM_TESTS" "$name"; else
        printf 'not ok %d - %s\n' "$RPM_TESTS" "$name"
        RPM_FAILED=1
    fi
}

rpm_files() {
    [[ -z $(find "$RPM_ROOT" ! -type d ! -path '*/rpm/*' ! -path '*/rpm-state/*') ]]
}

# rpm_test: TAP; the packages are those that "scripts/package rpm" built
rpm_test() {
    local files
    RPM_TESTS=0 RPM_FAILED=''
    RPM_ROOT=$PWD/build/package/rpm/root
    rm -rf "$RPM_ROOT"
    mkdir -p "$RPM_ROOT"
    mapfile -t files < <(rpm_one crash-xen; rpm_one xenview; rpm_one crash-xen-live)
    rpm_check "each package has its files" rpm_has_contents
    rpm_check "crash-xen requires crash" rpm_needs crash-xen '^crash( |$)'
    rpm_check "crash-xen requires xenview of its version" rpm_needs crash-xen "^xenview = $VERSION"
    rpm_check "crash-xen requires no library of Xen" rpm_lacks crash-xen 'libxen'
    rpm_check "xenview requires neither crash nor a library of Xen" rpm_lacks xenview '^crash|libxen'
    rpm_check "crash-xen-live requires libxenctrl" rpm_needs crash-xen-live 'libxenctrl'
    rpm_check "rpm installs them in a root" rpm_in -i --nodeps --noscripts "${files[@]}"
    rpm_check "rpm verifies them" rpm_in -V --nodeps crash-xen xenview crash-xen-live
    rpm_check "xenview starts there and finds its version" test "$("$RPM_ROOT/usr/bin/xenview" --version)" = "xenview $VERSION"
    rpm_check "rpm removes them" rpm_in -e --nodeps --noscripts crash-xen xenview crash-xen-live
    rpm_check "no file stays behind" rpm_files
    printf '1..%d\n' "$RPM_TESTS"
    rm -rf "$RPM_ROOT"
    [[ -z $RPM_FAILED ]]
}
