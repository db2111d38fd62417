#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mistakes, one at a time: a unit test has to fail for each.

Each block of the list names a mutant, its file, the test program that notices
it, and the text that is replaced, which occurs once:

    name: what is wrong
    file: xen/model/...
    test: domain_test
    - text as it is
    + text with the mistake

In the text "\\n" is the end of a line and "\\t" a tab.
"""
import argparse
import filecmp
import os
import random
import shutil
import subprocess
import sys


def read_list(path):
    mutants, block = [], {}
    with open(path, encoding='utf-8') as file:
        for line in file.read().split('\n') + ['']:
            if line.startswith('#'):
                continue
            if not line:
                if block:
                    mutants.append(block)
                block = {}
            elif line[:2] in ('- ', '+ '):
                block[line[0]] = line[2:].replace('\\n', '\n').replace('\\t', '\t')
            else:
                key, value = line.split(': ', 1)
                block[key] = value
    for block in mutants:
        if sorted(block) != ['+', '-', 'file', 'name', 'test']:
            raise SystemExit('%s: not complete: %s' % (path, block))
        # number of all mutants, although only some may be tried
        with open(block['file'], encoding='utf-8') as file:
            found = file.read().count(block['-'])
        if found != 1:
            raise SystemExit('%s: %s: its text is %d times in %s' % (path, block['name'], found, block['file']))
    return mutants


def same(one, two):
    return os.path.isfile(two) and filecmp.cmp(one, two, shallow=False)


def tree_files():
    """Files of the tree but those of builds. A tree from a tarball has no git."""
    for folder, folders, names in os.walk('.'):
        if folder == '.':
            folders[:] = [name for name in folders if not name.startswith(('build', '.git'))]
            names = [name for name in names if name != '.git']
        for name in names:
            yield os.path.relpath(os.path.join(folder, name))


def copy_tree(to):
    """A copy of the tree; objects of an earlier run stay, and what did not change is not copied again."""
    os.makedirs(to, exist_ok=True)
    for name in tree_files():
        if os.path.isfile(name) and not same(name, '%s/%s' % (to, name)):
            os.makedirs(os.path.dirname('%s/%s' % (to, name)), exist_ok=True)
            shutil.copy(name, '%s/%s' % (to, name))


def make(tree, test, log):
    return subprocess.run(['make', '-j2', 'build/tests/unit/%s' % test], cwd=tree, stdout=log, stderr=log, check=False).returncode


def try_one(tree, mutant, log):
    """Returns why the mutant lives, or None."""
    path = '%s/%s' % (tree, mutant['file'])
    with open(path, encoding='utf-8') as file:
        text = file.read()
    program = 'build/tests/unit/%s' % mutant['test']
    try:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text.replace(mutant['-'], mutant['+']))
        if make(tree, mutant['test'], log):
            return 'it does not compile'
        done = subprocess.run([program], cwd=tree, stdout=log, stderr=log, timeout=120, check=False)
        return None if done.returncode else '%s does not fail' % mutant['test']
    except subprocess.TimeoutExpired:
        return None
    finally:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--list', default='tests/mutants/list')
    parser.add_argument('--tree', default='build/check/mutants')
    parser.add_argument('--sample', type=int, help='number of mutants, at random')
    parser.add_argument('--name', help='only those with this in their names')
    args = parser.parse_args()
    mutants = [m for m in read_list(args.list) if not args.name or args.name in m['name']]
    if args.sample is not None:
        mutants = random.sample(mutants, min(args.sample, len(mutants)))
    copy_tree(args.tree)
    alive = 0
    with open('%s/log' % args.tree, 'w', encoding='utf-8') as log:
        sound = {}
        for mutant in mutants:
            test = mutant['test']
            if test not in sound:
                sound[test] = not make(args.tree, test, log) and not subprocess.run(
                    ['build/tests/unit/%s' % test], cwd=args.tree, stdout=log, stderr=log, check=False).returncode
            why = try_one(args.tree, mutant, log) if sound[test] else '%s fails without it' % test
            print('%s: %s: %s' % ('ALIVE' if why else 'killed', mutant['name'], why or test), flush=True)
            alive += why is not None
    print('%d mutants, %d killed, %d alive' % (len(mutants), len(mutants) - alive, alive))
    return 1 if alive else 0


if __name__ == '__main__':
    sys.exit(main())
