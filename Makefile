# SPDX-License-Identifier: GPL-2.0-or-later
#
# make                      build/xen.so (against crash's defs.h), build/xenview, and
#                           build/xen-live.so where Xen's libraries are
# make check                scripts/check: all tests
# make unit                 unit tests only
# make asan                 xenview and unit tests with ASan and UBSan, in build-asan/
# make fuzz                 fuzzers (clang), in build-fuzz/; scripts/fuzz runs them, or AFL++
# make replay               the fuzzers' seeds, with any compiler
# make install DESTDIR= PREFIX=
# make CRASH_INCLUDE=DIR    headers of another crash

PREFIX ?= /usr
LIBDIR ?= $(PREFIX)/lib
CRASH_INCLUDE ?= /usr/include/crash
B ?= build
CC ?= gcc
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
SAN ?=

# Libraries for compressions an image may have; without one it is refused.
OPTIONAL := $(foreach p,liblzma libzstd,$(shell $(PKG_CONFIG) --exists $(p) && echo $(p)))
DEPS = libdw libelf zlib $(OPTIONAL)
OPTIONAL_DEFS = $(if $(filter liblzma,$(OPTIONAL)),-DHAVE_LIBLZMA) $(if $(filter libzstd,$(OPTIONAL)),-DHAVE_LIBZSTD)
WARN = -Wall -Wextra -Werror
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARN) $(SAN) \
	     $(OPTIONAL_DEFS) $(shell $(PKG_CONFIG) --cflags $(DEPS)) $(CFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(DEPS)) -ldl

CORE_SRC := $(wildcard xen/*.c xen/*/*.c)
CORE_OBJ := $(CORE_SRC:%.c=$(B)/%.o)

# Only these see crash's defs.h; the commands beside them do not.
CRASH_SRC := $(wildcard extensions/crash/*.c)
CRASH_OBJ := $(CRASH_SRC:%.c=$(B)/%.o)
COMMAND_SRC := $(wildcard extensions/*.c)
COMMAND_OBJ := $(COMMAND_SRC:%.c=$(B)/%.o)

# Hypercalls for running hosts, where Xen's libraries are (libxen-dev).
XEN_PKGS := xencontrol xenforeignmemory xencall xentoollog
HAVE_XEN := $(shell $(PKG_CONFIG) --exists $(XEN_PKGS) && echo y)
# from Xen 4.14 on
HYPFS := $(shell $(PKG_CONFIG) --exists xenhypfs && echo xenhypfs)
LIVE := $(if $(HAVE_XEN),$(B)/xen-live.so)
XEN_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(XEN_PKGS) $(HYPFS)) $(if $(HYPFS),-DHAVE_HYPFS)
XEN_LIBS = $(shell $(PKG_CONFIG) --libs $(XEN_PKGS) $(HYPFS))

UNIT_SRC := $(wildcard tests/unit/*_test.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/unit/%)

FUZZ_SRC := $(wildcard tests/fuzz/*_fuzz.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/tests/fuzz/%)
REPLAY_BIN := $(FUZZ_BIN:%_fuzz=%_replay)

.PHONY: all check unit asan fuzz replay install clean unit-bins fuzz-bins
all: $(B)/xen.so $(B)/xenview $(LIVE)

$(B)/libcore.a: $(CORE_OBJ)
	rm -f $@ && ar rcs $@ $^

# Beside the library and the program, as when they are installed.
$(B)/xen-layouts:
	@mkdir -p $(@D)
	ln -sfn $(CURDIR)/xen/layouts $@

$(B)/xen.so: $(CRASH_OBJ) $(COMMAND_OBJ) $(B)/libcore.a | $(B)/xen-layouts
	$(CC) -shared -Wl,--no-undefined-version $(SAN) -o $@ $(CRASH_OBJ) $(COMMAND_OBJ) $(B)/libcore.a $(LIBS)

$(B)/xenview: $(B)/tests/xenview/main.o $(COMMAND_OBJ) $(B)/libcore.a | $(B)/xen-layouts
	$(CC) $(SAN) -o $@ $^ $(LIBS)

$(B)/tests/unit/%_test: tests/unit/%_test.c $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -I. -o $@ $< $(filter %.o,$^) $(B)/libcore.a $(LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

# What of the commands can be tested without a hypervisor
$(B)/tests/unit/progress_test: $(B)/extensions/progress.o

$(B)/tests/fuzz/%_fuzz: tests/fuzz/%_fuzz.c $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP -I. -o $@ $< $(B)/libcore.a $(LIBS)

$(B)/tests/fuzz/%_replay: tests/fuzz/%_fuzz.c tests/fuzz/replay.c $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -I. -o $@ $< tests/fuzz/replay.c $(B)/libcore.a $(LIBS)

# A member that came with 8.0.6 (as get_cpu_reg before, with other arguments).
CRASH_HAVE := $(shell grep -q get_current_task_reg $(CRASH_INCLUDE)/defs.h 2>/dev/null && \
	      echo -DHAVE_GET_CURRENT_TASK_REG)

$(B)/tests/bench/%: tests/bench/%.c $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -I. -o $@ $< $(B)/libcore.a $(LIBS)

# crash's headers are not clean under -Wextra; the code that includes them is.
$(B)/extensions/crash/%.o: extensions/crash/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DX86_64 $(CRASH_HAVE) -I. -isystem $(CRASH_INCLUDE) -MMD -MP -c -o $@ $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -I. -MMD -MP -c -o $@ $<

$(B)/live/%.o: live/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(XEN_CFLAGS) -I. -MMD -MP -c -o $@ $<

$(B)/xen-live.so: $(patsubst %.c,$(B)/%.o,$(wildcard live/*.c))
	$(CC) -shared $(SAN) -o $@ $^ $(XEN_LIBS)

unit-bins: $(UNIT_BIN)
fuzz-bins: $(FUZZ_BIN)

unit: unit-bins
	@set -e; for t in $(UNIT_BIN); do echo "$$t"; $$t; done

# The seeds of the fuzzers, without libFuzzer.
replay: $(REPLAY_BIN)
	@set -e; for t in $(REPLAY_BIN); do d=$${t##*/}; \
		d=tests/fuzz/seeds/$${d%_replay}; [ -d $$d ] || continue; \
		echo "$$t"; $$t $$d/*; done

asan:
	$(MAKE) B=build-asan SAN="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" CFLAGS="-O1 -g" build-asan/xenview unit replay

fuzz:
	$(MAKE) B=build-fuzz CC=clang SAN="-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" CFLAGS="-O1 -g" fuzz-bins

check:
	scripts/check

install: $(B)/xen.so $(B)/xenview $(LIVE)
	install -d $(DESTDIR)$(LIBDIR)/crash/extensions/xen-layouts $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(B)/xen.so $(DESTDIR)$(LIBDIR)/crash/extensions/xen.so
	$(if $(LIVE),install -m 644 $(LIVE) $(DESTDIR)$(LIBDIR)/crash/extensions/xen-live.so)
	install -m 644 xen/layouts/*.layout $(DESTDIR)$(LIBDIR)/crash/extensions/xen-layouts
	install -m 755 scripts/xencrash scripts/xen-decode scripts/xen-layout $(B)/xenview $(DESTDIR)$(PREFIX)/bin

clean:
	rm -rf build build-asan build-fuzz

-include $(shell find $(B) -name '*.d' 2>/dev/null)
