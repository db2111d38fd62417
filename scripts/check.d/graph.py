#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Graph of object files: an edge from an undefined symbol to its definer.

usage: graph.py [-v] BUILD-DIRECTORY

Prints the number of objects and edges and the largest cycle inside a folder. Fails on a cycle of files of different
folders, and on a cycle of more than CYCLE_MAX files inside one folder. -v also prints the cycles that are allowed.
"""
import collections
import os
import subprocess
import sys

CYCLE_MAX = 3
# Programs and libraries that are linked separately: a symbol of one is never resolved in
# the other.
APART = ("extensions/crash", "extensions/xenview", "extensions/live")


def objects(build):
    """Paths of all objects below BUILD, without .o, relative to it."""
    found = []
    for top in ("xen", "extensions"):
        for folder, _, files in os.walk(os.path.join(build, top)):
            found += [os.path.relpath(os.path.join(folder, f), build)[:-2] for f in files if f.endswith(".o")]
    # an object whose source was moved remains from an earlier build
    return sorted(path for path in found if os.path.exists(path + ".c"))


def symbols(build, paths):
    """For each object the names that it defines and those that it requires; one nm reads them all."""
    names = {path: (set(), set()) for path in paths}
    files = {os.path.join(build, path + ".o"): path for path in paths}
    for line in subprocess.run(["nm", "-g", "-P", "-A", *files], check=True, stdout=subprocess.PIPE,
                               universal_newlines=True).stdout.splitlines():
        file, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        names[files[file]][kind == "U"].add(name)
    return names


def apart(a, b):
    """True when a and b are in folders that are never linked together."""
    return os.path.dirname(a) != os.path.dirname(b) and os.path.dirname(a) in APART and os.path.dirname(b) in APART


def graph(build):
    """Object -> objects that define what it requires."""
    names = symbols(build, objects(build))
    definers = collections.defaultdict(list)
    for path, (defined, _) in names.items():
        for name in defined:
            definers[name].append(path)
    return {path: sorted({to for name in required for to in definers.get(name, ()) if to != path and not apart(path, to)})
            for path, (_, required) in names.items()}


def cycles(edges):
    """Strongly connected components of more than one object (Tarjan's algorithm, without recursion)."""
    number, low, stack, on_stack, found = {}, {}, [], set(), []
    for root in edges:
        if root in number:
            continue
        work = [(root, iter(edges[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            at, rest = work[-1]
            for to in rest:
                if to not in number:
                    number[to] = low[to] = len(number)
                    stack.append(to)
                    on_stack.add(to)
                    work.append((to, iter(edges[to])))
                    break
                if to in on_stack:
                    low[at] = min(low[at], number[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == number[at]:
                    component = []
                    while not component or component[-1] != at:
                        component.append(stack.pop())
                        on_stack.remove(component[-1])
                    if len(component) > 1:
                        found.append(sorted(component))
    return sorted(found)


def main(arguments):
    verbose = arguments[:1] == ["-v"]
    if len(arguments) != 1 + verbose:
        sys.exit(__doc__)
    edges = graph(arguments[-1])
    if not edges:
        sys.exit("graph.py: no objects in %s" % arguments[-1])
    largest = bad = 0
    for cycle in cycles(edges):
        across = len({os.path.dirname(path) for path in cycle}) > 1
        if not across:
            largest = max(largest, len(cycle))
        if across or len(cycle) > CYCLE_MAX or verbose:
            print("%s: %s" % ("cycle across folders" if across else "cycle of %d files" % len(cycle), " ".join(cycle)))
            for path in cycle:
                print("    %s -> %s" % (path, " ".join(to for to in edges[path] if to in cycle)))
        bad |= across or len(cycle) > CYCLE_MAX
    print("%d objects, %d edges, largest cycle inside a folder: %s" %
          (len(edges), sum(map(len, edges.values())), "%d files" % largest if largest else "none"))
    sys.exit(bad)


main(sys.argv[1:])
