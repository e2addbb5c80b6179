"""Studies of reforms: what a change of the rules that is thought of would do in a local body, asked for by its office and reckoned by a worker."""
