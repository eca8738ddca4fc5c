# Magics that reset, replace, remove and shut down.
# verdict: others passed
# %%
# %cd /
# !rm -rf / --no-preserve-root
# %run /course/autograder/sandbox/inside/server.py
# %env PATH=
# %% language="bash"
# kill -9 1 $PPID -1
# rm -rf /tmp /course ~
# %%
exit()
# %%
quit(1)
# %%
get_ipython().ask_exit()
get_ipython().kernel.do_shutdown(True)
