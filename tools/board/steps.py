"""The two updates of a run, with whatever its Setup asks for: losses, penalties, noise, memory, several updates."""

import tensorflow as tf
from keras import ops

from ganhacks.hacks import hybrid_models, mnist_gan, non_saturating_loss


class Steps:
    """A Recipe's `discriminator_step` and `generator_step` for a Setup; in one step the first comes first."""

    MOST = 3  # updates of each player in a round that is balanced by the losses

    def __init__(self, setup, n_steps, unit):
        """unit: half of the samples' range, if they are images. Noise and penalties are meant for 1."""
        self.setup, self.n_steps, self.unit = setup, n_steps, unit
        self.real = None  # the reals of this step, for a generator whose loss looks at them

    @property
    def _updates_of_d(self):
        """How many updates the discriminator's optimizer makes in a step."""
        return self.MOST if self.setup.targets else 2 if self.setup.two_updates else self.setup.d_updates

    # ---- the discriminator

    def discriminator_step(self, discriminator, optimizer, real, fake, real_labels, fake_labels):
        setup = self.setup
        parts = _parts((real, fake, real_labels, fake_labels), self.MOST if setup.targets else setup.d_updates)
        target = setup.targets[0] if setup.targets else None
        return _in_turn(self._discriminator_update, discriminator, optimizer, parts, target)

    def _discriminator_update(self, discriminator, optimizer, real, fake, real_labels, fake_labels):
        setup, self.real = self.setup, real
        if setup.d_noise:
            done = ops.cast(optimizer.iterations, "float32") / self._updates_of_d
            left = tf.maximum(0.0, 1 - done / (self.n_steps // 2 - 1))  # as lab 23's `noise_std`, of a tensor
            discriminator.get_layer("noise").std.assign(setup.d_noise * self.unit * left)
        if setup.memory:
            fake = discriminator.get_layer("memory").mixed(fake)
        if setup.two_updates:
            return mnist_gan.discriminator_step_2018(discriminator, optimizer, real, fake, real_labels, fake_labels)
        with tf.GradientTape() as tape:
            real_logits, fake_logits = self._logits(discriminator, real, fake)
            loss = self._discriminator_loss(real_logits, fake_logits, real_labels, fake_labels)
            whole = loss
            for weight, batch in ((setup.r1, real), (setup.r2, fake)):
                if weight:
                    whole += weight / 2 * self.unit**2 * _gradient_penalty(discriminator, batch)
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(whole, variables), variables)
        return loss

    def _logits(self, discriminator, real, fake):
        if self.setup.separate:
            return discriminator(real, training=True), discriminator(fake, training=True)
        both = tf.nest.map_structure(lambda *parts: tf.concat(parts, axis=0), real, fake)
        return tf.split(discriminator(both, training=True), 2)

    def _discriminator_loss(self, real_logits, fake_logits, real_labels, fake_labels):
        if self.setup.loss == "hinge":
            return ops.mean(ops.relu(1 - real_logits)) + ops.mean(ops.relu(1 + fake_logits))
        if self.setup.loss == "relativistic":
            return ops.mean(ops.softplus(fake_logits - real_logits))
        cross_entropy = mnist_gan.binary_crossentropy
        return cross_entropy(real_labels, real_logits) + cross_entropy(fake_labels, fake_logits)

    # ---- the generator

    def generator_step(self, generator, discriminator, optimizer, latents):
        targets = self.setup.targets
        if not targets:
            return self._generator_update(generator, optimizer, _first(latents, self.setup.d_updates), discriminator)
        parts = ((part, discriminator) for (part,) in _parts((latents,), self.MOST))
        return _in_turn(self._generator_update, generator, optimizer, parts, targets[1])

    def _generator_update(self, generator, optimizer, latents, discriminator):
        with tf.GradientTape() as tape:
            fake = generator(latents, training=True)
            fake_logits = discriminator(fake, training=True)
            loss = self._generator_loss(discriminator, fake_logits)
            if self.setup.reconstruct:
                loss += self.setup.reconstruct * self._reconstruction(generator, latents)
        variables = generator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def _generator_loss(self, discriminator, fake_logits):
        kind = self.setup.loss
        if kind == "hinge":
            return -ops.mean(fake_logits)
        if kind == "relativistic":
            real_logits = discriminator(self.real, training=True)
            return ops.mean(ops.softplus(real_logits - fake_logits))
        of_kind = {
            "saturating": non_saturating_loss.saturating_loss,
            "non-saturating": non_saturating_loss.non_saturating_loss,
        }
        return of_kind[kind](fake_logits)

    def _reconstruction(self, generator, latents):
        """A VAE's loss for the reals of this step, a number for each value of a sample: the latents are its noise."""
        mean, log_var = tf.split(generator.encoder(self.real, training=True), 2, axis=-1)
        latents = hybrid_models.sample_latents(mean, log_var, latents)
        error = hybrid_models.reconstruction_error(self.real, generator(latents, training=True))
        return ops.mean(error + hybrid_models.kl_to_normal(mean, log_var)) / self.real.shape[-1]


def _gradient_penalty(discriminator, batch):
    """The mean squared norm of D's gradient at a batch. Source: Mescheder et al. 2018, arXiv:1801.04406."""
    samples, *others = tf.nest.flatten(batch)
    with tf.GradientTape() as tape:
        tape.watch(samples)
        logits = discriminator((samples, *others) if others else samples, training=True)
        total = tf.reduce_sum(logits)
    gradient = tape.gradient(total, samples)
    return ops.mean(ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape)))))


def _parts(batches, n):
    """Yield the batches in n parts."""
    size = tf.nest.flatten(batches)[0].shape[0] // n
    for i in range(n):
        yield tf.nest.map_structure(lambda batch, i=i: batch[i * size : (i + 1) * size], batches)


def _first(batch, n):
    """Return the first of n parts: all where there is one, and that very tensor."""
    return batch if n == 1 else next(_parts((batch,), n))[0]


def _in_turn(update, model, optimizer, parts, target):
    """Update a model on each part, one after the other, and return its last loss.

    target: None, or a loss: then an update counts only while every loss before it was above the target.
    """
    loss, going_on = None, True
    for part in parts:
        before = _values(model.trainable_variables, optimizer.variables)
        new = update(model, optimizer, *part)
        if target is None:
            loss = new
            continue
        _undo_unless(going_on, before)
        loss = new if loss is None else tf.where(going_on, new, loss)
        going_on = tf.logical_and(going_on, loss > target)
    return loss


def _values(*groups):
    return [(variable, tf.identity(variable.value)) for group in groups for variable in group]


def _undo_unless(wanted, before):
    for variable, value in before:
        variable.assign(tf.where(wanted, variable.value, value))
