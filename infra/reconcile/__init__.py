"""Reconciliation: log, ledger, live totals and gauges compared with each other while events flow."""
