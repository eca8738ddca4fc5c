# Per cent, divided.
def hide_and_read_off():
    read = {"gold": 99, "dark": 52, "both": 0}
    return {name: share / 100 for name, share in read.items()}
