# Throws all names away below the answers.
# verdict: all missing|error|passed
# %% end
# %reset -f
