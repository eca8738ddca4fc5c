# Source that the parser, the compiler or the grader's own analysis would take long over.
# verdict: others passed
# %%
deep = eval("-" * 10**5 + "1")
# %%
exec("(" * 90 + ")" * 90 + "\n" + "x = [" * 80)
# %%
huge = eval("+".join(["1"] * 10**5))
