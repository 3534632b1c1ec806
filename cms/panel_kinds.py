"""Kinds of panel that Wagtail does not have: rows with a form of their own, and fields that fold away."""

from collections.abc import Callable
from typing import Any

from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import InlinePanel, MultiFieldPanel
from wagtail.admin.panels.base import get_form_for_model


class FormInlinePanel(InlinePanel):
    """An inline panel whose rows have a form of their own, which knows who is editing."""

    def __init__(
        self, *args: Any, row_form: type, rows: type[BaseChildFormSet] = BaseChildFormSet, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.row_form = row_form
        self.rows = rows

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "row_form": self.row_form, "rows": self.rows}

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        rows = options["formsets"][self.relation_name]
        deferred = self.child_edit_handler.get_form_options().get("defer_required_on_fields", [])
        rows["form"] = get_form_for_model(
            self.db_field.related_model, form_class=self.row_form, defer_required_on_fields=deferred
        )
        rows["inherit_kwargs"] = ["for_user"]
        rows["formset"] = self.rows
        return options


class FoldedPanel(MultiFieldPanel):
    """Fields that few need, folded away unless `is_used` says of the bound form that they hold something.

    It is drawn inside another panel. Wagtail's script does the folding, and leaves open what has an error in it.
    """

    def __init__(self, *args: Any, is_used: Callable[[Any], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_used = is_used

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "is_used": self.is_used}

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "cms/admin/folded.html"

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            # Whatever is drawn around a panel writes its heading once more.
            self.heading = ""
            if len(self.children) == 1:
                self.children[0].heading = ""

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            folded = not self.panel.is_used(self.form)
            return {
                **super().get_context_data(parent_context),
                "classname": "collapsed" if folded else "",
            }


def has_rows(relation: str) -> Callable[[Any], bool]:
    """Return a question for `FoldedPanel`: are there rows of `relation`?"""
    return lambda form: bool(form.formsets[relation].forms)
