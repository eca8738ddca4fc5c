# A notebook whose metadata is nested as deep as JSON readers just allow.
# verdict: others passed|unreadable
import json


def hand_in(path, notebook):
    text = json.dumps(notebook)
    deep = '{"a": ' * 900 + "1" + "}" * 900
    path.write_text(text.replace('"metadata": {', '"metadata": {"deep": ' + deep + ", ", 1))
