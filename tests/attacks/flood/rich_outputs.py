# Displays HTML, scripts, pictures and updates by the thousand.
# verdict: others passed
# %%
from IPython.display import HTML, Javascript, clear_output, display

for number in range(300):
    display(HTML("<script>alert(1)</script>" * 100), display_id=str(number))
    display(Javascript("alert(1)"))
    clear_output()
