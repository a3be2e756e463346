"""`python -m slactl`."""

from slactl.cli.main import run

if __name__ == "__main__":
    run()
