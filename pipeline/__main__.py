"""`python -m pipeline` is `pactwatch`."""

from pipeline.cli import main

main()
