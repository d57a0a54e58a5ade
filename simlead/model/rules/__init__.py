"""The rules of the model: scalar functions, shared by all engines.

`buyers` (arrivals, noticing, gates), `reps` (skill, hours), `coaching` (dose and gain),
`managers` (quality, adherence, plans), `people` (quits, tenure, promotion). Symbols in
formulas are those of the model's specification; sources are keys of the bibliography.
"""
