"""Parts of the reference engine: SimPy processes and their actions at each event.

Read in this order: `state` (who is there), `clock` (how an instant goes), `firm` (what
holds it together), `market` (buyers), `pipeline` (deals), `coaching` (sessions), `reps`,
`managers`, `people` (who comes and goes), `dispatch` (who takes what next), `calendar`
(what a day and a week begin with).
"""
