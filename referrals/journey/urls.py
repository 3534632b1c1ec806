"""Addresses of the journey. Neutral on purpose: they stay in the browser's history."""

from django.urls import path

app_name = "journey"
urlpatterns: list = []
