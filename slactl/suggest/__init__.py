"""The room of the cheapest repair: what to change so that a promise is supported."""
