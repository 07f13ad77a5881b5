"""What a text says: named signals, found by phrases in Portuguese and English alike.

The order of the work is the order of the modules: `clean` (what the sender wrote; `quotes`, `cited` and `endings` tell
what was not), `words` and `stream` (the words of it; `spellings` and `misspelt` for those that are spelt otherwise,
`apart` for those whose stem misleads), `automaton` (phrases met), `negation` (phrases denied) with `clauses`,
`turns` and `unmeant`, `reader` (signals). `phrases` is what admins write.
"""

from rules.signals.clean import clean
from rules.signals.language import detect
from rules.signals.phrases import MAX_GAP, Phrase, PhraseInvalid, compile_phrase
from rules.signals.reader import MAX_CHARS, Meant, Reading, SignalReader, SpokenText, meaning

__all__ = [
    "MAX_CHARS",
    "MAX_GAP",
    "Meant",
    "Phrase",
    "PhraseInvalid",
    "Reading",
    "SignalReader",
    "SpokenText",
    "clean",
    "compile_phrase",
    "detect",
    "meaning",
]
