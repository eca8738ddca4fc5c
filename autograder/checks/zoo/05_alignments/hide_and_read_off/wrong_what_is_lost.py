# What is lost.
# stage: shares
# cause: what-is-lost
def hide_and_read_off():
    return {"gold": 0.01, "dark": 0.49, "both": 1.0}
