"""Colours and sizes of all charts.

Colours are Okabe and Ito's, which people with any common colour blindness can tell apart. Sizes are for a projector:
a figure is 1280 x 720 pixels and no letter is smaller than 14 points.
"""

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE = "#595959", "#D9D9D9"
BROWN = "#8A5F00"  # orange that can be read as letters

WIDTH_INCHES, HEIGHT_INCHES, DPI = 12.8, 7.2, 100
TEXT, CLAIM, HEADLINE = 14.0, 16.0, 20.0
