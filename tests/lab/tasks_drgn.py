# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints "PID PPID TASK COMM" of each task and the log of a Linux core, by drgn: CORE VMLINUX."""

import re
import sys

import drgn
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.printk import get_dmesg

program = drgn.Program()
program.set_core_dump(sys.argv[1])
program.load_debug_info([sys.argv[2]])
for task in for_each_task(program):
    if task.pid:
        print(
            "task",
            task.pid.value_(),
            task.real_parent.tgid.value_(),
            f"{task.value_():x}",
            task.comm.string_().decode(errors="replace"),
        )
# With the time in front of each line of a message, as on a console; drgn has it in front of the first one.
time = ""
for line in get_dmesg(program).decode(errors="replace").split("\n"):
    stamped = re.match(r"\[ *[0-9]+\.[0-9]{6}\] ", line)
    if stamped:
        time = stamped[0]
    print("log", line if stamped else time + line)
