# Cleared behind the step.
def training_step(model, loss_function, optimizer, batch):
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss)
