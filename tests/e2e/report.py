#!/usr/bin/env python3
"""pasid report: verdicts are those of pasid claims and check, every cell and link leads somewhere, no page has an error, a
counterexample is stepped by the arrow keys, letters can be read in light and in dark. Each check notices its twin."""
import html
import html.parser
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

sys.dont_write_bytecode = True
import _browser

PASID = os.environ["PASID"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
DESIGNS = ["linux-7.3", "thread-baseline"]
CLAIMS = ["F8", "F13"]
BUG = "G14"
if not _browser.program():
    print("SKIPPED: report: no browser here; Debian has one in the package", _browser.NAMES[0])
    sys.exit(77)


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.cells, self.claims = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "id" in a:
            self.ids.add(a["id"])
        self.links += [a[k] for k in ("href", "src") if k in a]
        if "data-property" in a:
            self.cells.append((a["data-design"], a["data-property"], a["data-verdict"]))
        if "data-claim" in a:
            self.claims.append((a["data-claim"], a["data-verdict"]))


def broken_links(folder):
    pages = {p.name: Page(p) for p in folder.glob("*.html")}
    out = []
    for name, page in pages.items():
        for link in page.links:
            to, _, anchor = link.partition("#")
            to = to or name
            if link == "data:,":
                continue
            if not (folder / to).is_file() or (anchor and anchor not in pages[to].ids):
                out.append(f"{name}: {link}")
    return out


def verdicts(folder):
    index = Page(folder / "index.html")
    return sorted(index.claims), sorted(index.cells)


def parts_without_a_place(folder):
    """Rules, guards, updates and formulas that have no anchor."""
    rules = said("rules")["rules"]
    wanted = {r["label"] for r in rules}
    wanted |= {part["label"] for r in rules for part in r.get("guards", []) + r.get("updates", [])}
    formulas = {f["name"] for f in said("rules", "--formulas")["formulas"]}
    assert wanted and formulas
    return (wanted - Page(folder / "rules.html").ids) | (formulas - Page(folder / "formulas.html").ids)


def sections(path):
    """The text of each section of a page, by its anchor."""
    found = re.findall(r'<section [^>]*?id="([^"]*)">(.*?)</section>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return dict(found)


def falls_left_out(folder):
    """Falls on record that the property and the part do not name each other for."""
    lines = (ROOT / "proofs/falls.txt").read_text(encoding="utf-8").splitlines()
    falls = [re.match(r"(.*)-without-(\S+) (\w+):", line).groups() for line in lines if line and line[0] != "#"]
    assert falls
    formulas = sections(folder / "formulas.html")
    rows = dict(re.findall(r'<tr id="([^"]*)">(.*?)</tr>', (folder / "rules.html").read_text(encoding="utf-8")))
    return [(label, prop) for _, label, prop in falls
            if f'rules.html#{label.partition("#")[0]}"' not in formulas[prop]
            or f'formulas.html#{prop}"' not in rows[label.partition("#")[0]]]


def bugs_left_out(folder):
    """Bugs in files that the page has not, or whose property does not lead to them and back."""
    bugs, formulas = sections(folder / "history.html"), sections(folder / "formulas.html")
    out = []
    for file in sorted((ROOT / "spec/history").glob("*.toml")):
        bug = tomllib.loads(file.read_text(encoding="utf-8"))
        text = bugs.get(bug["id"], "")
        wanted = [html.escape(bug["title"], quote=False).partition("&")[0]]
        if "violates" in bug:
            wanted.append(f'formulas.html#{bug["violates"]["property"]}"')
            if bug["violates"]["design"] in DESIGNS:
                wanted.append(f'design-{bug["violates"]["design"]}.html#{bug["violates"]["property"]}"')
            if f'history.html#{bug["id"]}"' not in formulas[bug["violates"]["property"]]:
                out.append(bug["id"])
        if not all(w in text for w in wanted):
            out.append(bug["id"])
    return out


def texts_left_out(folder):
    """Of the guide and of SOUNDNESS.md: headings without an anchor, or not their text, and code that is not there."""
    out = []
    for text, file in (("spec/GUIDE.md", "guide.html"), ("proofs/SOUNDNESS.md", "assumptions.html")):
        source = re.sub(r"^```.*?^```$", "", (ROOT / text).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        headings = re.findall(r"^##+ (.*)$", source, flags=re.MULTILINE)
        assert headings
        page = (folder / file).read_text(encoding="utf-8")
        for heading in headings:
            anchor = re.sub(r"[^a-z0-9_-]", "", heading.lower().replace(" ", "-"))
            shown = re.search(f'<div id="{anchor}">\\s*<h\\d>(.*?)</h', page)
            if not shown or html.unescape(re.sub(r"<.*?>", "", shown[1])) != heading.replace("`", ""):
                out.append(heading)
        code = [html.escape(c, quote=False).replace('"', "&quot;") for c in re.findall(r"`([^`]+)`", source.replace("\n", " "))]
        assert code
        out += [c for c in code if f"<code>{c}</code>" not in page]
    return out


def designs_without_assumptions(folder):
    return set(DESIGNS) - set(re.findall(r'data-assumed="(.*?)"', (folder / "assumptions.html").read_text(encoding="utf-8")))


def runs_shown(folder):
    """Of each run on the page the implementation and its calls."""
    found = []
    for text in sections(folder / "conformance.html").values():
        name = html.unescape(re.search(r"<h2>(.*?)</h2>", text)[1])
        calls = re.findall(r'data-call="(.*?)" data-asked="(\d+)" data-ok="(\d+)"', text)
        found.append((name, [(c, int(a), int(o)) for c, a, o in calls]))
    return sorted(found)


def runs_recorded():
    runs = [json.loads(f.read_text(encoding="utf-8")) for f in (ROOT / "tests/recorded").glob("*.json")]
    assert runs
    return sorted((r["implementation"], [(c["call"], c["asked"], c["ok"]) for c in r["coverage"]]) for r in runs)


def vectors_shown(folder, file):
    """Differences between the page of vectors and a vector file's own table; the number of tests is not counted."""
    page = (folder / "vectors.html").read_text(encoding="utf-8")
    coverage = json.loads(file.read_text(encoding="utf-8"))["coverage"]
    of_file = sorted((r["call"], r.get("guard", ""), r.get("tests", 0)) for r in coverage["answers"] + coverage["not_met"])
    of_page = sorted((c, g, int(n)) for c, g, n in
                     re.findall(r'data-call="(.*?)" data-guard="(.*?)" data-count="(\d+)"', page))
    told = {b["bug"] for b in coverage["history"] if b["told"] != "no"}
    shown = set(re.findall(r'data-bug="([^"]*)">(?:(?!</tr>).)*<details>', page, re.DOTALL))
    rules = (folder / "rules.html").read_text(encoding="utf-8")
    unlinked = {g for _, g, n in of_file if g and n and f'vectors.html#{DESIGNS[0]}-{g}"' not in rules}
    assert of_file and told
    return set(of_file) ^ set(of_page) | told ^ shown | unlinked


def walks_shown(folder):
    """Differences between what the page says of walks and `pasid rules --coverage`."""
    page = (folder / "vectors.html").read_text(encoding="utf-8")
    of_page = {r: int(n) for r, n in re.findall(r'data-rule="(.*?)" data-fired="(\d+)"', page)}
    of_rules = {r["label"]: r["fired"] for r in said("rules", "--coverage", "--design", DESIGNS[0])["coverage"][0]["rules"]}
    assert of_rules
    return set(of_page.items()) ^ set(of_rules.items())


def put_back(folder):
    """Of each bug with a verdict the verdicts with it and with its fix, and whether its trace can be stepped."""
    out = {}
    for bug, text in sections(folder / "history.html").items():
        if found := re.search(r'With the bug: <strong class="(\w+)".*?With the fix: <strong class="(\w+)"', text):
            out[bug] = (*found.groups(), 'class="player"' in text)
    return out


def shown_wrong(scratch):
    """Is a failure of a run of tests shown as one, with its reason, and only there? And refusals beside their guard?"""
    scratch = pathlib.Path(scratch)
    vectors, good, bad = (scratch / name for name in ("vectors.json", "good.json", "bad.json"))
    subprocess.run([PASID, "vectors", "--design", "linux-7.3", "--suite", "smoke", "--out", vectors], check=True,
                   stdout=subprocess.DEVNULL)
    run = said("replay", "--backend", "reference", "--guards", vectors)
    met = next(g for call in run["guards"] for g, times in call["guards"].items() if times)
    good.write_text(json.dumps(run), encoding="utf-8")
    run["tests"][0] |= {"verdict": "failed", "why": "answered <ok>"}
    bad.write_text(json.dumps(run), encoding="utf-8")
    subprocess.run([PASID, "report", "--out", scratch / "small", "--design=thread-baseline", "--claim=F13",
                    "--replay", good, "--replay", bad], check=False, stdout=subprocess.DEVNULL)
    of_good, of_bad = sections(scratch / "small/conformance.html").values()
    row = re.search(f'<tr id="{met}">.*?</tr>', (scratch / "small/rules.html").read_text(encoding="utf-8"))[0]
    return ("answered &lt;ok&gt;" in of_bad and "Nothing wrong" not in of_bad and "Nothing wrong" in of_good and
            row.count('conformance.html#run-') == 2 and broken_links(scratch / "small") == [])


FIGURES = {"machine": {"processors": 2}, "figures": [
    {"part": "proof", "what": "linux-7.3 & all", "value": 4, "unit": "s", "goal": 2, "at": "most"},
    {"part": "proof", "what": "states/s", "value": 1.5e6, "unit": ""},
    {"part": "search", "what": "ratio", "value": 7.5, "unit": "", "goal": 7, "at": "least"},
    {"part": "search", "what": "wrong", "value": 0, "unit": "", "goal": 0, "at": "most"}]}


def figures_shown(folder):
    """Of each figure its value, whether it meets its goal, and to which side of the goal its bar goes: -1, 0, 1."""
    page = (folder / "figures.html").read_text(encoding="utf-8")
    out = []
    for what, value, met, cells in re.findall(r'<tr data-figure="(.*?)" data-value="(.*?)" data-met="(.*?)">(.*?)</tr>', page):
        bar = re.search(r'<line class="goal" x1="(\d+)".*<rect class="(good|bad)" x="([\d.]+)" y="5" width="([\d.]+)"', cells)
        side = None
        if bar:
            goal, left, width = float(bar[1]), float(bar[3]), float(bar[4])
            side = -1 if left < goal else 1 if width > 1 else 0
        out.append((html.unescape(what), float(value), met, bar[2] if bar else None, side))
    return out


def figures_wanted():
    return [("linux-7.3 & all", 4, "no", "bad", -1), ("states/s", 1.5e6, "", None, None), ("ratio", 7.5, "yes", "good", 1),
            ("wrong", 0, "yes", "good", 0)]


def refused(scratch, text, option="--replay"):
    """A run of tests that is none, as --replay takes it: one line, exit code 3, and nothing is written."""
    file, out = pathlib.Path(scratch) / "run.json", pathlib.Path(scratch) / "none"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([PASID, "report", "--out", out, option, file], check=False, capture_output=True, text=True)
    return done.returncode == 3 and len(done.stderr.splitlines()) == 1 and "run.json" in done.stderr and not out.exists()


def poor_contrast(style):
    """Pairs of --ink and --paper, in light or dark, with less than WCAG's 4.5 to 1; None where there are no pairs."""
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear))

    found = re.findall(r"--((ink|paper)[\w-]*): light-dark\((#\w{6}), (#\w{6})\);", style)
    pairs = itertools.product([f for f in found if f[1] == "ink"], [f for f in found if f[1] == "paper"])
    ratios = []
    for (ink, paper), theme in itertools.product(pairs, (2, 3)):
        low, high = sorted((luminance(ink[theme]), luminance(paper[theme])))
        ratios.append(((ink[0], paper[0], theme), (high + 0.05) / (low + 0.05)))
    return [pair for pair, ratio in ratios if ratio < 4.5] if ratios else None


def stray_colours(style):
    """Colours outside of the one list of them."""
    return re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(", re.sub(r"  --[\w-]+: light-dark\(.*\);", "", style))


def console_errors(browser, folder):
    browser.errors.clear()
    for page in sorted(folder.glob("*.html")):
        browser.open(page.as_uri())
    return list(browser.errors)


def too_wide(browser, folder):
    """Pages that are wider than the window of a telephone."""
    browser.window(400, 800)
    out = []
    for page in sorted(folder.glob("*.html")):
        browser.open(page.as_uri())
        if browser.value("document.documentElement.scrollWidth > innerWidth"):
            out.append(page.name)
    browser.window(0, 0)
    return out


def cut_off(browser, folder):
    """Letters of diagrams that lie outside of their picture."""
    look = """[...document.querySelectorAll('.player svg')].flatMap((s) => [...s.querySelectorAll('text')].filter((t) => {
      const a = t.getBBox(), b = s.viewBox.baseVal; return a.width === 0 || a.x < b.x || a.x + a.width > b.x + b.width; }))
      .map((t) => t.textContent).join(' ')"""
    return [(page.name, text) for page in (folder / "history.html", *sorted(folder.glob("design-*.html")))
            if (browser.open(page.as_uri()), text := browser.value(look))[1]]


def themes(browser, page):
    """The grounds of the page in a light system, in one turned dark while it is open, and after its button was pressed
    there; with what the button offers before each."""
    browser.theme(dark=False)
    browser.open(page.as_uri())
    look = "[document.getElementById('theme').textContent, getComputedStyle(document.body).backgroundColor].join(' ')"
    seen = [browser.value(look)]
    browser.theme(dark=True)
    seen.append(browser.value(look))
    browser.value("document.getElementById('theme').click()")
    seen.append(browser.value(look))
    browser.value("localStorage.removeItem('theme')")
    browser.theme(dark=False)
    return seen


def steps_by_keys(browser, page, section):
    """Opens a trace by its address, goes back to its beginning and on to its end; True where each key did its part."""
    browser.open(page.as_uri() + "#" + section)
    shown = f"document.querySelector('#{section} .player .%s').textContent"
    last = browser.value(f"document.querySelectorAll('#{section} .player .step').length") or 0
    seen = [(browser.value(shown % "where"), browser.value(shown % "state"))]
    for key in ["ArrowLeft"] * last + ["ArrowRight"] * last:
        browser.key(key)
        seen.append((browser.value(shown % "where"), browser.value(shown % "state")))
    there, back = seen[:last + 1], seen[last:]
    return last > 0 and len(set(there)) == last + 1 and there == back[::-1]


def twin(folder, name, file, old, new):
    """A copy of the report in which a text of one file is another."""
    copy = folder.parent / name
    shutil.copytree(folder, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text, (file, old)
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return copy


def said(*command):
    return json.loads(subprocess.run([PASID, *command, "--json"], check=False, stdout=subprocess.PIPE).stdout)


with tempfile.TemporaryDirectory() as scratch:
    report = pathlib.Path(scratch) / "report"
    figures = pathlib.Path(scratch) / "figures.json"
    figures.write_text(json.dumps(FIGURES), encoding="utf-8")
    code = subprocess.run([PASID, "report", "--out", report, *(f"--design={d}" for d in DESIGNS),
                           *(f"--claim={c}" for c in CLAIMS), f"--bug={BUG}", "--figures", figures], check=False).returncode
    expected = (sorted((c["id"], c["verdict"]) for c in said("claims", *CLAIMS)["claims"]),
                sorted((d, p["name"], p["verdict"]) for d in DESIGNS for p in said("check", d)["properties"]))
    bug = said("history", BUG)["bugs"][0]
    vectors = pathlib.Path(scratch) / "all.json"
    subprocess.run([PASID, "vectors", "--design", DESIGNS[0], "--out", vectors], check=True, stdout=subprocess.DEVNULL)
    violated = next((f"design-{d}.html", p) for d, p, v in verdicts(report)[1] if v == "violated")
    some_bug = next(iter(sections(report / "history.html")))
    style = (report / "style.css").read_text(encoding="utf-8")
    browser = _browser.Browser(scratch + "/profile")
    checks = {
        "exit code 0": code == 0,
        "verdicts are those of pasid claims and check, one cell for each design and property": verdicts(report) == expected,
        "a changed verdict is noticed":
            verdicts(twin(report, "verdict", "index.html", 'data-verdict="violated"', 'data-verdict="proved"')) != expected,
        "links lead somewhere": broken_links(report) == [],
        "a link to no file is noticed": broken_links(twin(report, "file", "index.html", violated[0], "none.html")) != [],
        "a link to no section is noticed":
            broken_links(twin(report, "section", violated[0], f'id="{violated[1]}"', 'id="none"')) != [],
        "each rule, guard, update and formula has a place": not parts_without_a_place(report),
        "a guard without one is noticed":
            parts_without_a_place(twin(report, "place", "rules.html", 'id="bind.pasid-free"', "")) == {"bind.pasid-free"},
        "what is on record to fall is told of the part and of the property": falls_left_out(report) == [],
        "a fall left out is noticed":
            falls_left_out(twin(report, "fall", "rules.html", 'formulas.html#NoStaleReuse"', '"')) != [],
        "each bug leads to its property, and back": bugs_left_out(report) == [],
        "a bug left out is noticed":
            bugs_left_out(twin(report, "bug", "formulas.html", f'history.html#{some_bug}"', '"')) == [some_bug],
        "guide and assumptions have their headings and code": texts_left_out(report) == [],
        "a heading that is not there is noticed":
            texts_left_out(twin(report, "heading", "guide.html", ">2. Writing a design</h2>", "></h2>")) != [],
        "code that is not there is noticed": texts_left_out(
            twin(report, "code", "assumptions.html", "<code>program.turn</code>", "")) == ["program.turn"],
        "each design has its assumptions": not designs_without_assumptions(report),
        "a design without is noticed": designs_without_assumptions(
            twin(report, "assumed", "assumptions.html", f'data-assumed="{DESIGNS[0]}"', "")) == {DESIGNS[0]},
        "runs of tests are those on record": runs_shown(report) == runs_recorded(),
        "another number is noticed":
            runs_shown(twin(report, "number", "conformance.html", 'data-asked="1', 'data-asked="2')) != runs_recorded(),
        "vectors are those of pasid vectors, guards and bugs lead to theirs": not vectors_shown(report, vectors),
        "a guard that leads to none is noticed": vectors_shown(
            twin(report, "unlinked", "rules.html", f'vectors.html#{DESIGNS[0]}-bind.pasid-free"', '"'), vectors) == {"bind.pasid-free"},
        "a bug's test left out is noticed": vectors_shown(
            twin(report, "untold", "vectors.html", f'data-bug="{BUG}"', 'data-bug="?"'), vectors) == {BUG, "?"},
        "walks met what pasid rules --coverage says": not walks_shown(report),
        "another number of walks is noticed":
            walks_shown(twin(report, "walks", "vectors.html", 'data-fired="', 'data-fired="1')) != set(),
        "a bug that was put back has its verdicts and its trace": put_back(report) == {BUG: (bug["verdict"], bug["with_fix"], True)},
        "another verdict of it is noticed":
            put_back(twin(report, "fixed", "history.html", 'With the fix: <strong class="proved"', 'With the fix: <strong class="unknown"'))
            != {BUG: (bug["verdict"], bug["with_fix"], True)},
        "what went wrong in a run of tests is shown": shown_wrong(scratch),
        "figures are those of the file, each beside its goal": figures_shown(report) == figures_wanted(),
        "a figure on the other side of its goal is noticed": figures_shown(
            twin(report, "figures", "figures.html", 'class="goal" x1="80"', 'class="goal" x1="8"')) != figures_wanted(),
        "what is no file of figures is refused": all(refused(scratch, json.dumps(bad), "--figures") for bad in (
            {"machine": {"processors": 2}, "figures": []}, {"figures": FIGURES["figures"]},
            FIGURES | {"figures": [FIGURES["figures"][0] | {"at": "best"}]}, FIGURES | {"figures": [{"part": "proof"}]})),
        "what is no run of tests is refused": refused(scratch, '{"implementation": "x"}') and refused(scratch, "{"),
        "letters can be read": poor_contrast(style) == [],
        "letters that cannot are noticed": bool(poor_contrast(style.replace("#596170", "#a0a7b0"))),
        "there is one list of colours": stray_colours(style) == [],
        "a colour elsewhere is noticed": stray_colours(style + "p { color: #777; }") != [],
        "no page says an error": console_errors(browser, report) == [],
        "an error of a script is noticed":
            console_errors(browser, twin(report, "script", "page.js", "themes();\nkeys", "themes(;\nkeys")) != [],
        "pages fit a narrow window": too_wide(browser, report) == [],
        "a page that does not is noticed":
            too_wide(browser, twin(report, "wide", "index.html", "<h1>", '<h1 style="width:900px">')) == ["index.html"],
        "no letter of a diagram is cut off": cut_off(browser, report) == [],
        "one that is cut off is noticed":
            "history.html" in [p for p, _ in cut_off(browser, twin(report, "cut", "page.js", "column = Math.max(", "column = Math.min("))],
        "light and dark are the system's, or the button's":
            themes(browser, report / "rules.html") == ["Dark rgb(255, 255, 255)", "Light rgb(21, 23, 26)", "Dark rgb(255, 255, 255)"],
        "a button that does not know the system's is noticed":
            themes(browser, twin(report, "theme", "page.js", "'change', say", "'changed', say") / "rules.html")[1][:4] == "Dark",
        "the arrow keys step through a trace": steps_by_keys(browser, report / violated[0], violated[1]),
        "keys that do nothing are noticed":
            not steps_by_keys(browser, twin(report, "keys", "page.js", "ArrowLeft", "F13") / violated[0], violated[1]),
    }
    browser.close()
for what, holds in checks.items():
    if not holds:
        print("not so:", what)
print(f"{len(expected[1])} cells, {sum(checks.values())} of {len(checks)} checks hold")
sys.exit(0 if all(checks.values()) and expected[0] and expected[1] else 1)
