"""What a plot can carry: the envelope of one plot, and of many at once."""
