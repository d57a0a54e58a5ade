"""Results that grow while people look at them: matched pairs first, then the answer over worlds."""
