"""The command line: parse, call a use case, choose a view. The only package that knows a terminal."""
