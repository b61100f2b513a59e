"""Roads as arrays, and the searches over them; knows nothing of police."""
