# The notebook is a link to the gradebook.
# verdict: others unreadable


def hand_in(path, notebook):
    path.symlink_to("/etc/passwd")
