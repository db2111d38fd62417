#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes places of a profile wrong, one at a time, and looks for lies.

Oracle: the same commands on the same dump by DWARF; where the build has none, by
the profile as it is, which the build-id of the dump proves. With one place moved,
of another size, or missing, the profile must be refused, or every cell that differs
is listed as unproved.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

COMMANDS = ['doms -a', 'dom 0', 'vcpus', 'vcpu 0:0', 'pcpus', 'pcpu 0', 'regs -d 0', 'sched', 'evtchn', 'grants -m',
            'timers -a', 'clocks', 'softirqs', 'rcu', 'heap', 'irqs', 'irqs -m', 'pci', 'livepatch', 'notes', 'sys', 'mem', 'waits', 'io', 'xenstore']
REFUSED = re.compile(r'^xen load:', re.M)


def outputs(text):
    """The JSON objects in what a session printed, in order."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while True:
        at = text.find('{\n  "schema"', at)
        if at < 0:
            return found
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError as error:
            raise SystemExit('not JSON: %s' % error)
        found.append(value)


def run(xenview, image, dump, layout):
    """Runs all commands; None: the profile was refused."""
    lines = (['load -l %s' % layout] if layout else []) + ['%s -j' % c for c in COMMANDS]
    done = subprocess.run(xenview + ['-i', image, dump], input='\n'.join(lines) + '\n', stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace', timeout=300, check=False)
    if done.returncode < 0:
        raise SystemExit('%s: killed by signal %d' % (layout, -done.returncode))
    if layout and REFUSED.search(done.stdout):
        return None
    return outputs(done.stdout)


def admits(output):
    """True if an output has errors, or a note on what is not proved."""
    return bool(output.get('errors')) or any(note.startswith('~') for note in output.get('notes', []))


def names_missing(output):
    """True if a note names members that the profile lacks, for which nothing is shown."""
    return any(re.search('not shown: .* layout profile', note) for note in output.get('notes', []))


def differences(want, got, at, marked, output):
    """Yields (path, marked) of each difference."""
    if isinstance(want, dict) and isinstance(got, dict):
        here = got.get('unproved', [])
        for key in sorted(set(want) | set(got)):
            if key == 'unproved':
                continue
            if key not in got:
                # nothing is shown, and the output reports that
                yield '%s.%s' % (at, key), admits(output)
            else:
                yield from differences(want.get(key), got.get(key), '%s.%s' % (at, key), key in here, output)
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for i, pair in enumerate(zip(want, got)):
            yield from differences(*pair, '%s[%d]' % (at, i), marked, output)
    elif isinstance(want, (list, dict)) or isinstance(got, (list, dict)):
        # records that are missing or too many: each record in the output is marked, or the output
        # reports it
        rows = got if isinstance(got, list) else [got]
        yield at, marked or admits(output) and all(not isinstance(r, dict) or r.get('unproved') for r in rows if r)
    elif want != got:
        yield at, marked or got is None and names_missing(output)


def compare(truth, shown):
    """The differences of all commands: (unmarked, number of marked)."""
    lies, marked = [], 0
    if len(truth) != len(shown):
        raise SystemExit('%d commands printed, %d by DWARF' % (len(shown), len(truth)))
    for command, want, got in zip(COMMANDS, truth, shown):
        for path, is_marked in differences({k: v for k, v in want.items() if k not in ('notes', 'errors')},
                                           {k: v for k, v in got.items() if k not in ('notes', 'errors')}, '', False, got):
            if is_marked:
                marked += 1
            else:
                lies.append('%s: %s' % (command, path))
    return lies, marked


LINE = re.compile(r'^((?:\d+>)*)(\d+):(\d+)(\S*)( .*)$')
# another size of a number that still can be read
SIZES = {1: 2, 2: 4, 4: 2, 8: 4}


def parts(lines):
    """Yields (kind, line number, match) of each place, kind: the "[...]" above it."""
    kind = ''
    for number, line in enumerate(lines):
        if line.startswith('['):
            kind = line.strip('[]')
        found = LINE.match(line)
        if found and kind:
            yield kind, number, found


def followers(lines, kind, path, offset):
    """The lines of members behind the pointer of that path, if it were at that offset."""
    return {number: '%d>%s:%s%s%s' % (offset, '>'.join((found[1] + found[2]).split('>')[1:]), found[3], found[4], found[5])
            for above, number, found in parts(lines)
            if above == kind and found[1] and found[5].startswith(path + '->')}


def changes(lines):
    """Yields (name, new lines by their numbers, None: no line) for each way in which a place can be wrong."""
    last, alike = (None, None), {}
    for kind, number, found in parts(lines):
        hops, offset, size, flags, path = found[1], int(found[2]), int(found[3]), found[4], found[5]
        name = '%s%s' % (kind, path.strip())
        if '=' in path:
            yield '%s +1' % name, {number: '%d:%d%s%s' % (offset + 1, size, flags, path)}
            continue
        places = {offset + step: '%+d' % step for step in (8, -8, 3) if offset + step >= 0}
        if last[0] == kind:
            places.setdefault(last[1], "to its neighbour's")
        same = (kind, hops, size, flags)
        if same in alike:
            places.setdefault(alike[same], "to one's of its size")
        places.pop(offset, None)
        for place, how in places.items():
            new = followers(lines, kind, path, place) if not hops else {}
            new[number] = '%s%d:%d%s%s' % (hops, place, size, flags, path)
            yield '%s %s' % (name, how), new
        if hops.count('>') > 1:
            yield ('%s, a pointer less' % name,
                   {number: '%s%d:%d%s%s' % (hops[:hops.rindex('>', 0, -1) + 1], offset, size, flags, path)})
            way = hops.split('>')
            way[-2] = str(int(way[-2]) + 8)
            yield '%s, last pointer +8' % name, {number: '%s%d:%d%s%s' % ('>'.join(way), offset, size, flags, path)}
        if size in SIZES and not flags.startswith('.'):
            yield ('%s of %d bytes' % (name, SIZES[size]),
                   {number: '%s%d:%d%s%s' % (hops, offset, SIZES[size], flags, path)})
        yield '%s missing' % name, {number: None}
        last, alike[same] = (kind, offset), offset


def changed(lines, new):
    """The profile with some of its lines replaced."""
    kept = (new.get(number, line) for number, line in enumerate(lines))
    return strange([line for line in kept if line is not None])


def with_id(lines, build_id):
    """The profile as one of the build with that build-id: all of its places are proved. It may lack some."""
    return ['build-id %s' % build_id if line.startswith('build-id') else line for line in lines
            if not line.startswith('places ')]


def strange(lines):
    """The profile as one of another build, which is not proved by its build-id."""
    return with_id(lines, '00')


def build_id_of(xenview, bare, dump):
    done = subprocess.run(xenview + ['-i', bare, dump, 'sys', '-j'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, timeout=300, check=False)
    return outputs(done.stdout)[0]['sys']['build_id']


def truth_of(args, xenview, lines, folder):
    """The outputs to compare with."""
    if args.image:
        return run(xenview, args.image, args.dump, None)
    path = '%s/right.layout' % folder
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(with_id(lines, build_id_of(xenview, args.bare, args.dump))))
    shown = run(xenview, args.bare, args.dump, path)
    if shown is None or any('"unproved"' in json.dumps(output) for output in shown):
        raise SystemExit('%s: not proved by its build-id' % args.layout)
    return shown


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--xenview', required=True, help='command line of xenview')
    parser.add_argument('--image', help='xen-syms with DWARF, if there is one')
    parser.add_argument('--bare', required=True, help='the same without')
    parser.add_argument('--dump', required=True)
    parser.add_argument('--layout', required=True, help='profile of that build')
    parser.add_argument('--others', help='directory of profiles, of which each is tried as it is')
    parser.add_argument('--only', default='', help='regular expression of the places to try')
    parser.add_argument('--sample', type=int, help='number of places to try')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='trials at once')
    parser.add_argument('--part', default='1/1', help='I/N: every Nth place, from the Ith; N such runs try all')
    args = parser.parse_args()
    xenview = args.xenview.split()
    with open(args.layout, encoding='utf-8') as file:
        lines = file.read().split('\n')
    trials = [(name, changed(lines, new)) for name, new in changes(lines) if re.search(args.only, name)]
    places = len(trials)
    part, parts = (int(n) for n in args.part.split('/'))
    trials = trials[part - 1::parts]
    if args.sample is not None:
        random.seed(args.seed)
        trials = random.sample(trials, min(args.sample, len(trials)))
    chosen = len(trials)
    for other in sorted(glob.glob('%s/*.layout' % args.others)) if args.others else []:
        with open(other, encoding='utf-8') as file:
            trials.append((os.path.basename(other), strange(file.read().split('\n'))))
    trials.insert(0, ('as it is', strange(lines)))
    with tempfile.TemporaryDirectory() as folder:
        truth = truth_of(args, xenview, lines, folder)

        def outcome(number):
            path = '%s/%d.layout' % (folder, number)
            with open(path, 'w', encoding='utf-8') as file:
                file.write('\n'.join(trials[number][1]))
            shown = run(xenview, args.bare, args.dump, path)
            return None if shown is None else compare(truth, shown)

        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            return report(chosen, places, [name for name, _ in trials], pool.map(outcome, range(len(trials))))


def report(chosen, places, names, outcomes):
    """Prints what came out, the first of the profile as it is; 1 when something wrong was not marked."""
    refused = changed = lying = 0
    usual = None    # marked differences: members that the profile lacks
    for name, outcome in zip(names, outcomes):
        if outcome is None:
            refused += 1
            continue
        lies, marked = outcome
        usual = marked if usual is None else usual
        if lies:
            lying += 1
            print('UNMARKED: %s: %s%s' % (name, ', '.join(lies[:4]), ', ...' if len(lies) > 4 else ''), flush=True)
        else:
            changed += marked != usual
    tried = len(names) - 1
    print('%d of %d changes and %d whole profiles: %d refused, %d changed marked values only, %d changed nothing, %d unmarked' %
          (chosen, places, tried - chosen, refused, changed, tried - refused - changed - lying, lying))
    return 1 if lying else 0


if __name__ == '__main__':
    sys.exit(main())
