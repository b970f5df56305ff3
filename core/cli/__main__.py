"""`python -m core.cli` is `hm3`."""

from core.cli.main import main

if __name__ == "__main__":
    main()
