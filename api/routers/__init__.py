"""Addresses for programs, one module a subject."""
