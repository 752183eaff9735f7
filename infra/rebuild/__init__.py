"""`fieldtally rebuild`: the log counted anew beside the live counters, compared with them, and put in their place."""
