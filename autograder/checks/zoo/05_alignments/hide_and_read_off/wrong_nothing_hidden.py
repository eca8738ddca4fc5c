# Hides nothing.
# stage: shares
# cause: nothing-hidden
def hide_and_read_off():
    return {"gold": 0.99, "dark": 0.99, "both": 0.99}
