# The loss, which is a mean already, is divided once more.
# stage: loss
# cause: wrong-loss
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask) / len(batch)
    loss.backward()
    optimizer.step()
    return loss.item()
