# Reads off weights.
# stage: shares
# cause: weights-read
def hide_and_read_off():
    return {"gold": 0.05, "dark": 0.9, "both": 0.95}
