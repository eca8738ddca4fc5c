# Bytes that are no text.
# verdict: others unreadable


def hand_in(path, notebook):
    path.write_bytes(bytes(range(256)) * 100)
