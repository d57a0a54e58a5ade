"""The workshop: a room of sales managers bets, moves a lever, and sees what comes of it.

What is known and decided stands in plain Python (`levers`, `experiment`, `bets`, `session`);
`view` says what is to be seen of it, as text and numbers; `app` alone knows Panel and the
browser, where `page.js` draws what `view` says and sends back what people do.
"""
