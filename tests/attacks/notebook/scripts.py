# Scripts, event handlers and forms in markdown, in outputs and in attachments.
# verdict: others passed
import json

import nbformat


def hand_in(path, notebook):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src='javascript:alert(1)'></iframe>"
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(evil, attachments={"a.svg": {"image/svg+xml": evil}}))
    shown = nbformat.v4.new_output("display_data", data={"text/html": evil, "application/javascript": "alert(1)"})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [shown]
    path.write_text(json.dumps(notebook))
