#!/usr/bin/python3
"""A terminal's screen (tmux capture-pane -e -p -N) becomes a PNG, every cell of one size.

usage: picture.py COLUMNS ROWS OUT.png < capture      (Debian: python3-pil fonts-nanum fonts-dejavu-core)

Frames, bars and big digits are drawn as shapes, so that no font's gaps are taken for the lab's.
"""
import re
import sys
import unicodedata

from PIL import Image, ImageDraw, ImageFont

CELL_WIDTH, CELL_HEIGHT = 10, 20
FONT_SIZES = {False: 16, True: 18}  # narrow, wide: what fills the cells
INK, PAPER = (212, 212, 212), (20, 20, 23)
FONTS = {  # (wide, bold)
    (False, False): "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    (False, True): "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf",
    (True, False): "/usr/share/fonts/truetype/nanum/NanumGothicCoding.ttf",
    (True, True): "/usr/share/fonts/truetype/nanum/NanumGothicCodingBold.ttf",
}
SIXTEEN = [
    (0, 0, 0), (205, 49, 49), (13, 188, 121), (229, 229, 16),
    (36, 114, 200), (188, 63, 188), (17, 168, 205), (204, 204, 204),
    (102, 102, 102), (241, 76, 76), (35, 209, 139), (245, 245, 67),
    (59, 142, 234), (214, 112, 214), (41, 184, 219), (255, 255, 255),
]
ARMS = {  # which sides a line leaves the cell's middle on: left, right, up, down
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu",
    "├": "rud", "┤": "lud", "┬": "lrd", "┴": "lru", "┼": "lrud",
}
FILLS = {  # upper edge, lower edge in halves of a cell; how much ink
    "▀": (0, 1, 1.0), "▄": (1, 2, 1.0), "█": (0, 2, 1.0), "▓": (0, 2, 0.7), "░": (0, 2, 0.25),
}


def palette(index):
    if index < 16:
        return SIXTEEN[index]
    if index >= 232:
        return (8 + 10 * (index - 232),) * 3
    cube = index - 16
    return tuple(0 if level == 0 else 55 + 40 * level
                 for level in (cube // 36, cube // 6 % 6, cube % 6))


class Pen:
    """What the last SGR sequences left."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.ink, self.paper = None, None
        self.bold = self.dim = self.underline = self.reverse = False

    def take(self, numbers):
        numbers = iter(numbers)
        for number in numbers:
            if number == 0:
                self.reset()
            elif number in (1, 2, 4, 7):
                name = {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[number]
                setattr(self, name, True)
            elif number == 22:
                self.bold = self.dim = False
            elif number in (24, 27):
                setattr(self, "underline" if number == 24 else "reverse", False)
            elif number in (38, 48):
                color = self.long_color(numbers)
                setattr(self, "ink" if number == 38 else "paper", color)
            elif 30 <= number <= 37 or 90 <= number <= 97:
                self.ink = palette(number - 30 if number < 40 else number - 82)
            elif 40 <= number <= 47 or 100 <= number <= 107:
                self.paper = palette(number - 40 if number < 50 else number - 92)
            elif number in (39, 49):
                setattr(self, "ink" if number == 39 else "paper", None)

    @staticmethod
    def long_color(numbers):
        if next(numbers, 5) == 5:
            return palette(next(numbers, 7))
        return tuple(next(numbers, 0) for _ in range(3))

    def colors(self):
        ink, paper = self.ink or INK, self.paper or PAPER
        if self.reverse:
            ink, paper = paper, ink
        return (blend(ink, paper, 0.55) if self.dim else ink), paper


def blend(ink, paper, share):
    return tuple(round(i * share + p * (1 - share)) for i, p in zip(ink, paper))


def cells_of(sign):
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


class Picture:
    def __init__(self, columns, rows):
        self.image = Image.new("RGB", (columns * CELL_WIDTH, rows * CELL_HEIGHT), PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.fonts = {key: ImageFont.truetype(path, FONT_SIZES[key[0]])
                      for key, path in FONTS.items()}

    def sign(self, row, column, sign, width, pen):
        x, y = column * CELL_WIDTH, row * CELL_HEIGHT
        right, bottom = x + width * CELL_WIDTH, y + CELL_HEIGHT
        ink, paper = pen.colors()
        if paper != PAPER:
            self.draw.rectangle((x, y, right - 1, bottom - 1), fill=paper)
        if sign in FILLS:
            upper, lower, share = FILLS[sign]
            half = CELL_HEIGHT // 2
            self.draw.rectangle((x, y + upper * half, right - 1, y + lower * half - 1),
                                fill=blend(ink, paper, share))
        elif sign in ARMS:
            self.lines(x, y, ARMS[sign], ink)
        elif sign.strip():
            font = self.fonts[(width == 2, pen.bold)]
            shift = (width * CELL_WIDTH - font.getlength(sign)) / 2
            self.draw.text((x + shift, bottom - 5), sign, font=font, fill=ink, anchor="ls")
        if pen.underline:
            self.draw.line((x, bottom - 2, right - 1, bottom - 2), fill=ink)

    def lines(self, x, y, arms, ink):
        middle_x, middle_y = x + CELL_WIDTH // 2, y + CELL_HEIGHT // 2
        ends = {"l": (x, middle_y), "r": (x + CELL_WIDTH - 1, middle_y),
                "u": (middle_x, y), "d": (middle_x, y + CELL_HEIGHT - 1)}
        for arm in arms:
            self.draw.line((middle_x, middle_y) + ends[arm], fill=ink)

    def row(self, row, text, pen):
        column = 0
        for part in re.finditer(r"\x1b\[([0-9;:]*)m|\x1b.|[\x00-\x1f]|(.)", text):
            if part.group(1) is not None:
                pen.take([int(n or 0) for n in re.split("[;:]", part.group(1))])
            elif part.group(2):
                width = cells_of(part.group(2))
                self.sign(row, column, part.group(2), width or 1, pen)
                column += width


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    columns, rows, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    picture, pen = Picture(columns, rows), Pen()
    capture = open(0, encoding="utf-8", errors="replace").read()
    for row, text in enumerate(capture.split("\n")[:rows]):
        picture.row(row, text, pen)
    picture.image.save(path)


if __name__ == "__main__":
    main()
