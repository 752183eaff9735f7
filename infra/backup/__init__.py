"""Backup and restore of what cannot be counted anew: the topics that are facts, at the same offsets as they were."""
