"""Runs the model's graph node after node.

Rasa's own runner builds a Dask graph and prunes the schema at every call, three times a turn;
the order never changes, so it is worked out once a target. The nodes and what they do are Rasa's.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

Step = tuple[str, GraphNode, tuple[str, ...]]


class SequentialGraphRunner(GraphRunner):  # type: ignore[misc]  # Rasa carries no types
    """A graph runner without a scheduler."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._plans: dict[tuple[str, ...], list[Step]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> SequentialGraphRunner:
        """Make every node of a schema; components load themselves from the storage."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets.

        Raises:
            GraphRunError: a node needs what neither a node nor an input gives.
        """
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        results = dict(inputs or {})
        for name, node, parents in self._plans[wanted]:
            try:
                _, results[name] = node(*((parent, results[parent]) for parent in parents))
            except KeyError as error:
                if error.args and error.args[0] in parents:
                    raise GraphRunError(f"node {name} needs {error.args[0]}, which nothing gives") from error
                raise
        return {target: results[target] for target in wanted}

    def _plan(self, targets: tuple[str, ...]) -> list[Step]:
        steps: dict[str, Step] = {}

        def visit(name: str) -> None:
            if name in steps or name not in self._nodes:  # an input of the call
                return
            parents = tuple(self._schema.nodes[name].needs.values())
            for parent in parents:
                visit(parent)
            steps[name] = (name, self._nodes[name], parents)

        for target in targets:
            visit(target)
        return list(steps.values())
