"""What each process that checks a plan needs, loaded once for all of them: the rules, their book, and the program that serves.

In: nothing; the process from which checks are forked imports it as it begins (`api.plan_work`).  Out: nothing.  Python has each forked process
load the program again by which its parent was started; what is loaded here already costs it no time.
"""

import sys

import api.cli
import api.plan_work
from rules.coverage import catalogue
from rules.reading import library

library()
catalogue()
sys.modules.pop(api.cli.__name__)  # Python warns of a program that is loaded twice; what it has loaded stays
