# A notebook whose metadata is nested almost as deep as readers of JSON follow.
# verdict: others passed|unreadable
import json


def hand_in(path, notebook):
    deep = {}
    for _ in range(900):
        deep = {"deep": deep}
    content = json.loads(json.dumps(notebook))
    content["metadata"]["deep"] = content["cells"][0]["metadata"]["deep"] = deep
    path.write_text(json.dumps(content))
