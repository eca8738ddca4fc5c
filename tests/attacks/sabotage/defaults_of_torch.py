# A cell that changes what torch makes by default. It spoils its own submission's answers and nobody else's.
# verdict: encoder failed|error|passed, decoder failed|error|passed, masked_loss failed|error|passed
# verdict: training_step failed|error|passed, greedy_decode failed|error|passed, pad_batch failed|error|passed
# verdict: read_by_hand failed|error|passed, gated_step failed|error|passed, greedy_one failed|error|passed
# verdict: others passed
# %%
torch.set_default_device("meta")
torch.set_default_dtype(torch.float16)
torch.set_grad_enabled(False)
torch.inference_mode(True).__enter__()
