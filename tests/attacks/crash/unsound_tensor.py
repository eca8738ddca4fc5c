# Tensors whose memory is not there.
# verdict: masked_loss failed|error|crashed, pad_batch failed|error|crashed, others passed
# %% masked_loss
import ctypes


def masked_loss(logits, target, mask):
    ctypes.memset(logits.untyped_storage().data_ptr(), 255, 2**28)
    return logits.sum()


# %% pad_batch
def pad_batch(sequences):
    ids = torch.zeros(3, 5, dtype=torch.long)
    ids.untyped_storage().resize_(0)
    return ids, ids.bool()
