# In per cent.
# stage: shares
# cause: in-percent
def hide_and_read_off():
    return {"gold": 99, "dark": 51, "both": 0}
