# Joey NMT: cleared after the step, the number taken before.
def training_step(model, loss_function, optimizer, batch):
    optimizer.zero_grad(set_to_none=False)
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    value = float(loss.detach())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return value
