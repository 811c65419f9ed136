"""What labs share: how networks, steps, losses, optimizers, latents, images and draws are looked at."""
