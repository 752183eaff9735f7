"""The demo: a season through a whole installation of its own, killed on the way, and checked counter by counter."""
