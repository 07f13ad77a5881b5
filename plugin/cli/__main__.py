"""`python -m plugin.cli` is `sidecue`."""

from plugin.cli import main

if __name__ == "__main__":
    main(prog_name="sidecue")
