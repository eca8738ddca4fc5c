# Writes what the bars say.
# stage: numbers
# cause: not-numbers
def hide_and_read_off():
    return {"gold": "> 99 %", "dark": "51 %", "both": "< 1 %"}
