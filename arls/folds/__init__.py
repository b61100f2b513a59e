"""What events mean, a page a subject: folding moves the state on and never decides."""
