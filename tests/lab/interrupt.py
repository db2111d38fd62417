# SPDX-License-Identifier: GPL-2.0-or-later
"""^C at the prompt and in the middle of a listing: interrupt.py XEN.SO COMMAND..., which starts crash on a terminal of
its own.

^C is typed, so that every program on the terminal gets the signal. Prints "sound", or the fault and the last output.

Nothing is typed before crash sleeps at its prompt. Its own handler of ^C leaves any function by longjmp() (restart() in
cmdline.c), also malloc(): a crash that was interrupted while it still worked may hang."""
import os
import pty
import select
import signal
import sys
import time

TRIES = 3
PROMPT = b'crash> '
# number of samples, 50 ms apart, in which crash sleeps at its prompt
ASLEEP = 6


class Session:
    def __init__(self, command):
        self.seen = b''
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvp(command[0], command)

    def send(self, line):
        self.seen = b''
        os.write(self.terminal, line + b'\n')

    def interrupt(self):
        os.write(self.terminal, b'\x03')

    def read(self, seconds):
        """Reads what there is, at most one piece; False at the end of the session."""
        if select.select([self.terminal], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.terminal, 65536)
            except OSError:
                return False
        return True

    def wait(self, mark, seconds):
        end = time.time() + seconds
        while mark not in self.seen and time.time() < end and self.read(0.2):
            pass
        return mark in self.seen

    def prompt(self, seconds):
        """Waits until the prompt is the last output, and crash sleeps."""
        end = time.time() + seconds
        asleep = 0
        while asleep < ASLEEP and time.time() < end and self.read(0.05):
            asleep = asleep + 1 if self.seen.endswith(PROMPT) and self.crash()[1] == 'S' else 0
        return asleep == ASLEEP

    def crash(self):
        """Process and state of crash: the one of this terminal's session that is called so."""
        for name in os.listdir('/proc'):
            try:
                with open('/proc/' + name + '/stat') as stat:
                    fields = stat.read().rsplit(')', 1)
            except (OSError, IndexError):
                continue
            if fields[0].endswith('(crash') and int(fields[1].split()[3]) == self.pid:
                return int(name), fields[1].split()[0]
        return None, None


def run(session, extension):
    if not session.prompt(120):
        return 'no prompt'
    session.send(b'extend ' + extension.encode())
    if not session.wait(b'shared object loaded', 60) or not session.prompt(20):
        return 'not loaded'
    session.interrupt()
    if not session.wait(b'^C', 20) or not session.prompt(20):
        return 'dead after ^C at the prompt'
    for _ in range(TRIES):
        session.send(b'xen rd ffff830000100000 10000000')
        if not session.wait(b'ffff830000101', 60):
            return 'no listing'
        session.interrupt()
        if not session.wait(b'xen rd: interrupted', 20) or not session.prompt(20):
            return 'not interrupted'
        session.send(b'xen doms')
        if not session.wait(b'Domain-0', 20) or not session.prompt(20):
            return 'dead afterwards'
    return 'sound'


def main():
    session = Session(sys.argv[2:])
    result = run(session, sys.argv[1])
    print(result if result == 'sound' else '%s; last output %r' % (result, session.seen[-200:]))
    os.kill(session.crash()[0] or session.pid, signal.SIGKILL)
    return result != 'sound'


sys.exit(main())
