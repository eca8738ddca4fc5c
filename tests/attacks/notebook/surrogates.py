# Halves of characters, zero bytes and direction marks in sources and names.
# verdict: others passed
import json

import nbformat


def hand_in(path, notebook):
    notebook.cells.insert(0, nbformat.v4.new_code_cell("x = '\ud800' # \u202e \x00"))
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("\ud800\udfff\x00\x1b[2J"))
    path.write_text(json.dumps(notebook))
