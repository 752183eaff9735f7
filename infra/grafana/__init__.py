"""Grafana's dashboards as code: what each panel shows is data; the JSON files are made from it and committed."""
