"""Draws the README's pictures from what the program shows: the terminal as SVG, the page as PNG.

    python3 examples/pictures/make.py path/to/screener

The page needs Chromium.
"""

import html
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
COMMAND = "screener top -n 5 --provider sample"
WIDTH, LINE, SIZE = 8.4, 20, 14
COLOURS = {"1": "#f47067", "2": "#57ab5a", "3": "#c69026", "8": "#768390"}
PLAIN = "#adbac7"


def spans(line):
    """The pieces of a line, each with its colour and whether it is bold."""
    colour, bold = PLAIN, False
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if code is None:
            if piece:
                yield piece, colour, bold
        elif code[1] in ("", "0"):
            colour, bold = PLAIN, False
        elif code[1] == "39":
            colour = PLAIN
        elif code[1] == "1":
            bold = True
        elif code[1].startswith("38;5;"):
            colour = COLOURS.get(code[1][5:], PLAIN)


def terminal(binary):
    words = [binary, *COMMAND.split()[1:], "--color", "always"]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    said = re.sub(r" · \d+ ms$", "", ran.stderr.rstrip())
    lines = [f"$ {COMMAND}", *ran.stdout.rstrip().splitlines(), *said.splitlines()]
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = round(max(map(len, plain)) * WIDTH + 32)
    height = len(lines) * LINE + 32
    rows = []
    for number, line in enumerate(lines):
        x, y, pieces = 0, 16 + SIZE + number * LINE, []
        for text, colour, bold in spans(line):
            weight = ' font-weight="bold"' if bold else ""
            place = f'x="{16 + x * WIDTH:.1f}" textLength="{len(text) * WIDTH:.1f}"'
            pieces.append(f'<tspan {place} fill="{colour}"{weight}>{html.escape(text)}</tspan>')
            x += len(text)
        rows.append(f'<text y="{y}" xml:space="preserve">{"".join(pieces)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f"<title>{COMMAND}</title>"
        f'<rect width="{width}" height="{height}" rx="8" fill="#22272e"/>'
        f'<g font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="{SIZE}">'
        + "\n".join(rows)
        + "</g></svg>\n"
    )


def page(binary):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        words = [binary, "top", "--provider", "sample", "-q", "-o", f"{folder}/top.csv", "--html"]
        subprocess.run([*words, str(file)], check=True)
        chromium = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        more = [f"--user-data-dir={folder}/profile", "--window-size=1100,760"]
        picture = HERE / "page.png"
        subprocess.run([*chromium, *more, f"--screenshot={picture}", file.as_uri()], check=True)


if __name__ == "__main__":
    (HERE / "terminal.svg").write_text(terminal(sys.argv[1]))
    page(sys.argv[1])
