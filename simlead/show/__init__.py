"""Charts, tables, reports and texts for people; nothing here runs a model."""
