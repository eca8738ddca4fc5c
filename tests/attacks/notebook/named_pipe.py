# The notebook is a named pipe, whose reader waits for ever.
# verdict: others unreadable
import os


def hand_in(path, notebook):
    os.mkfifo(path)
