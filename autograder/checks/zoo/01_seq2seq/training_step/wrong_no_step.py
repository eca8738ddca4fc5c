# The optimizer never steps.
# stage: one_step
# cause: weights-unchanged
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    return loss.item()
