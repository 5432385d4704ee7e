"""One file for each command. They import use cases only when they are called, so that ``--help`` is quick."""
