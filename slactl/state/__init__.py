"""What was applied: resources, agreements, intents, history and the lock, behind one interface."""
