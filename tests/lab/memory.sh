#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Free memory, frames and their owners, guests' addresses, interrupts and PCI devices. Oracle: Xen's debug keys.
. "$(dirname "$0")/lib.sh"

# The .config in the package of the hypervisor, byte by byte.
if [[ -f $LAB_DUMP/xen.config ]]; then
    view config >"$WORK/config"
    same "config is that of the build" "$LAB_DUMP/xen.config" "$WORK/config"
else
    skip "config is that of the build" "no .config is beside the dump"
fi

# key m: "heap[09]: 1024kB free"; a few pages are allocated and freed before the
# crash
view heap -j >"$WORK/heap.json"
jq -r '.zones[] | "\(.zone) \(.pages * 4)"' "$WORK/heap.json" >"$WORK/zones"
tr -d '\r' <"$TRUTH/key-m" | sed -n 's/.*heap\[0*\([0-9][0-9]*\)\]: \([0-9]*\)kB free.*/\1 \2/p' >"$WORK/zones-truth"
# key H: "heap[node=0][zone=15] -> 16128 pages", of the zones that exist
tr -d '\r' <"$TRUTH/key-H" | sed -n 's/.*heap\[node=[0-9]*\]\[zone=\([0-9]*\)\] -> \([0-9]*\) pages.*/\1 \2/p' |
    awk '{ sum[$1] += $2 } END { for (z in sum) print z, sum[z] * 4 }' >"$WORK/heap-truth"
for key in zones:m heap:H; do
    moved=$(awk 'NR == FNR { was[$1] = $2; next } { is[$1] = $2 }
        END { for (z in was) d += (is[z] > was[z]) ? is[z] - was[z] : was[z] - is[z];
              for (z in is) if (!(z in was)) d += is[z]; print d + 0 }' "$WORK/${key%:*}-truth" "$WORK/zones")
    if [[ -s $WORK/${key%:*}-truth && $moved -le 256 ]]; then ok "free memory of each zone (key ${key#*:}), $moved KiB moved"; else
        diff "$WORK/${key%:*}-truth" "$WORK/zones" >"$WORK/diff"
        not_ok "free memory of each zone (key ${key#*:}), $moved KiB moved" "$WORK/diff"
    fi
done
equal "no list of the heap is damaged" "0" "$(jq -r '.heap.problems' "$WORK/heap.json")"
equal "the lists hold what Xen counts" "$(jq -r '.heap.total_avail_pages' "$WORK/heap.json")" \
    "$(jq '[.zones[].pages] | add' "$WORK/heap.json")"
equal "and so each zone" "true" "$(jq '[.zones[] | .pages == .avail] | all' "$WORK/heap.json")"
equal "lists of orders add up to it" "$(jq '[.zones[].pages] | add' "$WORK/heap.json")" \
    "$(jq '[.lists[] | .chunks * pow(2; .order)] | add' "$WORK/heap.json")"

view page -w 0-5 >"$WORK/out" 2>&1
expect "-w with a range" '"-w" takes one frame, not a range' "$WORK/out"

# key q: nr_pages and xenheap_pages of each domain, counted in the frame table
view page -j >"$WORK/page.json"
pages_printed | awk '{ print "d" $1, $2, $3 }' | sort >"$WORK/domains-truth"
jq -r '.owners[] | select(.tot_pages != null) | "\(.owner) \(.counted) \(.xen_heap)"' "$WORK/page.json" | sort >"$WORK/domains"
same "frames of each domain (key q)" "$WORK/domains-truth" "$WORK/domains"
equal "the free frames are those on the heap's lists" "$(jq '[.zones[].pages] | add' "$WORK/heap.json")" \
    "$(jq '[.owners[].free] | add' "$WORK/page.json")"
equal "all of the frame table was read" "" "$(jq -r '.notes[] | select(startswith("~") | not)' "$WORK/page.json")"
equal "the sums are all of the frame table" "$(jq '.frame_table.frames' "$WORK/page.json")" "$(jq '[.owners[].frames] | add' "$WORK/page.json")"
equal "of which as much is RAM as sys shows" "$(view sys -j | jq -r '.sys.memory | capture("\\((?<n>[0-9]+) pages") | .n')" \
    "$(jq -r '.frame_table.ram' "$WORK/page.json")"
equal "the rest lies in holes of the memory map" "true" "$(jq '.frame_table | .holes > 0 and .holes == .frames - .ram and .lost == 0' "$WORK/page.json")"

# key q: "XenPage 0000000000027d4b: caf=c000000000000002, taf=e400000000000002"
tr -d '\r' <"$TRUTH/key-q" | sed -n 's/.*XenPage 0*\([0-9a-f]*\): caf=\([0-9a-f]*\), taf=\([0-9a-f]*\).*/\1 \2 \3/p' >"$WORK/xenpages-truth"
sed 's/^\([0-9a-f]*\) .*/page -j \1/' "$WORK/xenpages-truth" | view_all |
    jq -r '.page[0] | [.mfn, .count_info, .type_info] | map(ltrimstr("0x")) | join(" ")' >"$WORK/xenpages"
same "bits of pages of Xen's heap (key q)" "$WORK/xenpages-truth" "$WORK/xenpages"

# Every guest runs the kernel of dom0: its banner is read through the guest's own tables and, if translated, through Xen's.
banner=$(awk '$3 == "linux_banner" { print $1 }' "$LAB_DUMP/System.map")
while read -r domain _; do
    d=${domain#d}
    # a guest that is being destroyed has released its memory
    ! dying | grep -x "$d" >"$WORK/dying" || continue
    maddr=$(view vtop -j -d "$d" "$(moved "$banner" "$(kernel_offset "$d")")" | jq -r '.vtop[0].maddr')
    if [[ $maddr == 0x* ]] && view rd -a -m "${maddr#0x}" 4 | grep -q 'Linux version'; then
        ok "linux_banner of $domain is found by its virtual address"
    else
        not_ok "linux_banner of $domain is found by its virtual address ($maddr)"
    fi
    view p2m -j "$d" 1000 1001 1fff 2000 2fff >"$WORK/p2m.json"
    equal "the P2M of $domain and the M2P agree" "yes" "$(jq -r '[.p2m[].agree] | unique | join(" ")' "$WORK/p2m.json")"
    equal "and the frame is the domain's" "$domain" \
        "$(view page -j "1000@$d" | jq -r '.page[0].owner')"
    refute "and its P2M leads back" DISAGREES <(view page "1000@$d")
    view page -j -w "1000@$d" >"$WORK/who.json"
    equal "who maps it finds an entry of $domain" "true" \
        "$(jq --arg d "$domain" '[.mappings[].owner == $d] | any' "$WORK/who.json")"
    # of a PV guest: the kernel's addresses are the same in all of its page tables
    if [[ $(jq '[.mappings[].level | startswith("L")] | any' "$WORK/who.json") == true ]]; then
        mapping=$(jq -r '[.mappings[] | select(.va // "" | startswith("0xffff"))][0] | "\(.owner) \(.va)"' "$WORK/who.json")
        equal "and the virtual address it maps leads to the frame" "$(view page -j "1000@$d" | jq -r '.page[0].mfn')000" \
            "$(view vtop -j -d "${mapping% *}" "${mapping#* }" | jq -r '.vtop[0].maddr')"
    fi
done <"$WORK/domains-truth"

# key i: bindings. Vectors and pcpus may change until the crash.
tr -d '\r' <"$TRUTH/key-i" | awk '/ IRQ: +[0-9]+ vec:/ {
    sub(/.*IRQ: */, ""); irq = $1; type = $2 == "" ? "" : $3; sub(/vec:[0-9a-f]* */, "", $0)
    bound = ""
    rest = $0
    while (match(rest, /d[0-9]+: *[0-9]+/)) {
        b = substr(rest, RSTART, RLENGTH); gsub(" ", "", b); bound = bound (bound == "" ? "" : ", ") b
        rest = substr(rest, RSTART + RLENGTH)
    }
    if (bound == "" && /mapped, unbound/) bound = "mapped, unbound"
    if (bound == "") { bound = $NF; sub(/\(\)$/, "", bound) }
    print irq, type, bound }' >"$WORK/irqs-truth"
view irqs -j >"$WORK/irqs.json"
jq -r '.irqs[] | "\(.irq) \(.type) \(.bound | gsub(" port [0-9]+"; "") | gsub(" masked"; ""))"' "$WORK/irqs.json" >"$WORK/irqs"
same "interrupts and whom they are for (key i)" "$WORK/irqs-truth" "$WORK/irqs"
# Counts: /proc/interrupts of dom0, "1:  0  9  xen-pirq  -ioapic-edge  i8042". A pin has its number; the messages have the same order,
# and the disk to which the truth was written had more of them since, on any of its queues: "virtio0-req.1".
if [[ -s $TRUTH/interrupts ]]; then
    view irqs -n -j >"$WORK/counts.json"
    awk '/xen-pirq/ { sum = 0; for (i = 2; $i ~ /^[0-9]+$/; i++) sum += $i; sub(/-.*/, "", $NF); print ($(i + 1) ~ /ioapic/ ? $1 + 0 : "msi"), sum, $NF }' \
        "$TRUTH/interrupts" | awk '{ print ($1 == "msi" ? "msi" ++n : $1), $2, $3 }' >"$WORK/linux"
    jq -r '.counts[] | select(.bound | startswith("d0:")) | "\(if .source | startswith("pin") then .irq else "msi" end) \(.count)"' "$WORK/counts.json" |
        awk '{ print ($1 == "msi" ? "msi" ++n : $1), $2 }' >"$WORK/counted"
    grep -v msi "$WORK/linux" | cut -d ' ' -f 1,2 >"$WORK/want"
    awk 'FILENAME == ARGV[1] { want[$1] = 1; next } $1 in want' "$WORK/want" "$WORK/counted" >"$WORK/got"
    # where Xen permits few, its counts begin again each time
    [[ $(cat "$LAB_DUMP/recipe") == *irq_ratelimit* ]] || same "interrupts of pins, as often as dom0 counted" "$WORK/want" "$WORK/got"
    join <(sort "$WORK/linux") <(sort "$WORK/counted") | awk '$4 < $2 || ($4 > $2 && more[$3]++ == 0 && ++devices > 1)' >"$WORK/differ"
    [[ $(cat "$LAB_DUMP/recipe") == *irq_ratelimit* ]] || refute "messages too, but for one device" . "$WORK/differ"
    # a recipe in which the disk of the truth, virtio0, interrupts too often
    jq -r '.counts[] | select(.bound | startswith("d0:")) | "\(if .source | startswith("pin") then .irq else "msi" end) \(.storm)"' "$WORK/counts.json" |
        awk '{ print ($1 == "msi" ? "msi" ++n : $1), $2 }' | sort | join - <(sort "$WORK/linux") | awk '$2 == "true" { print $NF }' >"$WORK/storms"
    equal "storms of dom0's interrupts" "$(grep '^scene=.*storm' "$LAB_DUMP/recipe" >/dev/null && echo virtio0)" "$(cat "$WORK/storms")"
    equal "storms of others" "$(wc -l <"$WORK/storms")" "$(jq '[.counts[] | select(.storm)] | length' "$WORK/counts.json")"
else
    skip "counts of interrupts" "the dump has no truth/interrupts"
fi
# unused ones do not change: "vec:40 IO-APIC-edge status=002 aff:{0}/{0-3} mapped, unbound"
pcpus=$(meta pcpus)
tr -d '\r' <"$TRUTH/key-i" |
    sed -n 's/.*IRQ: *\([0-9]*\) vec:0*\([0-9a-f]*\) .*status=0*\([0-9a-f]*\) aff:{\(.*\)}\/{\(.*\)} mapped, unbound/\1 \2 \3 \4 \5/p' >"$WORK/unused-truth"
jq -r '.irqs[] | select(.bound == "mapped, unbound") | [.irq, (.vector, .status_bits | ltrimstr("0x")), .affinity, .cpu_mask] | join(" ")' \
    "$WORK/irqs.json" | sed "s/\ball\b/0-$((pcpus - 1))/g; s/\b0-0\b/0/g" >"$WORK/unused"
same "vectors, states and pcpus of those that nobody uses (key i)" "$WORK/unused-truth" "$WORK/unused"
tr -d '\r' <"$TRUTH/key-i" | awk '/IRQ *[0-9]+ Vec/ { sub(/.*IRQ */, ""); irq = $1 }
    /Apic 0x/ { match($0, /0x[0-9a-f]+/); apic = substr($0, RSTART + 2, RLENGTH - 2) + 0
        match($0, /Pin +[0-9]+/); pin = substr($0, RSTART + 3, RLENGTH - 3) + 0; print irq, "pin " apic ":" pin }' >"$WORK/pins-truth"
jq -r '.irqs[] | select(.source // "" | startswith("pin")) | "\(.irq) \(.source)"' "$WORK/irqs.json" >"$WORK/pins"
same "the pins of IO-APICs they come from (key i)" "$WORK/pins-truth" "$WORK/pins"

# key M: " MSI-X   24 vec=b8  fixed  edge   assert phys    cpu dest=00000000 mask=1/HG/0"; vectors and destinations change
tr -d '\r' <"$TRUTH/key-M" | sed -n 's/^(XEN)  *\(MSI[-X]*\) *\([0-9]*\) vec=[^ ]* *\([a-z]*\) *\([a-z]*\) *\([a-z]*\) *\([a-z]*\) *\([a-z]*\) dest=[^ ]* mask=\([01]\).*/\2 \1 \3 \4 \5 \6 \7 \8/p' >"$WORK/msi-truth"
view irqs -m -j | jq -r '.msi[] | "\(.irq) \(.type) \(.delivery) \(.mode) \(if .maskbit then 1 else 0 end)"' >"$WORK/msi"
same "messages of devices (key M)" "$WORK/msi-truth" "$WORK/msi"

# key Q: "0000:00:03.0 - d0 - node -1  - MSIs < 27 28 29 >"
tr -d '\r' <"$TRUTH/key-Q" | awk '/[0-9a-f]+:[0-9a-f]+:[0-9a-f]+\.[0-7] - / {
    msi = ""; if (match($0, /<[ 0-9]*>/)) { msi = substr($0, RSTART + 1, RLENGTH - 2); gsub(/^ +| +$/, "", msi) }
    for (i = 1; i <= NF; i++) if ($i ~ /\.[0-7]$/) name = $i
    match($0, /- (d([0-9]+|\[XEN\])|\?) /); owner = substr($0, RSTART + 2, RLENGTH - 3)
    print name, owner == "d[XEN]" ? "dom_xen" : owner, msi }' | sed 's/ *$//' >"$WORK/pci-truth"
view pci -j | jq -r '.devices[] | "\(.sbdf) \(.owner) \(.msis // "" | sub("^MSI(-X)? "; ""))"' | sed 's/ *$//' >"$WORK/pci"
same "PCI devices, owners, MSIs (key Q)" "$WORK/pci-truth" "$WORK/pci"

# None of the comparisons above was empty.
for file in zones domains xenpages irqs unused pins msi pci; do
    # a recipe without MSIs
    [[ $file != msi ]] || ! grep vectors=0 "$LAB_DUMP/recipe" >/dev/null || continue
    expect "Xen had printed something for $file" . "$WORK/$file-truth"
done

done_testing
