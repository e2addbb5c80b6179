"""Drawing: what the map shows, cut into tiles."""
