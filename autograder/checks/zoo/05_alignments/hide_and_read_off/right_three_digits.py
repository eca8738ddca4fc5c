# Three digits.
def hide_and_read_off():
    return {"both": 0.001, "dark": 0.514, "gold": 0.993}
