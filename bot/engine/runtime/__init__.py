"""How the engine runs Rasa: one turn in one request, taken whole or not at all.

| word | meaning |
|---|---|
| turn | one message of a citizen and everything that is answered to it |
| taken | the turn's state and its response are saved; a repeat returns the saved response |
| refused | nothing was saved; the same message may be sent again |
| outcome | what an action reports about its answer: status, aspects, procedures, category, ticket |
| gate | the step that keeps free text inside a form from being read as a new question |
"""
