# Throws all names away below the answers.
# verdict: all missing
# %% end
# %reset -f
