"""How much a rare word should count, asked of the training sentences themselves.

Weighting by inverse document frequency helps where rare words name the matter ("giấy hẹn", "cống") and harms where they
are names that say nothing about the wish (the cities of a flight). Held-out rows drawn at random cannot tell: nearly
every way of asking is then among the rows trained on. So whole groups of like sentences are held out instead, as if
other people had asked in other words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD

from bot.engine.nlu.features import Vocabulary

CHOICES = (1.0, 0.5, 0.0)
"""Exponents of the inverse document frequency, the one for want of evidence first."""
_FOLDS = 3
_GROUPS = 30  # of the sentences of a label; far fewer hold out so much that the choice hangs on the grouping
_FEWEST = 18  # sentences of a label that are worth grouping
_DIMENSIONS = 50
_LEAST_ROWS = 200  # below, nothing can be told
_MOST_ROWS = 6000  # more tell no more, and take as long as the training itself

Fit = Callable[[csr_matrix, np.ndarray], tuple[np.ndarray, np.ndarray]]


def choose(documents: Sequence[Sequence[str]], labels: np.ndarray, least: int, fit: Fit, seed: int) -> float:
    """The exponent with which most of the sentences in held-out groups are understood.

    Args:
        documents: the features of every training sentence, without noisy copies.
        labels: their labels as numbers.
        least: a feature must occur in so many sentences.
        fit: trains weights and bias on a matrix and its labels.
        seed: of the grouping.
    """
    if len(documents) < _LEAST_ROWS or len(set(labels.tolist())) < 2:
        return CHOICES[0]
    if len(documents) > _MOST_ROWS:
        drawn = np.sort(np.random.default_rng(seed).permutation(len(documents))[:_MOST_ROWS])
        documents, labels = [documents[at] for at in drawn], labels[drawn]
    # Words alone: with characters the choice is the same and takes five times as long.
    words = [[feature for feature in features if feature[0] != "c"] for features in documents]
    folds = _folds(words, labels, seed)
    right = dict.fromkeys(CHOICES, 0)
    for fold in range(_FOLDS):
        learnt, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        present = np.unique(labels[learnt])
        if len(present) < 2 or not len(held):
            continue
        ours, theirs = ([words[at] for at in rows] for rows in (learnt, held))
        numbers = np.searchsorted(present, labels[learnt])
        for exponent in CHOICES:
            vocabulary = Vocabulary.learn(ours, least, exponent)
            weights, bias = fit(vocabulary.matrix(ours), numbers)
            said = present[(np.asarray(vocabulary.matrix(theirs) @ weights) + bias).argmax(axis=1)]
            right[exponent] += int((said == labels[held]).sum())
    return max(CHOICES, key=lambda exponent: right[exponent])


def _folds(documents: list[list[str]], labels: np.ndarray, seed: int) -> np.ndarray:
    """The fold of every sentence: like sentences of one label share it."""
    matrix = Vocabulary.learn(documents, 2).matrix(documents)
    folds = np.zeros(len(labels), dtype=np.int64)
    rng = np.random.default_rng(seed)
    if matrix.shape[1] <= _DIMENSIONS:
        return rng.permutation(len(labels)) % _FOLDS
    points = TruncatedSVD(_DIMENSIONS, random_state=seed).fit_transform(matrix)
    points /= np.linalg.norm(points, axis=1, keepdims=True) + 1e-9
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        if len(rows) < _FEWEST:
            folds[rows] = (rng.permutation(len(rows)) + rng.integers(_FOLDS)) % _FOLDS
        else:
            groups = KMeans(min(_GROUPS, len(rows) // 2), n_init=1, random_state=seed).fit_predict(points[rows])
            folds[rows] = (rng.permutation(_GROUPS) % _FOLDS)[groups]
    return folds
