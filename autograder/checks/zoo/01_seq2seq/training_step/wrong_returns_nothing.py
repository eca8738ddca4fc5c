# No return.
# stage: loss
# cause: returned-none
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    optimizer.step()
