# Each exercise twice: the right answer, and below it, under the same marks, a wrong one. The last one counts.
# verdict: all failed|error
import json
import re

import nbformat


def hand_in(path, notebook):
    wrong = "def {0}(*data, **options):\n    return None\n{1} = {0}"
    for cell in list(notebook.cells):
        exercise = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if exercise and not exercise.startswith("check-"):
            name = re.search(r"^(?:def|class) (\w+)", cell.source, re.MULTILINE)[1]
            second = nbformat.v4.new_code_cell(wrong.format("answer", name), metadata=cell.metadata)
            notebook.cells.append(second)
    path.write_text(json.dumps(notebook))
