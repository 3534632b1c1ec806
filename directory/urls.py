"""Addresses of the directory."""

from django.urls import path

from . import suggestions, views

urlpatterns = [
    path("find/", views.find, name="find"),
    path("find/<slug:slug>/", views.service, name="service"),
    path("places/", suggestions.places, name="places"),
    path("whats-on/", views.whats_on, name="whats-on"),
    path("hubs/", views.hubs, name="hubs"),
    path("hubs/<slug:slug>/", views.hub, name="hub"),
    path("hubs/<slug:slug>/timetable/", views.timetable, name="hub-timetable"),
]
