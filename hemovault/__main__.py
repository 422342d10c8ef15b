"""`python -m hemovault` is the `hemovault` command."""

from hemovault.cli import main

main()
