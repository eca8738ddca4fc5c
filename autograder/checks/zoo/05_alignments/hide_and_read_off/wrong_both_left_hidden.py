# Does not show the first one again.
# stage: shares
# cause: misread
def hide_and_read_off():
    return {"gold": 0.99, "dark": 0.0, "both": 0.0}
