"""The workshop: a group bets on a lever, moves it and sees the simulated outcome.

`levers`, `bets`, `tried` and `session` hold the state in plain Python, and what they know comes from
`simlead.study.growing.experiment`; `view` makes the page's content of
it, as text and numbers; `server` sends that to the browser, where `page.js` draws it and returns what people do.
"""
