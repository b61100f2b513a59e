"""Packs: what is each force's own, as TOML files; read, adopted through the journal, and in force at an instant."""
