"""The office's doors to money: counter, day books, refunds, demands, the comparison of all books.

In: forms of signed-in officers.  Out: pages.
"""
