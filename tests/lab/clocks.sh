#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Clocks. Oracles: the skew that debug key t printed, Xen's boot messages for the platform timer, xl info for the frequency.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view clocks -j >"$WORK/json"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
equal "a clock for each pcpu" "$(meta pcpus)" "$(jq '.pcpus | length' "$WORK/json")"

# "Synced stime skew: max=781ns avg=781ns samples=1 current=781ns", and the same for cycles. A single pcpu is not
# compared.
apart() { # WORD
    tr -d '\r' <"$TRUTH/key-t" | sed -nE "s/.*Synced $1 skew: .* current=([0-9]+).*/\1/p"
}
equal "nanoseconds apart at debug key t" "$(apart stime)" "$(jq .clock.key_t_stime_skew_ns "$WORK/json")"
equal "ticks apart at debug key t" "$(apart cycles)" "$(jq .clock.key_t_tsc_skew "$WORK/json")"
equal "and so are those of the pcpus" "$(apart stime) $(apart cycles)" \
    "$(jq -r '([.pcpus[].key_t_stime_ns] | max - min | tostring) + " " +
        ([.pcpus[].key_t_tsc] | max - min | tostring)' "$WORK/json")"

# "Platform timer is 100.000MHz HPET"; a wrapped ring has lost it
timer=$(tr -d '\000\r' <"$LAB_DUMP/serial.log" | sed -n 's/^(XEN).* Platform timer is \([0-9.]*\)MHz \(.*\)/\1 \2/p' | head -n 1)
equal "the timer they are set by" "$timer" "$(jq -r '.clock | "\(.timer_hz / 1000) \(.timer)"' "$WORK/json" | awk '{ $1 = sprintf("%.3f", $1 / 1000); print }')"
mhz=$(sed -n 's/^cpu_mhz *: *//p' "$TRUTH/xl-info-n")
equal "the frequency that xl tells" "$mhz" "$(jq '.clock.cpu_khz / 1000' "$WORK/json" | awk '{ printf "%.3f", $1 }')"
# clocks are calibrated every second, and on a busy machine an emulated counter runs unevenly
jq -r '.pcpus[].scale_khz' "$WORK/json" | awk -v mhz="$mhz" '$1 < mhz * 500 || $1 > mhz * 2000; END { if (!NR) print "none" }' >"$WORK/odd"
refute "each clock goes about as fast" . "$WORK/odd"
equal "each was set after debug key t" true "$(jq '[.pcpus[] | .stime_ns > .key_t_stime_ns and .stime_ns < 1e13] | length > 0 and all' "$WORK/json")"
done_testing
