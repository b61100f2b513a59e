"""The rules, a page a subject: a command and the state give the entries to journal, or a refusal."""
