"""Figures that follow the events: steps by day, so that a report need not read any event."""
