# SPDX-License-Identifier: GPL-2.0-or-later
"""^C at the prompt and in the middle of a listing: interrupt.py XEN.SO COMMAND..., which starts crash on a terminal of
its own.

^C is typed, so that every program on the terminal gets the signal. Prints one word: "sound", or what went wrong."""
import os
import pty
import select
import signal
import sys
import time

TRIES = 3
# lines that the terminal may drop on a busy machine
DROPPED = 6


class Session:
    def __init__(self, command):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvp(command[0], command)
        self.seen = b''

    def send(self, line):
        self.seen = b''
        os.write(self.terminal, line + b'\n')

    def interrupt(self):
        os.write(self.terminal, b'\x03')

    def wait(self, mark, seconds):
        end = time.time() + seconds
        while mark not in self.seen and time.time() < end:
            if select.select([self.terminal], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.terminal, 65536)
                except OSError:
                    return False
        return mark in self.seen

    def crash(self):
        """The process of crash: the one of this terminal's session that is called so."""
        for name in os.listdir('/proc'):
            try:
                with open('/proc/' + name + '/stat') as stat:
                    fields = stat.read().rsplit(')', 1)
            except (OSError, IndexError):
                continue
            if fields[0].endswith('(crash') and int(fields[1].split()[3]) == self.pid:
                return int(name)
        return None


def run(session, extension):
    if not session.wait(b'crash> ', 120):
        return 'no prompt'
    session.send(b'extend ' + extension.encode())
    if not session.wait(b'shared object loaded', 60):
        return 'not loaded'
    session.seen = b''
    session.interrupt()
    if not session.wait(b'crash> ', 20):
        return 'dead after ^C at the prompt'
    # the terminal drops what is typed before the signal is handled
    time.sleep(1)
    for _ in range(TRIES):
        for _ in range(DROPPED):
            session.send(b'xen rd ffff830000100000 10000000')
            if session.wait(b'ffff830000101', 10):
                break
        else:
            return 'no listing'
        session.interrupt()
        if not session.wait(b'xen rd: interrupted', 20):
            return 'not interrupted'
        session.send(b'xen doms')
        if not session.wait(b'Domain-0', 20):
            return 'dead afterwards'
    return 'sound'


def main():
    session = Session(sys.argv[2:])
    result = run(session, sys.argv[1])
    print(result)
    os.kill(session.crash() or session.pid, signal.SIGKILL)
    return result != 'sound'


sys.exit(main())
