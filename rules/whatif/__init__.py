"""What would change it: the smallest change of the facts that flips a recommendation.

`WhatIf` asks the solver over a `Room` of what somebody could change, and decides every change again before it is given
out; `say` puts the answer into words.
"""

from rules.whatif.change import Answer, Change, Changed, Verdict
from rules.whatif.inquiry import Inquiry, WhatIf
from rules.whatif.saying import say

__all__ = ["Answer", "Change", "Changed", "Inquiry", "Verdict", "WhatIf", "say"]
