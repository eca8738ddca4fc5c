# A notebook as Jupyter wrote it until 2015.
# verdict: others passed
import nbformat


def hand_in(path, notebook):
    path.write_text(nbformat.writes(nbformat.convert(notebook, 3), version=3))
