# Deletes what others need, at the end of its own notebook.
# verdict: make_dictionary missing|error|passed, encoder missing|error|passed, others passed|error|missing
# %% end
del make_dictionary, Encoder
