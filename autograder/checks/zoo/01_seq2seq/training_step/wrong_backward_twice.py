# Two backward passes.
# stage: one_step
# cause: gradients-doubled
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()
    return loss.item()
