"""`python -m core`: the command line."""

from core.commands.main import main

if __name__ == "__main__":
    main(prog_name="python -m core")
