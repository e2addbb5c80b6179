"""The building permit, from a plot to a decision, and on to occupancy.

In: a matter on a plot, its drawing, two consents, a fee.  Out: a case whose drawing is checked against the book on the server;
a permit at once where the law lets the licensee certify, an officer's decision clause by clause where it does not.
"""
