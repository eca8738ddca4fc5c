# torch.autograd.grad fills the gradients.
def training_step(model, loss_function, optimizer, batch):
    parameters = list(model.parameters())
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient
    optimizer.step()
    return loss.item()
