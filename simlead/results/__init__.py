"""Results: runs, their tables, the measures computed from them, and the store of every folder."""
