"""Plans are measured, not believed: bytes of a drawing in, frozen measured values and named problems out."""
