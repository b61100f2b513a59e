"""Successive fixes to the arcs driven: a hidden Markov model over places on arcs (Newson and Krumm 2009)."""
