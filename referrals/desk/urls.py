"""Addresses of the desk."""

from django.urls import path

from . import queue, views

app_name = "desk"
urlpatterns = [
    path("", queue.QueueView.as_view(), name="queue"),
    path("search/", queue.SearchView.as_view(), name="search"),
    path("offers/<slug:reference>/", views.OfferedView.as_view(), name="offered"),
    path("offers/<slug:reference>/accept/", views.AcceptView.as_view(), name="accept"),
    path("<slug:reference>/", views.RequestView.as_view(), name="request"),
    path("<slug:reference>/contact/", views.ContactView.as_view(), name="contact"),
    path("<slug:reference>/claim/", views.ClaimView.as_view(), name="claim"),
    path("<slug:reference>/release/", views.ReleaseView.as_view(), name="release"),
    path("<slug:reference>/assign/", views.AssignView.as_view(), name="assign"),
    path("<slug:reference>/contacting/", views.StartContactingView.as_view(), name="start-contacting"),
    path("<slug:reference>/try/", views.TryView.as_view(), name="try"),
    path("<slug:reference>/note/", views.NoteView.as_view(), name="note"),
    path("<slug:reference>/spoken/", views.SpokenView.as_view(), name="spoken"),
    path("<slug:reference>/decide/", views.DecideView.as_view(), name="decide"),
    path("<slug:reference>/offer/", views.OfferView.as_view(), name="offer"),
    path("<slug:reference>/withdraw/", views.WithdrawView.as_view(), name="withdraw-offer"),
    path("<slug:reference>/close/", views.CloseView.as_view(), name="close"),
]
