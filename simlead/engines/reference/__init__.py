"""The reference engine's parts: SimPy processes and what they do at each event.

Read in this order: `state` (who is there), `clock` (how an instant goes), `firm` (what
holds it together), `market` (buyers), `pipeline` (deals), `coaching` (sessions), `reps`,
`managers`, `people` (who comes and goes), `settling` (who takes what next), `calendar`
(what a day and a week begin with).
"""
