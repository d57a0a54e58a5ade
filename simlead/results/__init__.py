"""What happened: runs, their tables and the measures computed from them."""
