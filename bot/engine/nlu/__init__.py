"""Understanding inside the engine: graph components named in config.yml, and what they are made of.

| component | does |
|---|---|
| `normaliser.VietnameseTokenizer` | one normal form, syllable tokens with offsets into the raw text |
| `classifier.LinearIntentClassifier` | linear intent classifier on words and characters, trained with generated noise |
| `cues.CueRefiner` | safety words first, then codes, kinds and aspects; corrects the intent where a cue is plain |

Everything here imports Rasa, numpy, scipy, scikit-learn and `bot.text` only.
"""
