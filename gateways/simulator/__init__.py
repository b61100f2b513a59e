"""A made-up force that drives on the network and reports as real radios do; seeded, so that it can run again."""
