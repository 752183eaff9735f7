"""The live board: a page for those without Grafana. It reads what is published, keeps nothing, and changes nothing."""
