"""What was attained: readings from backends against targets, in the windows that were promised."""
