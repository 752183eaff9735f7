"""Gauges: from the topics of totals and rejects to one Prometheus page of today's communes and of the pipeline."""
