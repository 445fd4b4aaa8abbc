"""Opens pages in a headless browser: they make no requests, cause no errors, and all their controls work.

    browser.py BROWSER PICTURES NORMAL.html HOSTILE.html

Controls Chromium through a pipe with its DevTools protocol: <https://chromedevtools.github.io/devtools-protocol/>.
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 60


class Browser:
    def __init__(self, program, profile):
        # Chromium reads from descriptor 3 and writes to 4. Move the pipes to higher numbers first, so that dup2 closes none.
        high = lambda fd: fcntl.fcntl(fd, fcntl.F_DUPFD, 10)
        [reads, self.to], [self.of, writes] = (tuple(map(high, os.pipe())) for _ in range(2))

        def connect():
            os.dup2(reads, 3)
            os.dup2(writes, 4)

        options = ["--headless", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars", "--no-first-run", f"--user-data-dir={profile}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([program, *options], preexec_fn=connect, pass_fds=(3, 4), **quiet)
        os.close(reads)
        os.close(writes)
        self.rest, self.number, self.events = b"", 0, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    session = None

    def message(self, until):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.of], [], [], max(0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            read = os.read(self.of, 1 << 16)
            assert read, "the browser has ended"
            self.rest += read
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **parameters):
        self.number += 1
        question = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            question["sessionId"] = self.session
        os.write(self.to, json.dumps(question).encode() + b"\0")
        until = time.monotonic() + PATIENCE_S
        while True:
            message = self.message(until)
            if message.get("id") == self.number:
                assert "error" not in message, (method, message["error"])
                return message["result"]
            self.events.append(message)

    def open(self, path):
        self.events.clear()
        self.ask("Page.navigate", url=path.as_uri())
        until = time.monotonic() + PATIENCE_S
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message(until))

    def value(self, expression):
        done = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, (expression, done)
        return done["result"].get("value")

    def complaints(self, path):
        """Messages on the console, and requests to other addresses, since the page was opened."""
        self.value("new Promise((done) => setTimeout(done, 200))")
        said = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        asked = [event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        assert path.as_uri() in asked, asked
        others = [url for url in asked if url != path.as_uri() and not url.startswith("data:")]
        return [event["params"] for event in self.events if event["method"] in said] + others

    def point(self, element):
        place = f"(() => {{ const e = {element}; e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] }})()"
        x, y = self.value(place)
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        return {"x": x, "y": y}

    def click(self, element):
        place = self.point(element)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def key(self, name, text=None):
        more = {"text": text} if text else {}
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=name, code=name, windowsVirtualKeyCode={"Enter": 13, "End": 35, "Escape": 27}[name], **more)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=name, code=name)

    def look(self, width, height, scheme):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, file):
        self.value("scrollTo(0, 0)")
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))


# Finds texts with less contrast to their background than level AA of WCAG requires: https://www.w3.org/TR/WCAG22/#contrast-minimum
FAINT = """[...document.querySelectorAll('body *')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.getClientRects().length && !['SCRIPT', 'title', 'desc'].includes(e.tagName)).flatMap((e) => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = e, ground;
  do { ground = parse(getComputedStyle(behind).backgroundColor); behind = behind.parentElement; } while (ground.length === 4 && ground[3] === 0 && behind);
  const style = getComputedStyle(e);
  const [a, b] = [light(parse(e instanceof SVGElement ? style.fill : style.color)), light(ground)].sort((a, b) => b - a);
  const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  const contrast = (a + 0.05) / (b + 0.05);
  return contrast < (isLarge ? 3 : 4.5) ? [`${contrast.toFixed(2)} ${e.tagName} ${e.className} ${e.textContent.slice(0, 30)}`] : [];
})"""

TABLE = "document.querySelector('table[data-section=\"top.path\"]')"
HEAD = f"{TABLE}.querySelector('th[data-metric=bytes]')"
COLUMN = f"[...{TABLE}.tBodies[0].rows].filter((row) => !row.hidden).map((row) => Number(row.lastElementChild.dataset.value))"


def use(browser):
    """Sorts with the mouse and the keyboard, filters rows, and points at bars."""
    before = browser.value(COLUMN)
    assert before != sorted(before, reverse=True), "there is something to sort"
    browser.click(f"{HEAD}.querySelector('button')")
    assert browser.value(COLUMN) == sorted(before, reverse=True), browser.value(COLUMN)
    assert browser.value(f"{HEAD}.getAttribute('aria-sort')") == "descending"
    browser.value(f"{HEAD}.querySelector('button').focus()")
    browser.key("Enter", "\r")
    assert browser.value(COLUMN) == sorted(before), browser.value(COLUMN)
    assert browser.value(f"{HEAD}.getAttribute('aria-sort')") == "ascending"
    assert browser.value(f"{TABLE}.querySelectorAll('[aria-sort]').length") == 1
    browser.click(f"{TABLE}.querySelector('.rank button')")
    assert browser.value(COLUMN) == before, "the rank puts them back"

    browser.click(f"{TABLE}.parentElement.previousElementSibling.querySelector('input')")
    browser.ask("Input.insertText", text="TEAPOT")
    found = f"[...{TABLE}.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[1].textContent)"
    rows = browser.value(found)
    assert 0 < len(rows) < len(before) and all("teapot" in row for row in rows), rows
    said = browser.value("document.querySelector('.find [role=status]').textContent")
    assert said == f"{len(rows)} of {len(before)} rows", said

    browser.point("document.querySelector('.point')")
    told = browser.value("document.querySelector('.tip').textContent")
    assert told.startswith("2026-11-14 07: 2 requests, 1 visitor"), told
    browser.value("document.querySelector('.timeline').focus()")
    browser.key("End")
    told = browser.value("document.querySelector('.tip').textContent")
    assert told.startswith("2026-11-16 12: "), told
    browser.key("Escape")
    assert browser.value("document.querySelector('.tip').textContent") == ""


def main():
    program, pictures, normal, hostile = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            check(browser, pictures, normal, hostile)
        finally:
            browser.session = None
            browser.ask("Browser.close")
            browser.process.wait(PATIENCE_S)
    print("as it should be")


def check(browser, pictures, normal, hostile):
    for page in (normal, hostile):
        for name, width, height, scheme in (("light", 960, 900, "light"), ("dark", 960, 900, "dark"), ("narrow", 380, 900, "light")):
            browser.look(width, height, scheme)
            browser.open(page)
            assert browser.complaints(page) == [], browser.complaints(page)
            wide = browser.value("document.documentElement.scrollWidth")
            assert wide <= width, (page, name, wide)
            faint = browser.value(FAINT)
            assert faint == [], (page, name, faint)
            browser.picture(pictures / f"{page.stem}-{name}.png")

    browser.look(960, 760, "light")
    browser.open(normal)
    use(browser)
    assert browser.complaints(normal) == []
    assert base64.b64decode(browser.ask("Page.printToPDF")["data"]).startswith(b"%PDF")

    # The check itself works: it reports an injected script and an external image.
    tampered = normal.with_name("tampered.html")
    other = "<script>document.title = 'mine'</script><img src='http://127.0.0.1:9/x.png'>"
    tampered.write_text(normal.read_text(encoding="utf-8").replace("</main>", other + "</main>"), encoding="utf-8")
    browser.open(tampered)
    assert len(browser.complaints(tampered)) >= 2, browser.complaints(tampered)
    assert browser.value("document.title") != "mine"


main()
