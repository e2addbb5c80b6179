"""Objections: any line of an extract can be disputed; the dispute is a case and shows on the line until it is decided.

In: a plot, the line (a theme of the catalogue, or a fact of the record), reason, sketch, evidence.  Out: a case.  What is
upheld is for whoever keeps the layer to mend: the extract itself changes only with a new import or a change of record.
"""
