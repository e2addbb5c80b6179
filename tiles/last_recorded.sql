-- When anything of a place was last recorded.
SELECT max(instant) FROM recording WHERE jurisdiction = :jurisdiction
