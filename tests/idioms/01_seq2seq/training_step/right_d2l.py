# d2l: the loss as a sum that is one number, gradients on.
def training_step(model, loss_function, optimizer, batch):
    with torch.enable_grad():
        optimizer.zero_grad()
        loss = loss_function(model(batch), batch.target, batch.target_mask).sum()
        loss.backward()
    with torch.no_grad():
        optimizer.step()
    return loss.item()
