"""Commands by topic; the command line puts them together."""
