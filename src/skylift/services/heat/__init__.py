"""Heat: stacks made from templates."""
