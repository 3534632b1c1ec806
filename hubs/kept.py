"""Answers kept in a process's memory for some seconds, for what every page asks and few change."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

FOR_S = 10
MOST = 100


class Kept(Generic[Key, Value]):
    """Answers by key, none older than `for_s` seconds.

    Every process keeps its own. The one that saves what they come from forgets them at once, see `forget_with`; the
    others look again soon.
    """

    everything: "list[Kept[Any, Any]]" = []

    def __init__(self, *, for_s: float = FOR_S, most: int = MOST) -> None:
        self._for_s, self._most = for_s, most
        self._answers: dict[Key, tuple[float, Value]] = {}
        Kept.everything.append(self)

    def get(self, key: Key, ask: Callable[[], Value]) -> Value:
        """Return what is kept for a key; when there is nothing or it is too old, what `ask` returns."""
        until, answer = self._answers.get(key, (0.0, None))
        if until >= monotonic():
            return answer  # type: ignore[return-value]
        fresh = ask()
        if len(self._answers) >= self._most:
            self._answers.clear()
        self._answers[key] = (monotonic() + self._for_s, fresh)
        return fresh

    def forget(self, **signal: Any) -> None:
        """Ask again, whatever is kept. May be called as the receiver of a signal."""
        self._answers.clear()

    def forget_with(self, *models: type[Model]) -> None:
        """Forget whenever a row of one of the models is saved or deleted by this process."""
        for model in models:
            for signal in (post_save, post_delete):
                signal.connect(self.forget, sender=model, dispatch_uid=(id(self), model))
