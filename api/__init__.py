"""The faces: HTTP, live feed, command line; and the one place that wires the rest."""
