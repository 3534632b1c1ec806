"""Addresses of the directory."""

from django.urls import path

urlpatterns: list = []
