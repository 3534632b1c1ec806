"""Addresses of the journey. Neutral on purpose: they stay in the browser's history."""

from django.urls import path

from . import ends, views

app_name = "journey"
urlpatterns = [
    path("", views.StartView.as_view(), name="start"),
    path("before/", views.BeforeView.as_view(), name="before"),
    path("q/<int:number>/", views.StepView.as_view(), name="step"),
    path("q/<int:number>/<int:key>/", views.ItemView.as_view(), name="item"),
    path("q/<int:number>/<int:key>/remove/", views.RemoveView.as_view(), name="remove"),
    path("p/<int:number>/", ends.EndView.as_view(), name="end"),
    path("check/", views.CheckView.as_view(), name="check"),
    path("sent/", views.SentView.as_view(), name="sent"),
    path("again/", views.AgainView.as_view(), name="again"),
    path("exit/", views.exit_now, name="exit"),
]
