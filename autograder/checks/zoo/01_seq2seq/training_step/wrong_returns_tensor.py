# The loss is returned with its graph.
# stage: loss
# cause: loss-as-tensor
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    optimizer.step()
    return loss
