"""The customizable contraction hierarchy: the same answers as `search`, for all units at once, sooner.

Read in this order: `elimination` and `order` (once a network), `customise` (once for weights), `climb` (what labels
are), `arrival` and `departures` (the labels of a goal and of units), `racks` (where those of units lie), `meeting` (how
everybody is ranked), `sweep` (everywhere at once), `nearing` (the ways themselves).
"""
