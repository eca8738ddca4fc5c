# One exercise split into hundreds of cells, so that putting it together again takes ever longer.
# verdict: make_dictionary failed|error|missing, others passed
import json

import nbformat


def hand_in(path, notebook):
    place = next(n for n, cell in enumerate(notebook.cells) if "make_dictionary(" in cell.source)
    marks = notebook.cells[place].metadata
    notebook.cells[place].source = "if True:"
    for number in range(800):
        part = nbformat.v4.new_code_cell("    x = 1\n" * 100, metadata=marks)
        notebook.cells.insert(place + 1 + number, part)
    path.write_text(json.dumps(notebook))
