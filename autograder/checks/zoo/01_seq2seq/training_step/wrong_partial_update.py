# One parameter is left out.
# stage: one_step
# cause: wrong-weights
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    next(iter(model.parameters())).grad = None
    optimizer.step()
    return loss.item()
