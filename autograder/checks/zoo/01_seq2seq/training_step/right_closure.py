# The optimizer calls a closure.
def training_step(model, loss_function, optimizer, batch):
    def closure():
        optimizer.zero_grad()
        loss = loss_function(model(batch), batch.target, batch.target_mask)
        loss.backward()
        return loss

    return optimizer.step(closure).item()
