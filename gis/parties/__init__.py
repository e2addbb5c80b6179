"""Who holds what: parties, rights, shares, instruments.  Private by default: no public door imports this package."""
