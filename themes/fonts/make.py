#!/usr/bin/env python3
"""Makes the fonts of this folder: subsets of free fonts, small enough to be part of the program.

    pip install fonttools==4.68.0 brotli==1.2.1
    npm install --ignore-scripts @fontsource-variable/fraunces@5.3.0
    apt-get install fonts-noto-core=20201225-1
    themes/fonts/make.py node_modules/@fontsource-variable/fraunces/files /usr/share/fonts/truetype/noto

Each file holds one script (with the marks and joining forms that it needs) or one part of the display
face; `src/theme/script.rs` knows which characters each holds. Hints are dropped: they help at sizes and
on screens that are gone. Licence of all: OFL.txt, copyright: README.md.
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).resolve().parent

# Script, file of Noto, ranges. The same ranges stand in src/theme/script.rs; a test compares the files.
SCRIPTS = [
    ("adlam", "NotoSansAdlam-Regular.ttf", [(0x1E900, 0x1E95F)]),
    ("balinese", "NotoSansBalinese-Regular.ttf", [(0x1B00, 0x1B7F)]),
    ("cham", "NotoSansCham-Regular.ttf", [(0xAA00, 0xAA5F)]),
    ("cherokee", "NotoSansCherokee-Regular.ttf", [(0x13A0, 0x13FF), (0xAB70, 0xABBF)]),
    ("javanese", "NotoSansJavanese-Regular.ttf", [(0xA980, 0xA9DF)]),
    ("lisu", "NotoSansLisu-Regular.ttf", [(0xA4D0, 0xA4FF)]),
    ("meetei", "NotoSansMeeteiMayek-Regular.ttf", [(0xABC0, 0xABFF), (0xAAE0, 0xAAFF)]),
    ("nko", "NotoSansNKo-Regular.ttf", [(0x07C0, 0x07FF)]),
    ("olchiki", "NotoSansOlChiki-Regular.ttf", [(0x1C50, 0x1C7F)]),
    ("osage", "NotoSansOsage-Regular.ttf", [(0x104B0, 0x104FF)]),
    ("sundanese", "NotoSansSundanese-Regular.ttf", [(0x1B80, 0x1BBF), (0x1CC0, 0x1CCF)]),
    ("syllabics", "NotoSansCanadianAboriginal-Regular.ttf", [(0x1400, 0x167F), (0x18B0, 0x18FF)]),
    ("taiviet", "NotoSansTaiViet-Regular.ttf", [(0xAA80, 0xAADF)]),
    ("tifinagh", "NotoSansTifinagh-Regular.ttf", [(0x2D30, 0x2D7F)]),
    ("vai", "NotoSansVai-Regular.ttf", [(0xA500, 0xA63F)]),
]

# The display face of the theme Hearth: one weight, cut for large sizes, corners a little soft.
DISPLAY = [
    ("fraunces-latin", "fraunces-latin-full-normal.woff2"),
    ("fraunces-latin-ext", "fraunces-latin-ext-full-normal.woff2"),
    ("fraunces-vietnamese", "fraunces-vietnamese-full-normal.woff2"),
]
AXES = {"opsz": 72, "wght": 540, "SOFT": 60, "WONK": 0}


# What badges are drawn with as PNG, and measured by: whole faces for the letters of these ranges, not packed.
WESTERN = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x2BB, 0x2BC), (0x2C6, 0x2C7), (0x2D8, 0x2DD), (0x300, 0x30C), (0x31B, 0x31B),
    (0x323, 0x331), (0x370, 0x3FF), (0x400, 0x45F), (0x490, 0x4FF), (0x1E00, 0x1EFF), (0x2010, 0x2027),
    (0x2030, 0x203A), (0x2044, 0x2044), (0x20AB, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2212, 0x2212),
]
ARABIC = [(0x20, 0x20), (0x600, 0x6FF), (0x750, 0x77F), (0x200C, 0x200D), (0x25CC, 0x25CC)]
BADGES = [
    ("badge-sans", "NotoSans-Regular.ttf", WESTERN, ["kern", "liga", "mark", "mkmk", "ccmp", "locl"]),
    ("badge-serif", "NotoSerif-Regular.ttf", WESTERN, ["kern", "liga", "mark", "mkmk", "ccmp", "locl"]),
    ("badge-arabic", "NotoNaskhArabic-Regular.ttf", ARABIC, ["*"]),
]


def cut(font, unicodes, name, features, flavor="woff2"):
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.desubroutinize = True
    # What draws badges asks for a PostScript name (6).
    options.name_IDs = [0, 1, 2, 5, 6, 13, 14] if flavor is None else [0, 1, 2, 5, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "gasp", "meta", "STAT"]
    tool = subset.Subsetter(options)
    tool.populate(unicodes=unicodes)
    tool.subset(font)
    font.flavor = flavor
    font.recalcTimestamp = False
    font.save(HERE / f"{name}.{flavor or 'ttf'}")


def main():
    fraunces, noto = map(Path, sys.argv[1:3])
    for name, file, ranges in SCRIPTS:
        font = TTFont(noto / file, recalcTimestamp=False)
        own = [c for c in font.getBestCmap() if any(a <= c <= b for a, b in ranges)]
        # Joiners, and the dotted circle that marks are shown on.
        cut(font, own + [0x200C, 0x200D, 0x25CC], name, ["*"])
    for name, file in DISPLAY:
        font = TTFont(fraunces / file, recalcTimestamp=False)
        font = instancer.instantiateVariableFont(font, AXES)
        keep = [c for c in font.getBestCmap() if name != "fraunces-latin-ext" or c < 0x0250 or 0x1E00 <= c <= 0x1EFF]
        cut(font, keep, name, ["kern", "liga", "mark", "mkmk", "ccmp", "locl"])
    for name, file, ranges, features in BADGES:
        font = TTFont(noto / file, recalcTimestamp=False)
        keep = [c for c in font.getBestCmap() if any(a <= c <= b for a, b in ranges)]
        cut(font, keep, name, features, flavor=None)


main()
