"""Use cases: what the command line and the web page call. Each reads as a list of phases."""
