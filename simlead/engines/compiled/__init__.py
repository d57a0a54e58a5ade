"""Parts of the compiled engine: the event loop of the reference engine over flat memory.

Its modules carry the names of the reference engine's, and so do their functions: read the
two side by side. What differs is how things are kept. There are no objects and no
processes; there are pools of records (`layout`), addressed by slot (`memory`), chained by
links (`lists`), and one calendar of timers (`timers`). A process that waits in the reference
engine is a few fields and a timer here.

Read in this order: `layout`, `memory`, `timers`, `lists`, `firm`, `market`, `pipeline`,
`coaching`, `people`, `reps`, `managers`, `dispatch`, `calendar`, `initial_state`, `event_loop`; then
`workspace`, which sets memory up from Python.
"""
