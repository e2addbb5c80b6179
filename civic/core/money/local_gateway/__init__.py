"""A payment gateway for demonstration and tests that behaves like Razorpay: same calls, same signatures, same bad habits.

In: orders, a payer's clicks, commands (delay, repeat, turn round or lose webhooks, answer nothing).  Out: payments, refunds and
signed webhooks, over HTTP of its own.  No real money is near it: it serves the loopback only.
"""
