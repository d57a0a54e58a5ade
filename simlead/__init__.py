"""simlead simulates how sales leadership works, event by event."""
