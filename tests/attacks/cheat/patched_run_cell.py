# The same one layer below: the shell no longer runs cells. Each later cell ends the process that should run it.
# base: unsolved
# verdict: all crashed
# %%
type(get_ipython()).run_cell = lambda *data, **options: None
