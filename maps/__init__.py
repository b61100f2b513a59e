"""Roads in, layers out, and the control-room screen."""
