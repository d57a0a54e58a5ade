"""A firm of one's own: reading a CRM export, cleaning it, estimating from it, and writing a firm file."""
