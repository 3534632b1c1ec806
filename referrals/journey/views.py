"""The pages of the journey: thin, since the route decides where and the forms decide what."""

import secrets
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from hubs import authorities
from hubs.areas import How
from hubs.models import Council
from hubs.postcodes import PostcodeError
from referrals import clock, drafts, routing, submission
from referrals.models import Referral

from . import cookie, recap
from .route import Route, Step
from .step_form import StepForm
from .steps import BY_NUMBER, BY_SLUG, ENDS, PARTS, STEPS, route_of

FIRST = STEPS[0]
KEYS = 9_000
"""How many keys a repeated answer may have. Random, so that an old page cannot remove the wrong child."""


class DraftMixin:
    """Gives a view the draft of this browser and the route of its answers."""

    request: HttpRequest

    @cached_property
    def draft(self) -> drafts.OpenDraft | None:
        secret = cookie.secret_of(self.request)
        return drafts.read(secret) if secret else None

    @cached_property
    def route(self) -> Route:
        return route_of(self.draft.answers if self.draft else {})

    def has_lost(self, step: Step | None) -> bool:
        """Say whether answers are gone that led to `step`, or to the page after the last one (None)."""
        if self.draft and self.draft.sent:
            return False
        return not self.route.may_visit(step) if step else bool(self.route.next)

    def team(self) -> routing.Destination | None:
        """Return where the request would go now; None as long as that is not known."""
        kept: dict[str, Any] = self.route.kept
        where, town = kept.get("where"), kept.get("town")
        if not where or (where["home"] != "postcode" and not town):
            return None
        try:
            return routing.destination(where, town, kept.get("pass-on"))
        except (routing.OutOfArea, PostcodeError, *routing.NOT_A_PLACE):
            return None

    def site(self) -> str:
        """Return the slug of the council whose site this is; "" on a site of several councils."""
        council_id = self.request.site_council_id()  # type: ignore[attr-defined]
        councils = Council.objects.filter(pk=council_id) if council_id else Council.objects.all()
        slugs = list(councils.values_list("slug", flat=True)[:2])
        return slugs[0] if len(slugs) == 1 else ""


def address_of(step: Step) -> str:
    return reverse("journey:step", args=[step.number])


def onward(route: Route) -> str:
    """Return the address of what comes next: advice that ends the journey, a question, or the check page."""
    if route.end:
        return reverse("journey:end", args=[route.end.number])
    return address_of(route.next) if route.next else reverse("journey:check")


@method_decorator(never_cache, name="dispatch")
class JourneyPage(DraftMixin, TemplateView):
    """A page of the journey that asks nothing."""


class StartView(JourneyPage):
    """What asking for help is, who reads it and when. Says nothing of any draft."""

    template_name = "referrals/journey/start.html"


class BeforeView(JourneyPage):
    """How to leave quickly, before the first page that has the button. Going on from here begins anew."""

    template_name = "referrals/journey/before.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Shred what was begun in this browser: whoever starts may not be the one who wrote it."""
        response = redirect(address_of(FIRST))
        if secret := cookie.secret_of(request):
            drafts.discard(secret)
            cookie.take_back(response, request)
        return response


class AgainView(JourneyPage):
    """A draft is gone. What was typed last is kept if there was anything."""

    template_name = "referrals/journey/again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = self.draft is not None and not self.draft.sent
        return super().get_context_data(kept=kept, onward=onward(self.route) if kept else "", **kwargs)


@method_decorator(never_cache, name="dispatch")
class StepView(DraftMixin, View):
    """`/help/q/<n>/`: one question."""

    key: int | None = None

    @cached_property
    def step(self) -> Step:
        step = BY_NUMBER.get(self.kwargs["number"])
        if step is None:
            raise Http404
        return step

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        astray = self._astray()
        if astray:
            return redirect(astray)
        return self.page(self.form(initial=self.initial()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.draft and self.draft.sent and self.step != FIRST:
            return redirect("journey:sent")
        form = self.form(request.POST)
        if not form.is_valid() or form.wonders:
            return self.page(form)
        return self.keep(form)

    def _astray(self) -> str:
        """Return where to go instead, or "" when this page may be shown."""
        if self.step == FIRST and (self.draft is None or self.draft.sent):
            return ""
        if self.draft is None:
            return reverse("journey:again")
        if self.draft.sent:
            return reverse("journey:sent")
        if self.route.may_visit(self.step):
            return ""
        return onward(self.route)

    def initial(self) -> dict[str, Any] | None:
        """Return the answer given before. A repeating step asks for one more."""
        answer = self.route.answers.get(self.step.slug)
        return answer if isinstance(answer, dict) and not (self.draft and self.draft.sent) else None

    def form(self, *args: Any, **options: Any) -> StepForm:
        answers = self.route.kept_before(self.step)
        if self.step.repeats:
            answers[self.step.slug] = self.route.answers.get(self.step.slug, [])
        if self.step.slug in {"where", "town"}:
            options["site"] = self.site()
        return self.step.form(*args, answers=answers, **options)

    def keep(self, form: StepForm) -> HttpResponse:
        """Keep the answer and go on. Without a draft it begins a new one, so that nothing typed is lost."""
        if self.step.slug == "more-children" and form.answer()["another"] == "yes":
            return redirect(address_of(BY_SLUG["children"]))
        if self.draft and not self.draft.sent:
            draft = drafts.change(self.draft.secret, lambda answers: self.merged(answers, form))
            if draft:
                return self.go_on(draft)
        draft = drafts.start(self.merged({}, form))
        go_to = onward(route_of(draft.answers)) if self.step == FIRST else reverse("journey:again")
        response = redirect(go_to)
        cookie.give(response, self.request, draft.secret)
        return response

    def merged(self, answers: dict[str, Any], form: StepForm) -> dict[str, Any]:
        """Return the answers with this one in place."""
        slug, answer = self.step.slug, form.answer()
        if answer == {"pass_on": "no"} and "where" in answers:
            # There is no reason left to hold on to the address.
            return _without(answers, slug) | {"where": answers["where"] | {"postcode": "", "site": ""}}
        if not self.step.repeats:
            stale = self.step.resets if answers.get(slug) != answer else ()
            return _without(answers, *stale) | {slug: answer}
        items = list(answers.get(slug, []))
        keys = [item["key"] for item in items]
        if self.key in keys:
            items[keys.index(self.key)] = answer | {"key": self.key}
            return answers | {slug: items}
        items.append(answer | {"key": _new_key(keys)})
        return {name: kept for name, kept in answers.items() if name != f"more-{slug}"} | {slug: items}

    def go_on(self, draft: drafts.OpenDraft) -> HttpResponse:
        if draft.sent:
            return redirect("journey:sent")
        return redirect(onward(route_of(draft.answers)))

    def page(self, form: StepForm, status: int = 200, **context: Any) -> HttpResponse:
        templates = [
            f"referrals/journey/step_{self.step.slug.replace('-', '_')}.html",
            "referrals/journey/step.html",
        ]
        return render(
            self.request,
            templates,
            {
                "form": form,
                "step": self.step,
                "part": self.step.part,
                "parts": len(PARTS),
                "part_name": PARTS[self.step.part - 1],
                "back_url": self.back(),
                "asking_for": _said(self.route, "who", "asking_for"),
                "way": _said(self.route, "way", "way"),
                "to": self.team() if self.step.slug == "story" else None,
                "children": _children(self.route, self.step),
                "adds_another": self.key is None
                and self.step.repeats
                and self.step.slug in self.route.answers,
                **context,
            },
            status=status,
        )

    def back(self) -> str:
        if self.draft and not self.draft.sent and self.step in self.route.asked:
            if self.step.repeats and self.route.answers.get(self.step.slug):
                return address_of(BY_SLUG[f"more-{self.step.slug}"])
            before = self.route.before(self.step)
            while before and before.repeats:
                before = self.route.before(before)
            # From the page before the first question one begins anew.
            return address_of(before) if before else ""
        return reverse("journey:before")


def _new_key(taken: list[int]) -> int:
    while True:
        key = 1_000 + secrets.randbelow(KEYS)
        if key not in taken:
            return key


def _said(route: Route, slug: str, field: str) -> str:
    answer = route.kept.get(slug)
    return str(answer.get(field, "")) if isinstance(answer, dict) else ""


def _children(route: Route, step: Step) -> list[dict[str, Any]]:
    """Return the children told of so far, for the page that lists them."""
    if step.slug != "more-children":
        return []
    repeated: Any = route.kept.get("children", [])
    number = BY_SLUG["children"].number
    return [
        {
            "words": recap.child_in_words(child),
            "change_url": reverse("journey:item", args=[number, child["key"]]),
            "remove_url": reverse("journey:remove", args=[number, child["key"]]),
        }
        for child in repeated
    ]


class ItemView(StepView):
    """`/help/q/<n>/<key>/`: change one answer of a repeating step."""

    @cached_property
    def key(self) -> int:  # type: ignore[override]
        return self.kwargs["key"]

    @property
    def item(self) -> dict[str, Any] | None:
        items: Any = self.route.answers.get(self.step.slug, [])
        return next((item for item in items if item["key"] == self.key), None) if self.step.repeats else None

    def _astray(self) -> str:
        return super()._astray() or ("" if self.item else onward(self.route))

    def initial(self) -> dict[str, Any] | None:
        return self.item


class RemoveView(ItemView):
    """`/help/q/<n>/<key>/remove/`: take one answer of a repeating step away again, after asking."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        astray = self._astray()
        if astray or self.item is None:
            return redirect(astray or onward(self.route))
        context = {"words": recap.child_in_words(self.item), "back_url": self._list()}
        return render(request, "referrals/journey/remove.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.draft is None:
            return redirect("journey:again")
        draft = drafts.change(self.draft.secret, self.without)
        if draft and not draft.sent and draft.answers.get(self.step.slug):
            return redirect(self._list())
        return self.go_on(draft) if draft else redirect("journey:again")

    def without(self, answers: dict[str, Any]) -> dict[str, Any]:
        slug = self.step.slug
        left = [item for item in answers.get(slug, []) if item["key"] != self.key]
        others = {name: kept for name, kept in answers.items() if name != slug}
        return others | ({slug: left} if left else {})

    def _list(self) -> str:
        return address_of(BY_SLUG[f"more-{self.step.slug}"])


@method_decorator(never_cache, name="dispatch")
class CheckView(DraftMixin, View):
    """`/help/check/`: everything that was said, and the button that sends it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.draft is None:
            return redirect("journey:again")
        if self.draft.sent:
            return redirect("journey:sent")
        if self.route.end or self.route.next:
            return redirect(onward(self.route))
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.draft is None:
            return redirect("journey:again")
        if self.draft.sent:
            return redirect("journey:sent")
        if self.route.end or self.route.next:
            return redirect(onward(self.route))
        return self.send(self.draft)

    def send(self, draft: drafts.OpenDraft) -> HttpResponse:
        try:
            referral = submission.send(draft.answers, submission_key=draft.id)
        except submission.OutOfArea:
            return redirect("journey:end", number=_end("elsewhere"))
        except (PostcodeError, *routing.NOT_A_PLACE):
            # The place was known when it was typed and is not now: ask for it again.
            drafts.change(draft.secret, lambda answers: _without(answers, "where", "town"))
            return redirect(address_of(BY_SLUG["where"]))
        drafts.settle(draft.secret, receipt_for(referral, draft.answers))
        response = redirect("journey:sent")
        cookie.give(response, self.request, draft.secret, sent=True)
        return response

    def page(self) -> HttpResponse:
        last = self.route.asked[-1]
        return render(
            self.request,
            "referrals/journey/check.html",
            {
                "sections": recap.sections(self.route),
                "to": self.team(),
                "way": _said(self.route, "way", "way"),
                "back_url": address_of(last),
            },
        )


def _end(slug: str) -> int:
    return next(end.number for end in ENDS if end.slug == slug)


def _without(answers: dict[str, Any], *slugs: str) -> dict[str, Any]:
    return {slug: answer for slug, answer in answers.items() if slug not in slugs}


def receipt_for(referral: Referral, answers: dict[str, Any]) -> dict[str, Any]:
    """Return what the last page shows: nothing that says who asked or why."""
    entry = referral.entries.select_related("locality__council").earliest("arrived_at")
    to_pass_on = referral.routed_how == How.OUT_OF_AREA
    return {
        "reference": referral.reference,
        "team": entry.locality.team,
        "council": entry.locality.council_id,
        "promised": referral.promised_at.isoformat() if referral.promised_at else "",
        "urgency": referral.urgency,
        "way": answers["way"]["way"],
        "young": answers["who"]["asking_for"] == "myself",
        "to_pass_on": to_pass_on,
        "elsewhere": answers["where"].get("elsewhere", "") if to_pass_on else "",
    }


class SentView(JourneyPage):
    """`/help/sent/`: the receipt, shown as long as the browser holds the cookie."""

    template_name = "referrals/journey/sent.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.draft is None:
            return redirect("journey:again")
        if not self.draft.sent:
            return redirect(onward(self.route))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receipt = (self.draft and self.draft.receipt) or {}
        promised = parse_datetime(receipt["promised"])
        return super().get_context_data(
            receipt=receipt,
            promised=f"by {clock.in_words(promised)}" if promised else "",
            council_id=receipt["council"],
            council=Council.objects.filter(pk=receipt["council"]).first(),
            serves=authorities.authority(receipt.get("elsewhere", "")),
            **kwargs,
        )


def exit_now(request: HttpRequest) -> HttpResponse:
    """`/help/exit/`: shred the draft of this browser and go somewhere that nobody would ask about.

    Plain links must work, so GET changes something here. Another site may send people to it, but not so that it
    destroys what they wrote.
    """
    response = HttpResponseRedirect(settings.EXIT_URL, status=303)
    response["Cache-Control"] = "no-store"
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return response
    secret = cookie.secret_of(request)
    if secret:
        drafts.discard(secret)
    cookie.take_back(response, request)
    return response


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """Show a question again, with everything that was typed, after its form could not be trusted.

    Cookies are lost when a phone runs out of room or a browser starts again, and taken back when asking is begun anew
    or left in another window. Nothing is kept until the button is pressed once more. None when the form came from
    elsewhere, or was no question.
    """
    match = request.resolver_match
    if match is None or not _is_ours(request):
        return None
    if match.view_name == "journey:before":
        return render(request, BeforeView.template_name, {"untrusted": True}, status=403)
    if match.view_name in {"journey:check", "journey:remove"}:
        return _tell_of_loss(request)
    if match.view_name not in {"journey:step", "journey:item"}:
        return None
    view = (StepView if match.view_name == "journey:step" else ItemView)()
    view.setup(request, **match.kwargs)
    return view.page(view.form(request.POST), status=403, untrusted=True, lost=view.has_lost(view.step))


def _tell_of_loss(request: HttpRequest) -> HttpResponse | None:
    """Say that there is nothing left to send or to change. None when it is all there."""
    view = CheckView()
    view.setup(request)
    return render(request, AgainView.template_name, status=403) if view.has_lost(None) else None


def _is_ours(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    return origin in (None, f"{request.scheme}://{request.get_host()}")
