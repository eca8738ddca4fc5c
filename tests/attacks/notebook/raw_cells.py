# Answers as raw and markdown cells, and stubs in their place.
# base: unsolved
# verdict: all missing|not_attempted
import json

import nbformat


def hand_in(path, notebook):
    for number, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader"):
            make = nbformat.v4.new_raw_cell if number % 2 else nbformat.v4.new_markdown_cell
            notebook.cells[number] = make(cell.source, metadata=cell.metadata)
    path.write_text(json.dumps(notebook))
