"""How GANs are trained here: a `Recipe`, real samples and a number of steps go into `train`, a `History` comes out.

Read `loop.Loop.step` first: it is one step of GAN training, from top to bottom.
"""

from ganhacks.training.begin import load
from ganhacks.training.game import Game
from ganhacks.training.history import CURVES, History, generate
from ganhacks.training.recipe import Recipe, one_sided, ones, zeros
from ganhacks.training.run import rehearse, train
from ganhacks.training.streams import CHUNK
