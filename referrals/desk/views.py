"""One request, and what may be done with it. Permission is the query; a refusal is a form error."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

from referrals import audit, triage
from referrals.models import AccessLog, QueueEntry, Transfer
from referrals.triage import Move

from . import forms
from .access import EntryMixin, OfferMixin
from .story import Story


class RequestMixin(EntryMixin):
    """Draws the page of one request; every look at it is recorded before it is drawn."""

    looked_as = AccessLog.Kind.OPENED

    @cached_property
    def offered(self) -> Transfer | None:
        return triage.open_offer(self.entry)

    @cached_property
    def moves(self) -> frozenset[Move]:
        return triage.moves_for(self.entry, by=self.user, roles=self.roles, offer=self.offered)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        audit.looked(self.user, self.looked_as, entry=self.entry, locality=self.entry.locality)
        context = {
            "entry": self.entry,
            "story": Story(self.entry, timezone.now(), is_offered=self.offered is not None),
            "offered": self.offered,
            "can": {str(move): True for move in self.moves},
            "can_change": bool(self.roles & triage.TEAM),
            "several_teams": len(self.teams) > 1,
            "is_mine": self.entry.owner_id == self.user.pk,
            "note_form": forms.NoteForm(),
            "try_form": forms.TryForm(),
            "reveal_form": forms.RevealForm(),
        }
        return super().get_context_data(**{**context, **kwargs})

    def to_request(self) -> HttpResponse:
        """Go to the page of the request; the 404 of every stranger when it is not one's own."""
        return redirect("desk:request", self.entry.referral.reference)


class RequestView(RequestMixin, TemplateView):
    """`/desk/KTB-WQRS-HXE/`"""

    template_name = "referrals/desk/request.html"


class ContactView(RequestMixin, TemplateView):
    """The same page with how to reach the family, after a worker says they have read what is safe. Recorded."""

    template_name = "referrals/desk/request.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.to_request()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = forms.RevealForm(request.POST)
        shown = form.is_valid()
        self.looked_as = AccessLog.Kind.CONTACT if shown else AccessLog.Kind.OPENED
        context = self.get_context_data(reveal_form=form, form=form, revealed=shown)
        return self.render_to_response(context)


class MoveView(EntryMixin, View):
    """A button that makes one move: posted, then back to the request."""

    http_method_names: ClassVar[list[str]] = ["post"]
    done = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.make(self.entry, self.user)
        except triage.NotAllowed as refusal:
            audit.looked(self.user, AccessLog.Kind.REFUSED, entry=self.entry)
            messages.error(request, str(refusal))
        else:
            messages.success(request, self.done)
        return redirect("desk:request", self.entry.referral.reference)

    @staticmethod
    def make(entry: QueueEntry, by: Any) -> object:
        raise NotImplementedError


class ClaimView(MoveView):
    done = "It is yours now"

    @staticmethod
    def make(entry: QueueEntry, by: Any) -> object:
        return triage.claim(entry, by=by)


class ReleaseView(MoveView):
    done = "Given back to the team"

    @staticmethod
    def make(entry: QueueEntry, by: Any) -> object:
        return triage.release(entry, by=by)


class StartContactingView(MoveView):
    done = "The family now reads: we are trying to reach you"

    @staticmethod
    def make(entry: QueueEntry, by: Any) -> object:
        return triage.start_contacting(entry, by=by)


class SpokenView(MoveView):
    done = "The family now reads: we have talked"

    @staticmethod
    def make(entry: QueueEntry, by: Any) -> object:
        return triage.spoken(entry, by=by)


class WithdrawView(MoveView):
    done = "The offer is taken back"

    @staticmethod
    def make(entry: QueueEntry, by: Any) -> object:
        offered = triage.open_offer(entry)
        if offered is None:
            raise triage.NotAllowed("The offer is no longer open")
        return triage.withdraw_offer(offered, by=by)


class EntryFormView(RequestMixin, FormView):
    """A form about one request. What was typed stays when a rule or a colleague says no."""

    done = ""

    def make(self, form: Any) -> object:
        raise NotImplementedError

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            self.make(form)
        except triage.NotAllowed as refusal:
            audit.looked(self.user, AccessLog.Kind.REFUSED, entry=self.entry)
            form.add_error(None, str(refusal))
            # The request as it is now, not as it was when the move was tried.
            for stale in ("entry", "offered", "moves"):
                self.__dict__.pop(stale, None)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return self.to_request()


class NoteView(EntryFormView):
    """Posted from the page of the request, which is drawn again when something is missing."""

    template_name = "referrals/desk/request.html"
    form_class = forms.NoteForm
    done = "Note added"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.to_request()

    def make(self, form: Any) -> object:
        return triage.note(self.entry, by=self.user, text=form.cleaned_data["text"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, note_form=kwargs["form"])


class TryView(EntryFormView):
    """As `NoteView`, for one attempt to reach the family."""

    template_name = "referrals/desk/request.html"
    form_class = forms.TryForm
    done = "Recorded"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.to_request()

    def make(self, form: Any) -> object:
        return triage.record_try(self.entry, by=self.user, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, try_form=kwargs["form"])


class DecideView(EntryFormView):
    template_name = "referrals/desk/form.html"
    form_class = forms.DecideForm
    done = "Saved. The family now reads: we have agreed what happens next"
    extra_context: ClassVar[dict[str, Any]] = {"title": "What happens next", "button": "Save"}

    def make(self, form: Any) -> object:
        return triage.decide(self.entry, by=self.user, words=form.cleaned_data["words"])


class OfferView(EntryFormView):
    template_name = "referrals/desk/form.html"
    form_class = forms.OfferForm
    extra_context: ClassVar[dict[str, Any]] = {
        "title": "Offer to another team",
        "lede": "It stays with you until they accept. Then you see only that it moved.",
        "button": "Offer it",
    }
    done = "Offered. It stays with you until they accept"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "entry": self.entry}

    def make(self, form: Any) -> object:
        return triage.offer(self.entry, by=self.user, **form.cleaned_data)


class AssignView(EntryFormView):
    template_name = "referrals/desk/form.html"
    form_class = forms.AssignForm
    extra_context: ClassVar[dict[str, Any]] = {"title": "Give it to a colleague", "button": "Give it"}
    done = "Given to a colleague"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "entry": self.entry}

    def make(self, form: Any) -> object:
        return triage.assign(self.entry, to=form.cleaned_data["to"], by=self.user)


class CloseView(EntryFormView):
    template_name = "referrals/desk/form.html"
    form_class = forms.CloseForm
    extra_context: ClassVar[dict[str, Any]] = {
        "title": "Close with an outcome",
        "lede": "Closed means closed: nothing can be added afterwards.",
        "button": "Close this request",
    }
    done = "Closed"

    def get_form_kwargs(self) -> dict[str, Any]:
        children = Story(self.entry, timezone.now()).children
        return {**super().get_form_kwargs(), "children": children, "roles": self.roles}

    def make(self, form: Any) -> object:
        as_ = QueueEntry.ClosedAs(form.cleaned_data["as_"])
        return triage.close(self.entry, by=self.user, outcomes=form.outcomes, as_=as_)


class OfferedView(OfferMixin, FormView):
    """An offer to one's own team: the reference, how urgent, from whom and why. Nothing of the family's."""

    template_name = "referrals/desk/offered.html"
    form_class = forms.ReturnForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        audit.looked(self.user, AccessLog.Kind.OPENED, entry=self.offered.entry, locality=self.offered.to)
        can = bool(self.roles_in(self.offered.to_id) & triage.TEAM)
        return super().get_context_data(offered=self.offered, can_change=can, now=timezone.now(), **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        """Return the offer with its reason."""
        try:
            triage.return_(self.offered, by=self.user, reason=form.cleaned_data["reason"])
        except triage.NotAllowed as refusal:
            return self.refused(str(refusal), form)
        messages.success(self.request, f"Returned to the {self.offered.entry.locality.team}")
        return redirect("desk:queue")

    def refused(self, why: str, form: Form) -> HttpResponse:
        audit.looked(self.user, AccessLog.Kind.REFUSED, entry=self.offered.entry)
        form.add_error(None, why)
        return self.form_invalid(form)


class AcceptView(OfferMixin, View):
    """Take over an offered request."""

    http_method_names: ClassVar[list[str]] = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        before = self.accepted_before
        if before:
            who = "You" if before.settled_by == self.user else str(before.settled_by)
            messages.info(request, f"{who} already accepted it")
            return redirect("desk:request", self.kwargs["reference"])
        try:
            arrived = triage.accept(self.offered, by=self.user)
        except triage.NotAllowed as refusal:
            audit.looked(self.user, AccessLog.Kind.REFUSED, entry=self.offered.entry)
            messages.error(request, str(refusal))
            return redirect("desk:queue")
        messages.success(request, "Accepted. It is in your queue now")
        return redirect("desk:request", arrived.referral.reference)
