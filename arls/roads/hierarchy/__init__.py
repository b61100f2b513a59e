"""The customizable contraction hierarchy: the same answers as `search`, for all units at once, sooner.

Read in this order: `elimination` and `order` (once a network), `customise` (once for weights), `climb` (what labels
are), `arrival` and `departures` (the labels of a goal and of units, and their ranking), `sweep`
(everywhere at once), `nearing` (the ways themselves).
"""
