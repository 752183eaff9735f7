"""Counting the whole log anew beside the live counters, and putting the result in their place."""
