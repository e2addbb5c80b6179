"""Documents of a case: uploaded in parts, checked, kept in versions, full and published.

In: bytes that a person sends, in pieces that may be interrupted.  Out: files in a store and rows that tell of them; who may
read which.
"""
