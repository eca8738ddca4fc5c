# The model on the right.
# stage: shares
# cause: other-model
def hide_and_read_off():
    return {"gold": 0.01, "dark": 1.0, "both": 0.0}
