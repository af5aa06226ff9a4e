"""A storm alone: `python -m bench.storm` (what `python -m bench --storm` runs)."""

from __future__ import annotations

from bench.storm.run import main

if __name__ == "__main__":
    main()
