"""Many plots at once, as rules see them."""
