"""The compiled loop: `Loop.step` is all of GAN training, and the rest runs it many times in one call.

Which form the loop takes follows from the networks, by measurement; docs/speed.md has the figures.
"""

import contextlib

import keras
import tensorflow as tf

from ganhacks import fast
from ganhacks.errors import require
from ganhacks.startup.quiet import stderr_turned_aside
from ganhacks.training import shortcuts
from ganhacks.training.history import CURVES, as_tuple
from ganhacks.training.norms import Norm
from ganhacks.training.recipe import failures_told
from ganhacks.training.streams import CHUNK

CONVOLUTIONS = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)


def form_for(*models):
    """Return the form in which these models train fastest: "xla", or "shortcuts" where one has convolutions.

    XLA makes small dense networks several times faster, and its convolutions on a CPU are slow. A regression run takes
    the third form, "plain", of every layer as it was written, in place of "xla": its few steps are over sooner than
    XLA has compiled them.
    """
    layers = [layer for model in models for layer in shortcuts.layers_of(model)]
    if any(isinstance(layer, CONVOLUTIONS) for layer in layers):
        return "shortcuts"
    return "plain" if fast() else "xla"


#: operations whose state lies where it cannot be read: those of tf.random, and Python's own functions
STATE_OUT_OF_REACH = {
    *("RandomStandardNormal", "RandomUniform", "RandomUniformInt", "TruncatedNormal", "ParameterizedTruncatedNormal"),
    *("RandomGamma", "RandomShuffle", "Multinomial", "PyFunc", "EagerPyFunc"),
}


class Loop:
    """The compiled loop of a run, traced when it is first called.

    Called with the arrays of a chunk, (CHUNK x batch_size, ...) each, and two whole numbers, it does the steps from
    `first` up to `last` of that chunk. It returns the curves, float32 (CHUNK, 4), of which only these rows are filled,
    and the value that every variable of the history had before.
    """

    def __init__(self, history):
        self.history = history
        self.d_norm, self.g_norm = Norm(), Norm()
        self.compiled = None
        self.variables = ()  # of the compiled loop, held here because it does not hold them itself

    @property
    def others(self):
        """The variables that the compiled loop uses beside its own and the history's, in the order of its tracing.

        TensorFlow's own list of them has another order in every process.
        """
        own = {id(variable.value) for variable in self.history.variables}
        own |= {id(norm.variable) for norm in (self.d_norm, self.g_norm)}
        by_handle = {id(variable.handle): variable for variable in self.variables if id(variable) not in own}
        captured = self.compiled.captured_inputs if self.compiled else ()
        return [by_handle[id(handle)] for handle in captured if id(handle) in by_handle]

    def __call__(self, *arguments):
        with failures_told():
            if self.compiled is None:
                self.trace(*arguments)
                self._make_ready(arguments)
                for variable, value in zip(self.others, self.history.saved_others):
                    variable.assign(value)
            return self.compiled(*arguments)

    def _make_ready(self, arguments):
        """Call the compiled function for no step, and drop what TensorFlow says then: a step's own words come later."""
        *arrays, first, _ = arguments
        with stderr_turned_aside():
            try:
                self.compiled(*arrays, first, first)
            except tf.errors.InvalidArgumentError as error:  # XLA does not know tf.print, for one
                if "unsupported operations" not in str(error):
                    raise
                self.compiled = self._traced("plain", arguments)

    def trace(self, *arguments):
        """Make the compiled function for arguments like these, in the form that suits the networks."""
        form = form_for(self.history.generator, self.history.discriminator)
        try:
            self.compiled = self._traced(form, arguments)
        except Exception as error:
            if form != "shortcuts" or not shortcuts.may_have_caused(error):
                raise
            self.compiled = self._traced("plain", arguments)

    @property
    def out_of_reach(self):
        """The operations of the compiled loop whose state no checkpoint can hold, sorted."""
        graph = self.compiled.graph.as_graph_def()
        nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
        return sorted({node.op for node in nodes} & STATE_OUT_OF_REACH)

    # ---- one step

    def step(self, form, real, latents, real_labels, fake_labels):
        """Train both players once. Returns d_loss, g_loss and the norms of both gradients, float32 (4,)."""
        run, d_norm, g_norm = self.history, self.d_norm, self.g_norm
        call, generator, discriminator = run.recipe.call, run.generator, run.discriminator

        # real (batch, ...), latents (batch, latent_dim), real_labels and fake_labels (batch, 1)
        fake, same_fakes = self.fakes(form, latents)  # (batch, ...)

        with d_norm.of_updates(run.d_optimizer):
            batches = real, fake, real_labels, fake_labels
            d_loss = call("discriminator_step", discriminator, run.d_optimizer, *batches)  # ()

        # The generator learns from the discriminator that has just moved, and from the same latents.
        with state_kept(discriminator), g_norm.of_updates(run.g_optimizer), same_fakes:
            g_loss = call("generator_step", generator, discriminator, run.g_optimizer, latents)  # ()

        losses = scalar(d_loss, "discriminator_step"), scalar(g_loss, "generator_step")
        return tf.stack([*losses, d_norm.value("discriminator_step"), g_norm.value("generator_step")])  # (4,)

    def fakes(self, form, latents):
        """Return the fakes for the discriminator's update, and a block in which the generator need not make them again.

        No gradient flows back through these fakes. Without shortcuts the block does nothing: XLA sees by itself that
        the generator's second pass repeats the first.
        """
        generator, recipe = self.history.generator, self.history.recipe
        with state_kept(generator), tf.GradientTape(persistent=True) as tape:
            with recipe.blamed("make_generator"):
                output = generator(latents, training=True)
            made = tf.nest.map_structure(_not_half, as_tuple(output))
            state = [(variable, tf.identity(variable.value)) for variable in generator.non_trainable_variables]
        same_fakes = contextlib.nullcontext()
        if form == "shortcuts":
            same_fakes = shortcuts.fakes_reused(generator, latents, made, tape, state)
        return tf.nest.map_structure(tf.stop_gradient, made), same_fakes

    # ---- many steps

    def _traced(self, form, arguments):
        run, batch_size = self.history, self.history.recipe.batch_size

        def batch(arrays, i):
            def rows(array):
                begin = [i * batch_size] + [0] * (array.ndim - 1)
                return tf.slice(array, begin, [batch_size, *array.shape[1:]])

            return tf.nest.map_structure(rows, arrays)

        @tf.function(jit_compile=form == "xla", autograph=False)
        def loop(real, latents, real_labels, fake_labels, first, last):
            arrays = real, latents, real_labels, fake_labels
            before = [tf.identity(variable.value) for variable in run.variables]
            curves = tf.TensorArray(tf.float32, size=CHUNK, element_shape=(len(CURVES),))
            shorter = form == "shortcuts"
            with shortcuts.taken(run.generator, run.discriminator) if shorter else contextlib.nullcontext():
                _, curves = tf.while_loop(
                    lambda i, curves: i < last,
                    lambda i, curves: (i + 1, curves.write(i, self.step(form, *batch(arrays, i)))),
                    (first, curves),
                    parallel_iterations=1,
                )
            return curves.stack(), before

        # Concrete, because TensorFlow warns of many functions that are traced alike, and every run of a sweep has one.
        compiled = loop.get_concrete_function(*arguments)
        self.variables = compiled.variables
        return compiled


@contextlib.contextmanager
def state_kept(model):
    """Undo what a forward pass does to moving averages and the like: this pass may look at the model, not change it."""
    before = [(variable, tf.identity(variable.value)) for variable in model.non_trainable_variables]
    yield
    for variable, value in before:
        variable.assign(value)


def scalar(loss, name):
    """Return the loss that the recipe's step of this name returned as float32 (). Raises BadInput if it is none."""
    try:
        value = tf.cast(loss, tf.float32)
        found = f"shape {value.shape}"
    except (TypeError, ValueError):
        value, found = None, "nothing" if loss is None else type(loss).__name__
    require(value is not None and value.shape == (), f"recipe.{name} returned {found}; wanted its loss, one number.")
    return value


def _not_half(array):
    """Return fractions, which may come in half the width, as float32; whole numbers stay what they are."""
    return tf.cast(array, tf.float32) if array.dtype.is_floating else array
