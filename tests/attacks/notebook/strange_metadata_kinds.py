# nbgrader metadata, tags, kernel and language of kinds that nobody expects.
# verdict: others passed
import json


def hand_in(path, notebook):
    strange = [[], {}, None, "yes", 7, [{}], {"grade_id": ["x"]}, {"grade_id": {}, "points": "nan"}]
    for number, cell in enumerate(notebook.cells):
        cell.metadata = {"nbgrader": strange[number % len(strange)], "tags": []}
    content = json.loads(json.dumps(notebook))
    content["metadata"] = {"kernelspec": {"name": "../../bin/sh", "display_name": "R"}, "language_info": {"name": "c"}}
    path.write_text(json.dumps(content))
