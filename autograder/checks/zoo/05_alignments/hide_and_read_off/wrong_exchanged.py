# Gold and dark are exchanged.
# stage: shares
# cause: exchanged
def hide_and_read_off():
    return {"gold": 0.51, "dark": 0.99, "both": 0.0}
