"""`python -m infra.cli` is `fieldtally`."""

from infra.cli import main

main()
