"""What carriers report of messages: whether they arrived."""
