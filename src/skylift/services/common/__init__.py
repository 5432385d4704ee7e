"""What several services declare alike."""
