# Names the hidden words.
# stage: numbers
# cause: wrong-names
def hide_and_read_off():
    return {"Sora": 0.99, "and": 0.51, "both": 0.0}
