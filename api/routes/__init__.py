"""One module a family of routes; each turns a request into a command or a question and nothing more."""
