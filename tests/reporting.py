"""What the tests of reports share: small studies, and reading pages and slides as plain text."""

import base64
import re
import struct
import unicodedata
import xml.etree.ElementTree as ET

from pptx import Presentation
from pptx.oxml.ns import qn

from simlead.model.presets import preset
from simlead.study.compare import compare

SMALL = {"organisation.teams": 1, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52,
         "calendar.horizon_weeks": 52}
MEASURES = ("revenue", "revenue_growth", "market_growth", "market_share", "market_share_base", "profit_change",
            "discovery_rate", "qualified_rate", "proposal_win_rate")

STUDY = """
[study]
question = "How much coaching?"
replications = 4
baseline = true
measures = ["revenue", "market_share"]
{effect_sizes}
[scenario.set]
"organisation.teams" = 1
"organisation.seats_per_team" = 2
"calendar.warmup_weeks" = 52
"calendar.horizon_weeks" = 52
[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = {{ values = [0.0, 0.4] }}
"policy.role_clarity" = {{ values = [0.2, 0.9] }}
"""
BOTH = 'effect_sizes = ["evidence", "practitioner"]'


def small_comparison(names=("status_quo", "coaching", "leadership"), replications=4, **others):
    """Presets of a small firm, compared."""
    scenarios = {name: preset(name).change(SMALL) for name in names}
    return compare(scenarios, replications=replications, workers=1, measures=MEASURES, **others)


def parsed(html):
    """The page as a tree; it is well-formed XML, so that nothing is left open or unescaped."""
    return ET.fromstring(html.partition("\n")[2])


def text_of(element):
    """An element's text in one line."""
    return " ".join("".join(element.itertext()).split())


def answer_of(html):
    """The answer of a page, its sentences in a row."""
    (answer,) = (element for element in parsed(html).iter("div") if element.get("class") == "answer")
    return text_of(answer)


def page_tables(html):
    """Rows of cells of each table of a page, by key."""
    return {table.get("id").removeprefix("table-"): [[text_of(cell) for cell in row] for row in table.iter("tr")]
            for table in parsed(html).iter("table")}


def slides_of(path):
    """Of each slide: its title, its texts, its tables as rows of cells, its pictures' descriptions."""
    found = []
    for slide in Presentation(str(path)).slides:
        tables = [[[cell.text for cell in row.cells] for row in shape.table.rows]
                  for shape in slide.shapes if shape.has_table]
        pictures = [_description(shape) for shape in slide.shapes
                    if shape.has_chart or (shape._element.tag == qn("p:pic") and shape.name != "logo")]
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        keys = [shape.name for shape in slide.shapes if shape.has_table]
        found.append({"title": slide.shapes.title.text_frame.text, "texts": texts, "tables": tables, "keys": keys,
                      "pictures": pictures, "slide": slide, "notes": slide.notes_slide.notes_text_frame.text})
    return found


def _description(shape):
    frame = shape._element.nvGraphicFramePr if shape.has_chart else shape._element.nvPicPr
    return frame.cNvPr.get("descr")


def tables_of(slides):
    """Each table of slides by its key, its parts put together where it goes on."""
    found = {}
    for slide in slides:
        for key, rows in zip(slide["keys"], slide["tables"], strict=True):
            found[key] = [*found[key], *rows[1:]] if key in found else rows
    return found


def charts_of(slides):
    """The native charts of slides by name."""
    return {shape.name: shape.chart for slide in slides for shape in slide["slide"].shapes if shape.has_chart}


def numbers_in(text):
    """The numbers of a text in any digits, as floats, without signs."""
    western = "".join(str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
                      for letter in text)
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", western.replace("٫", ".").replace("٬", "")
                                                   .replace(",", ""))]


def picture_sizes(html):
    """Width and height of each picture as the page says, and as the PNG itself does."""
    found = []
    for image in parsed(html).iter("img"):
        content = base64.b64decode(image.get("src").partition("base64,")[2])
        found.append(((int(image.get("width")), int(image.get("height"))), struct.unpack(">II", content[16:24])))
    return found
