"""What the user wrote: globals.yml, passwords.yml → Settings and Passwords. Errors carry file and line."""
