# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make help` lists the targets and variables.

PREFIX ?= /usr
LIBDIR ?= $(PREFIX)/lib
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
CRASH_INCLUDE ?= /usr/include/crash
B ?= build
# make's own default is cc, which a minimal system lacks
ifeq ($(origin CC),default)
CC = gcc
endif
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
SAN ?=
WERROR ?=

VERSION := $(shell cat VERSION)

# Compressions an image may use; without the library such an image is refused.
OPTIONAL := $(foreach p,liblzma libzstd,$(shell $(PKG_CONFIG) --exists $(p) && echo $(p)))
DEPS = libdw libelf zlib $(OPTIONAL)
OPTIONAL_DEFS = $(if $(filter liblzma,$(OPTIONAL)),-DHAVE_LIBLZMA) $(if $(filter libzstd,$(OPTIONAL)),-DHAVE_LIBZSTD)
# clang warns about the end of a table, { NULL }, as an incomplete initializer; gcc does
# not.
WARN = -Wall -Wextra $(if $(WERROR),-Werror) $(if $(findstring clang,$(CC)),-Wno-missing-field-initializers)
DEPS_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(DEPS))
# The user's flags come last, so that they have precedence.
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -I. -fPIC -fvisibility=hidden $(WARN) $(SAN) \
	     $(OPTIONAL_DEFS) $(DEPS_CFLAGS) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(SAN) $(LDFLAGS)
LIBS := $(shell $(PKG_CONFIG) --libs $(DEPS)) -ldl

objects = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))

CORE_OBJ := $(call objects,xen/*.c xen/*/*.c xen/*/*/*.c)
COMMAND_OBJ := $(call objects,extensions/support/*.c extensions/report/*.c extensions/commands/*.c) \
	       $(B)/extensions/report/page_files.o
# Only these include crash's defs.h.
CRASH_OBJ := $(call objects,extensions/crash/*.c)
XENVIEW_OBJ := $(call objects,extensions/xenview/*.c)
LIVE_OBJ := $(call objects,extensions/live/*.c)

# Hypercalls of a running host, built where Xen's libraries are (libxen-dev).
XEN_PKGS := xencontrol xenforeignmemory xencall xentoollog
HAVE_XEN := $(shell $(PKG_CONFIG) --exists $(XEN_PKGS) && echo y)
# Xen 4.14 and later
HYPFS := $(shell $(PKG_CONFIG) --exists xenhypfs && echo xenhypfs)
LIVE := $(if $(HAVE_XEN),$(B)/xen-live.so)
XEN_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(XEN_PKGS) $(HYPFS)) $(if $(HYPFS),-DHAVE_HYPFS)
XEN_LIBS = $(shell $(PKG_CONFIG) --libs $(XEN_PKGS) $(HYPFS))

# A disassembler for xenview; crash has gdb's.
HAVE_CAPSTONE := $(shell $(PKG_CONFIG) --exists capstone && echo y)
CAPSTONE_CFLAGS := $(if $(HAVE_CAPSTONE),-DHAVE_CAPSTONE $(shell $(PKG_CONFIG) --cflags capstone))
CAPSTONE_LIBS := $(if $(HAVE_CAPSTONE),$(shell $(PKG_CONFIG) --libs capstone))

# Tests of xen-live.so replace Xen's libraries, and require their headers.
LIVE_UNIT_SRC := $(wildcard tests/unit/xenlive_*_test.c)
UNIT_SRC := $(filter-out $(if $(HAVE_XEN),,$(LIVE_UNIT_SRC)),$(wildcard tests/unit/*_test.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/unit/%)
FUZZ_SRC := $(wildcard tests/fuzz/*_fuzz.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/tests/fuzz/%)
REPLAY_BIN := $(FUZZ_BIN:%_fuzz=%_replay)

PROGRAMS := $(B)/xenview
SCRIPTS := scripts/xencrash scripts/xen-decode scripts/xen-layout scripts/kdump-doctor
# Read by xencrash
SCRIPT_PARTS := scripts/xencrash-kernel

.PHONY: all static docs help crash-features crash-objects check unit asan fuzz replay coverage install uninstall dist clean \
	objects unit-bins fuzz-bins compile_commands.json
all: $(B)/xen.so $(PROGRAMS) $(LIVE)
static: $(B)/xenview-static

# Man pages and completion, made from the help texts
docs: $(B)/man/xenview.bash
$(B)/man/xenview.bash: $(B)/xenview $(SCRIPTS) scripts/man VERSION
	scripts/man $(B)/xenview $(B)/man

# For scripts/check, which draws their graph
objects: $(CORE_OBJ) $(COMMAND_OBJ) $(CRASH_OBJ) $(XENVIEW_OBJ)

# For scripts/abi: all features, and those of CRASH_INCLUDE
crash-features:
	@echo '$(CRASH_HAVE:-DHAVE_%=%) / $(CRASH_FEATURES)'
crash-objects: $(CRASH_OBJ)

help:
	@printf '%s\n' \
	'make                  $(B)/xen.so, $(B)/xenview, and $(B)/xen-live.so where libxen-dev is installed' \
	'make static           $(B)/xenview-static, which requires no libraries, for the initrd of a crash kernel' \
	'make docs             man pages and bash completion, in $(B)/man' \
	'make install          into DESTDIR, PREFIX (/usr) and LIBDIR (PREFIX/lib); make uninstall removes it' \
	'                      SUPPORT="sos supportconfig bugtool": also plugins of these support tools' \
	'make check            all tests (scripts/check)' \
	'make unit             unit tests' \
	'make asan             xenview, unit tests and fuzzer seeds with ASan and UBSan, in build-asan/' \
	'make fuzz             fuzzers (clang), in build-fuzz/; scripts/fuzz runs them' \
	'make replay           the fuzzers'\'' seeds, with any compiler' \
	'make coverage         line coverage of the unit tests, per folder' \
	'make dist             crash-xen-$(VERSION).tar.gz of the last commit' \
	'make compile_commands.json   for clangd and clang-tidy' \
	'make clean' \
	'' \
	'Variables: CC CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG; WERROR=1; B=DIR (build folder);' \
	'CRASH_INCLUDE=DIR (folder with the defs.h of the crash to build against; 7.1.3 or later)'

$(B)/libcore.a: $(CORE_OBJ)
	rm -f $@ && ar rcs $@ $^

$(B)/libcommands.a: $(COMMAND_OBJ)
	rm -f $@ && ar rcs $@ $^

# In the same folder as the library and the program, as after installation
$(B)/xen-layouts:
	@mkdir -p $(@D)
	ln -sfn $(CURDIR)/xen/profile/layouts $@

# The objects of the core, not libcore.a: the linker would not report a symbol that is defined both there and in the front
# end.
$(B)/xen.so: $(CRASH_OBJ) $(COMMAND_OBJ) $(CORE_OBJ) | $(B)/xen-layouts
	$(CC) -shared -Wl,--no-undefined-version $(ALL_LDFLAGS) -o $@ $(CRASH_OBJ) $(COMMAND_OBJ) $(CORE_OBJ) $(LIBS)

$(B)/xenview: $(XENVIEW_OBJ) $(COMMAND_OBJ) $(CORE_OBJ) | $(B)/xen-layouts
	$(CC) $(ALL_LDFLAGS) -o $@ $(XENVIEW_OBJ) $(COMMAND_OBJ) $(CORE_OBJ) $(CAPSTONE_LIBS) $(LIBS)

# xenview for the initrd of a crash kernel: no libraries, no disassembler, no hypercalls
STATIC_LIBS = $(shell $(PKG_CONFIG) --libs --static $(DEPS)) -ldl
$(B)/static/main.o: extensions/xenview/main.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/xenview-static: $(B)/static/main.o $(COMMAND_OBJ) $(B)/libcore.a | $(B)/xen-layouts
	$(CC) -static $(ALL_LDFLAGS) -s -o $@ $(B)/static/main.o $(COMMAND_OBJ) $(B)/libcore.a $(STATIC_LIBS)

# xenview with damaged memory, for tests; in the same folder because of the
# profiles
DAMAGE_OBJ := $(call objects,tests/damage/*.c)
DAMAGE_WRAP = $(foreach name,session_open command_run record_read space_read page_scan memory_read memory_page \
		memory_borrow_page,-Wl,--wrap=$(name))
$(B)/xenview-damaged: $(DAMAGE_OBJ) $(XENVIEW_OBJ) $(COMMAND_OBJ) $(B)/libcore.a | $(B)/xen-layouts
	$(CC) $(ALL_LDFLAGS) $(DAMAGE_WRAP) -o $@ $(DAMAGE_OBJ) $(XENVIEW_OBJ) $(COMMAND_OBJ) $(B)/libcore.a $(CAPSTONE_LIBS) $(LIBS)

# Style and script of the HTML report, with the hashes that its content security policy names
PAGE_FILES = extensions/report/page.css extensions/report/page.js
$(B)/extensions/report/page_files.c: $(PAGE_FILES) scripts/embed
	@mkdir -p $(@D)
	scripts/embed $(PAGE_FILES) >$@.new && mv $@.new $@
$(B)/extensions/report/page_files.o: $(B)/extensions/report/page_files.c
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/xen-live.so: $(LIVE_OBJ)
	$(CC) -shared $(ALL_LDFLAGS) -o $@ $^ $(XEN_LIBS)

# Declarations added to crash after 7.1.3, with the pattern that finds each in defs.h; scripts/abi prints the feature
# that requires it. CRASH_WITHOUT=NAME... builds as if a header lacked them.
CRASH_FEATURE_RELOC = define POST_RELOC
CRASH_FEATURE_5LEVEL = define VM_5LEVEL
CRASH_FEATURE_PRSTATUS = [*]netdump_get_prstatus_percpu
CRASH_FEATURE_KCORE_VADDR = define KCORE_USE_VADDR
CRASH_FEATURE_KCORE_INIT_FD = proc_kcore_init(FILE \*, int)
CRASH_FEATURE_LIST_PAIR = ^struct list_pair
CRASH_FEATURE_XARRAY = define XARRAY_SEARCH
CRASH_FEATURE_MAPLE_TREE = define MAPLE_TREE_SEARCH
CRASH_FEATURE_TASK_REG = [*]get_current_task_reg
CRASH_FEATURES = RELOC 5LEVEL PRSTATUS KCORE_VADDR KCORE_INIT_FD LIST_PAIR XARRAY MAPLE_TREE TASK_REG
CRASH_WITHOUT ?=
CRASH_HAVE := $(shell $(foreach f,$(filter-out $(CRASH_WITHOUT),$(CRASH_FEATURES)),\
	      grep -q '$(CRASH_FEATURE_$(f))' $(CRASH_INCLUDE)/defs.h 2>/dev/null && echo -DHAVE_$(f);))

# Not a feature: an argument of set_context() since 8.0.6
CRASH_ARGUMENTS := $(shell grep -q 'set_context(ulong, ulong, uint)' $(CRASH_INCLUDE)/defs.h 2>/dev/null && \
		   echo -DSET_CONTEXT_FORCE)

# crash's headers cause warnings with -Wextra; the code that includes them does
# not.
$(B)/extensions/crash/%.o: EXTRA_CFLAGS = -DX86_64 $(CRASH_HAVE) $(CRASH_ARGUMENTS) -isystem $(CRASH_INCLUDE)
$(B)/extensions/live/%.o: EXTRA_CFLAGS = $(XEN_CFLAGS)
$(B)/extensions/xenview/%.o: EXTRA_CFLAGS = $(CAPSTONE_CFLAGS)
$(B)/xen/base/version.o: EXTRA_CFLAGS = -DCRASH_XEN_VERSION='"$(VERSION)"'
$(B)/xen/base/version.o: VERSION

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(EXTRA_CFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# ---- tests ----

TEST_LIBS = $(B)/libcommands.a $(B)/libcore.a

$(B)/tests/unit/%_test: tests/unit/%_test.c $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(TEST_LIBS) $(LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

$(B)/tests/unit/disassembler_test: tests/unit/disassembler_test.c $(B)/extensions/xenview/disassembler.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) $(CAPSTONE_CFLAGS) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(B)/extensions/xenview/disassembler.o $(TEST_LIBS) $(CAPSTONE_LIBS) $(LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

# A function of the test has precedence over that of a library. Not a pattern rule: make 4.4 and later prefer that
# of the other tests while the objects do not exist.
$(LIVE_UNIT_SRC:tests/unit/%.c=$(B)/tests/unit/%): $(B)/tests/unit/%: tests/unit/%.c $(LIVE_OBJ)
	@mkdir -p $(@D)
	$(CC) $(XEN_CFLAGS) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(LIVE_OBJ) $(XEN_LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

$(B)/tests/fuzz/%_fuzz: tests/fuzz/%_fuzz.c $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(TEST_LIBS) $(LIBS)

$(B)/tests/fuzz/%_replay: tests/fuzz/%_fuzz.c tests/fuzz/replay.c $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< tests/fuzz/replay.c $(TEST_LIBS) $(LIBS)

$(B)/tests/bench/%: tests/bench/%.c $(TEST_LIBS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(TEST_LIBS) $(LIBS)

unit-bins: $(UNIT_BIN)
fuzz-bins: $(FUZZ_BIN)

# After a test fails, the others still run.
unit: unit-bins
	@failed=0; for t in $(UNIT_BIN); do echo "$$t"; $$t || failed=$$((failed + 1)); done; \
		echo "$(words $(UNIT_BIN)) test programs, $$failed failed"; [ $$failed -eq 0 ]

# The seeds of the fuzzers, without libFuzzer
replay: $(REPLAY_BIN)
	@set -e; for t in $(REPLAY_BIN); do d=$${t##*/}; \
		d=tests/fuzz/seeds/$${d%_replay}; [ -d $$d ] || continue; \
		echo "$$t"; $$t $$d/*; done

asan:
	$(MAKE) B=build-asan SAN="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" CFLAGS="-O1 -g" build-asan/xenview unit replay

fuzz:
	$(MAKE) B=build-fuzz CC=clang SAN="-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" CFLAGS="-O1 -g" fuzz-bins

coverage:
	scripts/coverage

check:
	scripts/check

# ---- for editors ----

SOURCES = $(wildcard xen/*/*.c xen/*/*/*.c extensions/*/*.c)
compile_commands.json:
	@{ sep='['; for f in $(SOURCES); do \
		case $$f in extensions/crash/*) x='-DX86_64 $(CRASH_HAVE) $(CRASH_ARGUMENTS) -isystem $(CRASH_INCLUDE)' ;; \
			extensions/live/*) x='$(XEN_CFLAGS)' ;; \
			extensions/xenview/*) x='$(CAPSTONE_CFLAGS)' ;; *) x='' ;; esac; \
		printf '%s\n{"directory":"%s","file":"%s","command":"%s"}' "$$sep" '$(CURDIR)' "$$f" \
			"$(CC) $$x $(ALL_CFLAGS) -c $$f"; sep=','; \
	done; printf '\n]\n'; } >$@

# ---- installing ----

EXTENSIONS_DIR = $(DESTDIR)$(LIBDIR)/crash/extensions
# Not in the folder of extensions: "crash -x" loads all files in it
LIVE_DIR = $(DESTDIR)$(LIBDIR)/crash-xen
SHARE_DIR = $(DESTDIR)$(PREFIX)/share/crash-xen

# Hooks that write a report in the crash kernel (doc/kdump.md)
KDUMP_DIR = $(SHARE_DIR)/kdump
KDUMP_PROGRAMS = $(addprefix packaging/kdump/,xen-kdump-report xca-report rhel-pre.sh)
KDUMP_FILES = $(addprefix packaging/kdump/,debian-dropin.conf suse-sysconfig rhel-kdump.conf)

# Configuration of support tools: all files in SHARE_DIR/support; those of SUPPORT also in the place where
# the tool reads them
SUPPORT ?=
SYSCONFDIR ?= /etc
SUPPORT_DIR = $(SHARE_DIR)/support
SOS_DIR = $(DESTDIR)$(SYSCONFDIR)/sos/extras.d
SUPPORTCONFIG_DIR = $(DESTDIR)$(PREFIX)/lib/supportconfig/plugins
BUGTOOL_DIR = $(DESTDIR)$(SYSCONFDIR)/xensource/bugtool

MAN1 = xenview.1 xen-decode.1 xen-layout.1
MAN8 = xencrash.8 crash-xen.8 kdump-doctor.8

install: all docs
	install -d $(EXTENSIONS_DIR)/xen-layouts $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man8 \
		$(DESTDIR)$(COMPLETIONDIR) $(SHARE_DIR)
	install -m 644 $(B)/xen.so $(EXTENSIONS_DIR)/xen.so
	rm -f $(EXTENSIONS_DIR)/xen-live.so
	$(if $(LIVE),install -d $(LIVE_DIR) && install -m 644 $(LIVE) $(LIVE_DIR)/xen-live.so)
	install -m 644 xen/profile/layouts/*.layout $(EXTENSIONS_DIR)/xen-layouts
	install -d $(KDUMP_DIR)
	install -m 755 $(KDUMP_PROGRAMS) $(KDUMP_DIR)
	install -m 644 $(KDUMP_FILES) $(KDUMP_DIR)
	install -d $(SUPPORT_DIR)/bugtool
	install -m 644 packaging/support/sos-extras $(SUPPORT_DIR)
	install -m 755 packaging/support/supportconfig $(SUPPORT_DIR)
	install -m 644 packaging/support/bugtool/*.xml $(SUPPORT_DIR)/bugtool
	$(if $(filter sos,$(SUPPORT)),install -d $(SOS_DIR) && install -m 644 packaging/support/sos-extras $(SOS_DIR)/crash-xen)
	$(if $(filter supportconfig,$(SUPPORT)),install -d $(SUPPORTCONFIG_DIR) && \
		install -m 755 packaging/support/supportconfig $(SUPPORTCONFIG_DIR)/xen_report)
	$(if $(filter bugtool,$(SUPPORT)),install -d $(BUGTOOL_DIR)/crash-xen && \
		install -m 644 packaging/support/bugtool/crash-xen.xml $(BUGTOOL_DIR) && \
		install -m 644 packaging/support/bugtool/stuff.xml $(BUGTOOL_DIR)/crash-xen)
	install -m 755 $(SCRIPTS) $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(SCRIPT_PARTS) $(SHARE_DIR)
	install -m 644 $(addprefix $(B)/man/,$(MAN1)) $(DESTDIR)$(MANDIR)/man1
	install -m 644 $(addprefix $(B)/man/,$(MAN8)) $(DESTDIR)$(MANDIR)/man8
	install -m 644 $(B)/man/xenview.bash $(DESTDIR)$(COMPLETIONDIR)/xenview
	for script in $(notdir $(SCRIPTS)); do ln -sf xenview $(DESTDIR)$(COMPLETIONDIR)/$$script; done

uninstall:
	rm -f $(EXTENSIONS_DIR)/xen.so $(EXTENSIONS_DIR)/xen-live.so $(LIVE_DIR)/xen-live.so
	rm -rf $(EXTENSIONS_DIR)/xen-layouts $(SHARE_DIR) $(BUGTOOL_DIR)/crash-xen
	rm -f $(SOS_DIR)/crash-xen $(SUPPORTCONFIG_DIR)/xen_report $(BUGTOOL_DIR)/crash-xen.xml
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(SCRIPTS) $(PROGRAMS)))
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man1/,$(MAN1)) $(addprefix $(DESTDIR)$(MANDIR)/man8/,$(MAN8))
	rm -f $(addprefix $(DESTDIR)$(COMPLETIONDIR)/,xenview $(notdir $(SCRIPTS)))

dist:
	scripts/dist crash-xen-$(VERSION)

clean:
	rm -rf build build-asan build-fuzz build-coverage compile_commands.json

-include $(shell find $(B) -path $(B)/package -prune -o -type f -name '*.d' -print 2>/dev/null)
