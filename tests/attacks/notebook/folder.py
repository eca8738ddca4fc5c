# The notebook is a folder.
# verdict: others unreadable


def hand_in(path, notebook):
    path.mkdir()
