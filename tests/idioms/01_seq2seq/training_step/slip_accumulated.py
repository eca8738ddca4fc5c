# OpenNMT-py: gradients add up over steps.
def training_step(model, loss_function, optimizer, batch):
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    optimizer.step()
    return loss.item()
