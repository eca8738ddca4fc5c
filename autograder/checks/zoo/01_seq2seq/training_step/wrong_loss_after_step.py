# The loss is measured after the step.
# stage: loss
# cause: loss-after-step
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss_function(model(batch), batch.target, batch.target_mask).backward()
    optimizer.step()
    return loss_function(model(batch), batch.target, batch.target_mask).item()
