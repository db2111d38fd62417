#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a JSON file with a JSON schema, by the keywords that doc/report.schema.json uses, and prints what does not fit."""

import json
import re
import sys

TYPES = {
    'object': dict, 'array': list, 'string': str, 'boolean': bool,
    'null': type(None),
}
KNOWN = {'$schema', '$defs', '$ref', 'title', 'description', 'type', 'const', 'enum', 'pattern', 'required',
         'properties', 'additionalProperties', 'items'}


def is_type(value, name):
    if name == 'integer':
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def members(root, schema, value, path):
    for key in schema.get('required', []):
        if key not in value:
            yield f'{path}: no member "{key}"'
    for key, item in value.items():
        known = schema.get('properties', {})
        rest = schema.get('additionalProperties', True)
        if key in known:
            yield from check(root, known[key], item, f'{path}.{key}')
        elif rest is False:
            yield f'{path}: unknown member "{key}"'
        elif rest is not True:
            yield from check(root, rest, item, f'{path}.{key}')


def check(root, schema, value, path):
    if '$ref' in schema:
        path_of_ref = schema['$ref'].lstrip('#/').split('/')
        schema = root
        for part in path_of_ref:
            schema = schema[part]
    unknown = set(schema) - KNOWN
    if unknown:
        yield f'{path}: keywords {unknown} are not supported'
    types = schema.get('type', [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, name) for name in types):
        yield f'{path}: {json.dumps(value)[:60]} is not {types}'
        return
    if 'const' in schema and value != schema['const']:
        yield f'{path}: {value} is not {schema["const"]}'
    if 'enum' in schema and value not in schema['enum']:
        yield f'{path}: {value} is not in {schema["enum"]}'
    if 'pattern' in schema and not re.search(schema['pattern'], value):
        yield f'{path}: {value} does not match {schema["pattern"]}'
    if isinstance(value, dict):
        yield from members(root, schema, value, path)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from check(root, schema.get('items', {}), item, f'{path}[{number}]')


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        schema = json.load(file)
    with open(sys.argv[2], encoding='utf-8') as file:
        value = json.load(file)
    bad = list(check(schema, schema, value, 'report'))
    if bad:
        print('\n'.join(bad[:20]))
    return 1 if bad else 0


sys.exit(main())
