"""Walk a plan: one handler an operation, independent operations side by side. Never imports the planner."""
