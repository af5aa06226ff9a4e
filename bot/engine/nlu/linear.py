"""A linear classifier of short texts that knows how sure it is.

One-against-the-rest linear SVMs on word and character n-grams. Their margins become probabilities with one
temperature, fitted on texts that the margins were not trained on (Guo et al. 2017, "On calibration of modern neural
networks"; one parameter cannot overfit a small set).
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.engine.nlu.features import Shape, Vocabulary, extract
from bot.engine.nlu.rarity import choose
from bot.text import normalise
from bot.text.noise import noisy_copies


@dataclass(frozen=True)
class Training:
    """How a model is trained: see the component's defaults for what each means."""

    regularisation: float = 0.3
    noisy_copies: int = 2
    least_documents: int = 3
    held_out: float = 0.2
    seed: int = 20261101
    balance: float = 0.75
    rarity: float | None = None


def _fit(matrix: csr_matrix, labels: np.ndarray, training: Training) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of the labels 0, 1, 2 …, each of which must be there."""
    counts = np.bincount(labels)
    classes = len(counts)
    shares = (len(labels) / (classes * counts)) ** training.balance
    model = LinearSVC(
        C=training.regularisation, class_weight=dict(enumerate(shares)), tol=1e-3, random_state=training.seed
    )
    model.fit(matrix, labels)
    weights, bias = model.coef_, model.intercept_
    if classes == 2:  # scikit-learn gives one row for two classes
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return weights.T.astype(np.float32), bias.astype(np.float32)


def _softmax(margins: np.ndarray) -> np.ndarray:
    shifted = np.exp(margins - margins.max(axis=-1, keepdims=True))
    result: np.ndarray = shifted / shifted.sum(axis=-1, keepdims=True)
    return result


def _temperature(margins: np.ndarray, labels: np.ndarray) -> float:
    def loss(scale: float) -> float:
        chosen = _softmax(margins * scale)[np.arange(len(labels)), labels]
        return float(-np.log(np.clip(chosen, 1e-9, 1.0)).mean())

    return float(minimize_scalar(loss, bounds=(0.5, 30.0), method="bounded").x)


def _held_out(labels: np.ndarray, training: Training) -> np.ndarray:
    """The sentences kept from training while the temperature is fitted; one of every label stays."""
    rng = np.random.default_rng(training.seed)
    held = rng.random(len(labels)) < training.held_out
    for label in set(labels[held].tolist()) - set(labels[~held].tolist()):
        held[np.flatnonzero(labels == label)[0]] = False
    return np.flatnonzero(held)


class LinearModel:
    """Texts in, a probability for every label out."""

    def __init__(
        self,
        labels: list[str],
        vocabulary: Vocabulary,
        weights: np.ndarray,
        bias: np.ndarray,
        scale: float,
        shape: Shape,
    ) -> None:
        """Take a trained model apart or together; use `train` and `load`."""
        self.labels = labels
        self.vocabulary = vocabulary
        self.weights = weights
        self.bias = bias
        self.scale = scale
        self.shape = shape

    @classmethod
    def train(
        cls, texts: Sequence[str], labels: Sequence[str], training: Training, shape: Shape | None = None
    ) -> LinearModel:
        """Learn from texts and their labels, and from noisy copies of the texts."""
        shape = shape or Shape()
        names = sorted(set(labels))
        number = {name: at for at, name in enumerate(names)}
        documents: list[list[str]] = []
        plain: list[int] = []
        rows: list[int] = []
        origin: list[int] = []
        for at, (text, label) in enumerate(zip(texts, labels, strict=True)):
            # Seeded by the text: adding a sentence does not change the noise of the others.
            rng = random.Random(zlib.crc32(text.encode()) ^ training.seed)  # noqa: S311 - not for secrets
            plain.append(len(documents))
            for variant in [text, *noisy_copies(text, rng, training.noisy_copies)]:
                documents.append(extract(normalise(variant).tokens, shape))
                rows.append(number[label])
                origin.append(at)
        y = np.array(rows)
        source = np.array(origin)
        rarity = training.rarity
        if rarity is None:
            sentences, fit = [documents[at] for at in plain], partial(_fit, training=training)
            rarity = choose(sentences, y[plain], training.least_documents, fit, training.seed)
        vocabulary = Vocabulary.learn(documents, training.least_documents, rarity)
        matrix = vocabulary.matrix(documents)
        scale = 4.0
        if len(names) == 1:
            weights, bias = np.zeros((matrix.shape[1], 1), np.float32), np.zeros(1, np.float32)
        else:
            held = np.isin(source, _held_out(y[plain], training))
            if held.any():
                weights, bias = _fit(matrix[~held], y[~held], training)
                scale = _temperature(np.asarray(matrix[held] @ weights) + bias, y[held])
            weights, bias = _fit(matrix, y, training)
        return cls(names, vocabulary, weights, bias, scale, shape)

    def probabilities(self, features: Sequence[str]) -> np.ndarray:
        """The probability of each label, in the order of `labels`."""
        columns, values = self.vocabulary.weigh(features)
        return _softmax((values @ self.weights[columns] + self.bias) * self.scale)

    def save(self, folder: Path) -> None:
        """Write the model as numbers and JSON: nothing in it is executed when it is read."""
        np.savez(
            folder / "linear.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            idf=self.vocabulary.idf,
            block=self.vocabulary.block,
        )
        described = {"labels": self.labels, "scale": self.scale, "shape": asdict(self.shape)}
        described["features"] = sorted(self.vocabulary.index, key=self.vocabulary.index.__getitem__)
        (folder / "linear.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        """Read what `save` wrote."""
        described = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        with np.load(folder / "linear.npz", allow_pickle=False) as arrays:
            index = {feature: at for at, feature in enumerate(described["features"])}
            vocabulary = Vocabulary(index, arrays["idf"], arrays["block"])
            weights, bias = arrays["weights"].astype(np.float32), arrays["bias"]
        return cls(described["labels"], vocabulary, weights, bias, described["scale"], Shape(**described["shape"]))
