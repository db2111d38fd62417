#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Processor time and memory of every command over dumps of growing size, and how fast both grow.

usage: scale.py XENVIEW COMMANDS UNIT SIZE=DUMP...

COMMANDS is a file with a command line in each line, DUMP a folder with a vmcore. Of each command the table has the
processor time in ms (least of RUNS, 3) beyond that of opening the dump, the memory in MiB beyond it at the largest
size, the lines that it prints there, and the slope: 1.0 is growth in proportion to the size. GROWS marks a slope above
1.2 of a command that takes more than 20 ms. Goals with 1000 domains: 100 ms; io, waits
and mem 1000 ms, report 2000 ms; 60 MiB. A core takes as long as the bytes that it holds: of extract only the growth
is a goal. Commands below 5 ms are counted only.
"""
import math
import os
import subprocess
import sys
import tempfile

RUNS = int(os.environ.get("RUNS", "3"))
SLOW, QUIET, STEEP = 20, 5, 1.2
GOAL, GOAL_MEMORY = 100, 60
GOALS = {"io": 1000, "waits": 1000, "mem": 1000, "report": 2000, "extract": math.inf}


def run(xenview, dump, words):
    """Processor time in ms, memory in MiB and lines of a run, in a folder of its own: no command writes over a file."""
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "out"), "w+b") as out:
        child = subprocess.Popen([xenview, os.path.join(dump, "vmcore")] + words, stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.DEVNULL, cwd=folder)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        if os.WIFSIGNALED(status):
            sys.exit("scale: signal %d: %s %s" % (os.WTERMSIG(status), dump, " ".join(words)))
        out.seek(0)
        return (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024, out.read().count(b"\n")


def least(xenview, dump, words):
    results = [run(xenview, dump, words)]
    # one long run is sufficiently exact
    while len(results) < RUNS and results[0][0] < 3000:
        results.append(run(xenview, dump, words))
    return min(r[0] for r in results), min(r[1] for r in results), results[0][2]


def slope(small, large):
    """Of two (size, ms); what is below QUIET is noise."""
    return math.log(max(large[1], QUIET) / max(small[1], QUIET)) / math.log(large[0] / small[0])


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    xenview, unit = os.path.abspath(sys.argv[1]), sys.argv[3]
    with open(sys.argv[2]) as lines:
        commands = [line.split() for line in lines if line.strip()]
    sizes = [(int(word.split("=", 1)[0]), word.split("=", 1)[1]) for word in sys.argv[4:]]
    opened = [least(xenview, dump, ["notes"]) for _, dump in sizes]
    print("%-32s %s %6s %8s %6s" % ("ms, by " + unit, " ".join("%8d" % size for size, _ in sizes), "MiB", "lines", "slope"))
    print("%-32s %s %6.0f" % ("(open the dump)", " ".join("%8.0f" % o[0] for o in opened), opened[-1][1]))
    bad = quick = 0
    for words in commands:
        results = [least(xenview, dump, words) for _, dump in sizes]
        times = [max(r[0] - o[0], 0) for r, o in zip(results, opened)]
        lines = results[-1][2]
        memory = max(results[-1][1] - opened[-1][1], 0)
        points = [(size, t) for (size, _), t in zip(sizes, times)]
        steep = max((slope(a, b) for a, b in zip(points, points[1:]) if b[1] >= SLOW), default=None)
        marks = []
        if steep is not None and steep > STEEP:
            marks.append("GROWS")
        if unit == "domains" and sizes[-1][0] == 1000:
            if times[-1] > GOALS.get(words[0], GOAL):
                marks.append("MISSED")
            if memory > GOAL_MEMORY:
                marks.append("MEMORY")
        bad += bool(marks)
        if max(times) < QUIET and not marks:
            quick += 1
            continue
        print("%-32s %s %6.0f %8d %6s %s" % (" ".join(words), " ".join("%8.0f" % t for t in times), memory, lines,
                                             "-" if steep is None else "%.2f" % steep, " ".join(marks)), flush=True)
    print("%d commands: %d below %d ms at each size, %d marked" % (len(commands), quick, QUIET, bad))
    return bad > 0


sys.exit(main())
