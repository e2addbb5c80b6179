"""The law, pure: dated rules judged on values; nothing here knows a database or HTTP."""
