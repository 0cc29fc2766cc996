"""`python -m bot` is `coalface`."""

from bot.cli import main

if __name__ == "__main__":
    main()
