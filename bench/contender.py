"""Stock Rasa's side of `python -m bench --understanding`, run by the engine's own interpreter.

    python -m bench.contender train CONFIG NLU FOLDER
    python -m bench.contender parse MODEL < texts, one JSON string a line

Nothing of the product is loaded: what is measured is Rasa as it comes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time


def train(config: str, sentences: str, folder: str) -> None:
    """Train the understanding alone and print the path of the model."""
    from rasa.model_training import train_nlu

    print(train_nlu(config, sentences, folder, fixed_model_name="model"))


def parse(model: str) -> None:
    """Understand every line of the standard input; the time of each is that of Rasa's own parser, nothing else."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)

    async def understand_all() -> None:
        for line in sys.stdin:
            text = json.loads(line)
            before = time.perf_counter()
            parsed = await agent.parse_message(text)
            spent = (time.perf_counter() - before) * 1000
            print(json.dumps({"intent": parsed["intent"]["name"], "ms": spent}), flush=False)

    asyncio.run(understand_all())


if __name__ == "__main__":
    {"train": train, "parse": parse}[sys.argv[1]](*sys.argv[2:])
