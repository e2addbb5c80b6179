"""The ground that plots share with areas: measured for whole towns at once, kept as facts, made fresh where something has changed."""
