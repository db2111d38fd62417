#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens a page in headless Chromium, by its debugging pipe, and prints what it must not do.

usage: browser.py [--shots DIR] PAGE WIDTH...

Lines: "console: TEXT" for messages, errors and violations of the policy, "request: URL" for all but the page itself,
"overflow at WIDTH: N" if the page is N pixels wider than the window, "shifted at WIDTH: PART" if a row of a table does
not show the columns of its titles, "overflow in print: N" on paper of 700 pixels, "small at WIDTH: PICTURE" for texts of a picture below 10 pixels, "script: TEXT" for dialogs and marks that a script
of the dump would leave (window.ran). Each width is tried with and without the page's script. Nothing is printed for a
page without faults. Exit status: 0 if the page was shown, 2 otherwise.
"""
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile


PAPER = 700     # pixels of A4 between its margins
SHIFTED = """[...new Set([...document.querySelectorAll('details[open] table')].filter(table => {
    const shown = row => [...row.cells].map(cell => getComputedStyle(cell).display !== 'none').join();
    const titles = table.tHead.rows[0];
    return titles.offsetHeight && [...table.tBodies[0].rows].some(row => shown(row) !== shown(titles));
}).map(table => table.closest('details').id))].join(' ')"""
SMALL = """[...new Set([...document.querySelectorAll('svg.drawn text')].filter(text => {
    const svg = text.closest('svg');
    return parseFloat(getComputedStyle(text).fontSize) * svg.clientWidth / svg.viewBox.baseVal.width < 10;
}).map(text => text.closest('figure').querySelector('figcaption').textContent))].join(', ')"""


class Browser:
    def __init__(self, program, home):
        self.ids = 0
        self.lines = []
        down, to_child = os.pipe()
        from_child, up = os.pipe()
        # Chromium reads from 3 and writes to 4
        high = [os.dup(fd) for fd in (down, up)]
        self.child = subprocess.Popen(
            ['sh', '-c', f'exec "$@" 3<&{high[0]} 4>&{high[1]}', 'sh', program, '--headless=new', '--no-sandbox', '--disable-gpu',
             '--disable-dev-shm-usage', '--no-first-run', '--remote-debugging-pipe', f'--user-data-dir={home}', 'about:blank'],
            pass_fds=high, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in (down, up, *high):
            os.close(fd)
        self.to = os.fdopen(to_child, 'wb', buffering=0)
        self.of = os.fdopen(from_child, 'rb')
        self.buffer = b''
        self.session = None

    def read(self):
        while b'\0' not in self.buffer:
            data = os.read(self.of.fileno(), 1 << 20)
            if not data:
                raise EOFError('Chromium ended')
            self.buffer += data
        text, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(text)

    def send(self, method, **params):
        self.ids += 1
        message = {'id': self.ids, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        self.to.write(json.dumps(message).encode() + b'\0')
        return self.ids

    def call(self, method, until=None, **params):
        """Sends a command; returns its result, or waits for the event "until", too."""
        number = self.send(method, **params)
        result = None
        while result is None or until:
            got = self.read()
            if got.get('id') == number:
                if 'error' in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                result = got['result']
            elif 'method' in got:
                self.event(got['method'], got['params'])
                if got['method'] == until:
                    until = None
        return result

    def event(self, method, params):
        if method == 'Runtime.consoleAPICalled':
            self.lines.append('console: ' + ' '.join(str(a.get('value', a.get('description'))) for a in params['args']))
        elif method == 'Runtime.exceptionThrown':
            self.lines.append('console: ' + params['exceptionDetails'].get('text', ''))
        elif method == 'Log.entryAdded':
            self.lines.append('console: ' + params['entry']['text'])
        elif method == 'Page.javascriptDialogOpening':
            self.lines.append('script: ' + params['message'])
            self.send('Page.handleJavaScriptDialog', accept=True)
        elif method == 'Network.requestWillBeSent' and params['request']['url'] != self.page:
            self.lines.append('request: ' + params['request']['url'])

    def value(self, expression):
        return self.call('Runtime.evaluate', expression=expression, returnByValue=True)['result'].get('value')

    def open(self, page):
        self.page = page
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')

    def print(self, width):
        self.call('Emulation.setEmulatedMedia', media='print')
        self.call('Emulation.setScriptExecutionDisabled', value=True)
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call('Page.navigate', until='Page.loadEventFired', url=self.page)
        wide = self.value('document.documentElement.scrollWidth') - width
        if wide > 0:
            self.lines.append(f'overflow in print: {wide}')
        self.call('Emulation.setEmulatedMedia', media='')

    def show(self, width, scripts, shots):
        self.call('Emulation.setScriptExecutionDisabled', value=not scripts)
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call('Page.navigate', until='Page.loadEventFired', url=self.page)
        wide = self.value('document.documentElement.scrollWidth') - width
        if wide > 0:
            self.lines.append(f'overflow at {width}{"" if scripts else ", without script"}: {wide}')
        for fault, expression in (('shifted', SHIFTED), ('small', SMALL)):
            found = self.value(expression)
            if found:
                self.lines.append(f'{fault} at {width}: {found}')
        if self.value('window.ran'):
            self.lines.append(f"script: {self.value('window.ran')}")
        height = min(self.value('document.documentElement.scrollHeight'), 12000) if shots else 0
        for top in range(0, height, 1600):
            clip = {'x': 0, 'y': top, 'width': width, 'height': min(1600, height - top), 'scale': 1}
            data = self.call('Page.captureScreenshot', clip=clip, captureBeyondViewport=True)['data']
            name = f'{os.path.basename(self.page)}-{width}{"" if scripts else "-noscript"}-{top // 1600}.png'
            with open(os.path.join(shots, name), 'wb') as f:
                f.write(base64.b64decode(data))


def main(argv):
    shots = None
    if argv[:1] == ['--shots']:
        shots, argv = argv[1], argv[2:]
    if len(argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    program = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    if not program:
        print('browser.py: no chromium', file=sys.stderr)
        return 2
    signal.alarm(600)   # Chromium waits for an event
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = Browser(program, home)
        try:
            browser.open('file://' + os.path.abspath(argv[0]))
            for width in argv[1:]:
                for scripts in (True, False):
                    browser.show(int(width), scripts, shots)
            browser.print(PAPER)
        except (EOFError, OSError, RuntimeError) as error:
            print(f'browser.py: {error}', file=sys.stderr)
            return 2
        finally:
            browser.child.kill()
            browser.child.wait()
    for line in dict.fromkeys(browser.lines):
        print(line.replace('\n', ' ')[:300])
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
