"""The tour: a scene that plays itself on a demo's screen, with captions whose numbers are read from the system."""
