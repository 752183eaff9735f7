"""Exports of existing forms (ODK Central, KoboToolbox, any table) become events: once each, corrected when they change.

    sheet (file) -> reading (mapping) -> plan (register of records) -> run (register, then publish)
"""
