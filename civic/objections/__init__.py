"""Objections: any line of an extract can be disputed; the dispute is a case and shows on the line until it is decided.

In: a plot, the line (a theme of the catalogue, or what else its page tells), reason, sketch, evidence.  Out: a case.  What is
upheld is for whoever keeps the layer to mend: the extract itself changes only with a new import or a change of record, and until
then the line says that it was found wrong.
"""
