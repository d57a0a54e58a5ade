"""Languages of simlead: one catalogue of texts for each."""

from simlead.show.language.catalogue import (
    LANGUAGES,
    catalogue,
    checked_language,
    direction,
    known,
    language,
    localised,
    say,
    using,
)

__all__ = ["LANGUAGES", "catalogue", "checked_language", "direction", "known", "language", "localised", "say", "using"]
