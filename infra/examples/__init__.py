"""Programs for those who subscribe: to be copied, so they import nothing of fieldtally."""
