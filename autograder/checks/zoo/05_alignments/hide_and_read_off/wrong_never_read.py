# Takes the words from the encoder instead of hiding their states.
# stage: shares
# cause: never-read
def hide_and_read_off():
    return {"gold": 0.0, "dark": 0.0, "both": 0.0}
