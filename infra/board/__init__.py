"""The live board: pages for those without Grafana. It reads what is published and keeps nothing.

What an operator orders about rejected events it hands to `producers/office`.
"""
