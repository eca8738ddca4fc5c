# Padding counts.
# stage: loss
# cause: padding-counts
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, torch.ones_like(batch.target_mask))
    loss.backward()
    optimizer.step()
    return loss.item()
