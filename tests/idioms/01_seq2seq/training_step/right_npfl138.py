# npfl138: training mode, then the usual four lines.
def training_step(model, loss_function, optimizer, batch):
    model.train()
    logits = model(batch)
    loss = loss_function(logits, batch.target, batch.target_mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach().item()
