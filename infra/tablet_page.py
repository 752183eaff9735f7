"""A page with an invitation, to be printed or shown: the code, its QR code, what it is for. One file, no network."""

from __future__ import annotations

import html

import segno

from schemas.codes import ORGANISATIONS
from schemas.gateway import Invited
from schemas.places import load

PAGE = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mã mời máy bảng</title>
<style>body{{font:1.2rem/1.5 system-ui,sans-serif;margin:2rem;text-align:center}}
strong{{font:700 2.6rem ui-monospace,monospace;display:block}}svg{{width:16rem;height:16rem}}
small{{color:#444;display:block}}</style>
<h1>Mã mời máy bảng<small lang="en">Invitation of a tablet</small></h1>
{qr}
<strong>{code}</strong>
<p>{organisation}<br>{units}</p>
<p>Dùng một lần, đến {until}<small lang="en">For one tablet, until {until} (UTC)</small></p>
</html>
"""


def text(code: str, target: str, invited: Invited) -> str:
    """The page; `target` is what the QR code says."""
    known = load().units
    names = (f"{known[unit].name} ({unit})" if unit in known else unit for unit in invited.units)
    return PAGE.format(
        qr=segno.make(target, error="m").svg_inline(scale=4), code=html.escape(code),
        organisation=html.escape(ORGANISATIONS[invited.organisation].vi), units="<br>".join(map(html.escape, names)),
        until=f"{invited.expires:%d/%m/%Y %H:%M}",
    )  # fmt: skip
