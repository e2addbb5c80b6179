"""Parcels: dated states under a number, never updated."""
