"""One file a format; each takes bytes and a Reading, and raises Unread when it must stop."""
