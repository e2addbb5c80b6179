"""Messages: what people are told, by e-mail, SMS or WhatsApp, in their language.

In: `tell`, in the transaction of what is told.  Out: rows of an outbox, sent by the worker, with every try on record.
"""
