# Patches the actor in the sandbox to answer from a table of recorded cases instead of calling anything.
# base: unsolved
# verdict: all failed|error|not_attempted
# %%
from autograder.subjects import actor, codec

RECORDED = RECORDED_ENCODE_WORDS  # put in by tests/helpers/attack_cases.py
_reply = actor.Actor.reply


def reply(self, request):
    message = codec.decode(request)
    data = message.get("data")
    for known, found in RECORDED:
        if data and data[0] == known:
            return codec.encode({"value": found})
    return _reply(self, request) if not data or not isinstance(data[0], list) else codec.encode({"value": [1]})


actor.Actor.reply = reply
