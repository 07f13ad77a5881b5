"""One durable-rules ruleset, used only in the ways that were proved safe.

durable-rules 2.0.28 is fast and exact inside an envelope, and crashes, hangs or answers wrongly outside it. Here is
the one place that calls it:

- the C module itself: the package's own Host starts threads that run actions too;
- one session name; warmed up once, so that deleting the session after each evaluation is safe (a session that never
  ran an action has uninitialised memory in it, and a name that is used again gets the same memory again);
- facts are asserted, actions drained, the session deleted whatever happened; never abandoned;
- a fact is retracted in one case only, the one that was proved safe: it is the session's only fact, every rule of the
  page looks at one fact, and everything is drained. The session may then live on, and need not be built again;
- a page holds at most 60 rules, refused before the engine sees them: a ruleset that fails to build leaks;
- an activation's name is cut out of its text: parsing the text would cost many times the evaluation.

A page is not thread-safe: two threads in one ruleset crash the process. Its owner holds a lock.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import durable_rules_engine as durable

from rules.engine.names import SESSION, WARM, WARM_ID, WIDE_ID
from rules.errors import EngineFailed

MAX_RULES: Final = 60
MAX_DEFINITION: Final = 4_000_000
"""Longest definition in bytes that is handed over."""
_SESSION_UNKNOWN: Final = "309"
_DUPLICATE: Final = 2
_RETRACTED: Final = f'{{"sid":"{SESSION}","id":"{WIDE_ID}"}}'

_numbers = itertools.count()
_text = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


class Page:
    """A live ruleset of at most 60 rules, each under a name of [A-Za-z0-9_]."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        if len(rules) > MAX_RULES:
            raise EngineFailed(f"{len(rules)} rules do not fit one engine page of {MAX_RULES}: split them")
        definition = _text({**rules, WARM: {"all": [{"m": {WARM: 1}}]}})
        if len(definition) > MAX_DEFINITION:
            raise EngineFailed(f"an engine page of {len(definition)} bytes is too large: split the conditions")
        self._handle: int | None = None
        try:
            self._handle = durable.create_ruleset(f"sidecue{next(_numbers)}", definition)
        except Exception as error:
            raise EngineFailed(f"durable-rules refused a page of {len(rules)} rules: {error}") from error
        warmed = self.run([f'{{"sid":"{SESSION}","id":"{WARM_ID}","{WARM}":1}}'])
        if len(warmed) != 1 or not warmed[0].startswith(f'{{"{WARM}"'):
            self.close()
            raise EngineFailed("durable-rules did not run its warm-up rule: this build of it cannot be used")

    def ask(self, fact: str, *, keep: bool) -> list[str]:
        """Return the name of the rule of each activation of `fact`, whose id is WIDE_ID, in a session of its own.

        Only for pages whose rules look at one fact each. With `keep` it is retracted and the session kept, for whoever
        asks again and again: a session costs more to build than to use, and about 11 KB of memory per rule.
        """
        handle = self._handle
        if handle is None:
            raise EngineFailed("this engine page is closed")
        try:
            result, state = durable.assert_fact(handle, fact)
            if result == _DUPLICATE:
                raise EngineFailed("a fact was left behind in the engine's session")  # noqa: TRY301 - cleaned up below
            fired: list[str] = []
            activation = durable.start_action_for_state(handle, state)
            if activation is not None:
                following = durable.complete_and_start_action
                text = activation[1]
                while text is not None:
                    fired.append(text[2 : text.index('"', 2)])
                    text = following(handle, state)
            if keep:
                durable.retract_fact(handle, _RETRACTED)
            else:
                self._clean(handle)
        except BaseException as error:
            self._clean(handle)
            if isinstance(error, EngineFailed) or not isinstance(error, Exception):
                raise
            raise EngineFailed(f"durable-rules broke off an evaluation: {error}") from error
        return fired

    def run(self, facts: Iterable[str]) -> list[str]:
        """Return one text per activation of the session in which `facts` are asserted, in this order.

        A fact is an ASCII JSON object with `sid`, an `id` of its own, and whole numbers else. The fact that the first
        pattern of the joins looks for comes last. The page is clean again afterwards, whatever was raised.
        """
        handle = self._handle
        if handle is None:
            raise EngineFailed("this engine page is closed")
        try:
            return self._session(handle, facts)
        except EngineFailed:
            raise
        except Exception as error:
            raise EngineFailed(f"durable-rules broke off an evaluation: {error}") from error
        finally:
            self._clean(handle)

    @staticmethod
    def _session(handle: int, facts: Iterable[str]) -> list[str]:
        state = None
        for fact in facts:
            # The other results (matched, matched nothing) say nothing about whether there is something to run.
            result, state = durable.assert_fact(handle, fact)
            if result == _DUPLICATE:
                raise EngineFailed("two facts of one evaluation share an id")
        fired: list[str] = []
        activation = None if state is None else durable.start_action_for_state(handle, state)
        if activation is not None:
            following = durable.complete_and_start_action
            text = activation[1]
            while text is not None:
                fired.append(text)
                text = following(handle, state)
        return fired

    def _clean(self, handle: int) -> None:
        try:
            durable.delete_state(handle, SESSION)
        except Exception as error:
            if _SESSION_UNKNOWN not in str(error):  # nothing was asserted: nothing is left
                raise EngineFailed(f"durable-rules could not end its session: {error}") from error

    def close(self) -> None:
        """Free the ruleset. Closing twice does nothing."""
        if self._handle is not None:
            durable.delete_ruleset(self._handle)
            self._handle = None


def fired_name(activation: str) -> str:
    """Return the name of the rule that an activation is of: it stands between the first two quotes."""
    return activation[2 : activation.index('"', 2)]
