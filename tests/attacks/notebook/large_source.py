# Tens of megabytes of source, most of which nobody wrote by hand.
# verdict: others unreadable
import json

import nbformat


def hand_in(path, notebook):
    notebook.cells += [nbformat.v4.new_code_cell("x = 1\n" * 33_000) for _ in range(100)]
    path.write_text(json.dumps(notebook))
