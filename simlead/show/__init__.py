"""How we tell: charts and tables for people."""
