# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks the output of commands: output.py FILE [--json]

Each command begins with a line "==== COMMAND". No control character but newline, tab and a carriage return at the end of
a line, no C1, nothing that reorders a line, valid UTF-8; with --json one JSON document per command. Prints each fault, and
the number of commands last.
"""
import json
import re
import sys

BAD = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\r*\n)')


def main():
    data = open(sys.argv[1], 'rb').read()
    parts = re.split(rb'(?m)^==== (.*)\n', data)
    bad = 0
    for name, text in zip(parts[1::2], parts[2::2]):
        name = name.decode('ascii', 'replace')
        try:
            text = text.decode('utf-8')
        except UnicodeDecodeError as error:
            print(f'{name}: not UTF-8: {error}')
            bad += 1
            continue
        found = BAD.search(text)
        if found:
            print(f'{name}: raw {found.group()!r} in {text[max(0, found.start() - 40):found.end() + 20]!r}')
            bad += 1
        if '--json' in sys.argv:
            try:
                json.loads(text)
            except ValueError as error:
                print(f'{name}: not JSON: {error}')
                bad += 1
        if 'out of memory' in text or '"no_memory"' in text:
            print(f'{name}: out of memory')
            bad += 1
    print(len(parts) // 2)
    sys.exit(bad > 0)


main()
