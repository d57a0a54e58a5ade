"""Languages of simlead: one catalogue of texts for each."""

from simlead.show.language.catalogue import (
    LANGUAGES,
    catalogue,
    checked_language,
    direction,
    in_language,
    known,
    language,
    localised,
    say,
)

__all__ = [
    "LANGUAGES", "catalogue", "checked_language", "direction", "in_language", "known", "language", "localised", "say"]
