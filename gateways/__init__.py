"""Radio and GPS hardware on one side, the broker on the other."""
