"""Appeals against what was decided on a permit: to the Tribunal for Local Self Government Institutions, by rule 108.

In: a refusal or a revocation, the appeal's number at the Tribunal.  Out: a case of its own; once the Tribunal has set the decision aside, the
refused case is decided anew, or the revoked permit stands again.
"""
