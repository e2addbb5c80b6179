"""Know your land: everything recorded about a plot, theme by theme, with law, measure, date and source."""
