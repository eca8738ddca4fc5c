# Gradients cleared by hand; the number by way of NumPy.
def training_step(model, loss_function, optimizer, batch):
    for parameter in model.parameters():
        parameter.grad = None
    logits = model(batch)
    loss = loss_function(logits, batch.target, batch.target_mask)
    loss.backward()
    optimizer.step()
    return loss.detach().numpy().item()
