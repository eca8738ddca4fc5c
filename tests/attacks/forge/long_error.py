# Errors of four megabytes, on the exercise's own connection, where nothing of ours has cut them.
# verdict: make_dictionary error, others passed
# %%
from autograder.subjects import actor

_reply = actor.Actor.reply
_ERROR = {"type": "E", "message": " (<" * 10**6, "line": "x" * 10**6, "number": 10**4000}


def reply(self, request):
    if getattr(self._answer, "__name__", "") == "make_dictionary":
        return actor.encode({"error": _ERROR})
    return _reply(self, request)


actor.Actor.reply = reply
