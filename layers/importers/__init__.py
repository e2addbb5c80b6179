"""Bringing files in: read, checked, mended or refused feature by feature, then swapped in whole."""
