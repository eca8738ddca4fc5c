# The same while cells run, so that it lives as long as the submission does, and no longer.
# verdict: others passed
# %%
import subprocess

subprocess.Popen(["/usr/bin/sleep", "{seconds}"], start_new_session=True)
subprocess.Popen(["/usr/bin/sh", "-c", "trap '' TERM HUP INT; /usr/bin/sleep {seconds}"], start_new_session=True)
