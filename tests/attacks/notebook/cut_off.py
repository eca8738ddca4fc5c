# The file ends in the middle.
# verdict: others unreadable
import json


def hand_in(path, notebook):
    path.write_text(json.dumps(notebook)[:20_000])
