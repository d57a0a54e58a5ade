"""Colours and sizes of all charts.

Colours are Okabe and Ito's, which people with any common colour blindness can tell apart. In greyscale some of them
are alike, so that what shares axes also differs in its marker, line or hatching. A figure has the size of a slide,
13.33 x 7.5 inches, which at 96 dots per inch are the 1280 x 720 pixels of a projector: a point in a chart is a point
on the slide.
"""

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE = "#595959", "#D9D9D9"
BROWN = "#8A5F00"  # orange that can be read as letters

WIDTH_INCHES, HEIGHT_INCHES, DPI = 40 / 3, 7.5, 96
HEADLINE, CLAIM, TEXT = 20.0, 16.0, 14.0
"""Letters of titles, of a claim below a title, and of everything else, in points."""

SMALLEST_HEADLINE, SMALLEST = 16.0, 12.0
"""The least size of a title that is long, and of any letter as projected."""
