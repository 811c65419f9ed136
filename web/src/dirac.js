// The Dirac-GAN: two numbers that play the game. The same as ganhacks/dirac.py, and held against it by a test.
// Source: Mescheder, Geiger and Nowozin 2018, arXiv:1801.04406.

export const STEP_SIZE = 0.2;

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Which way psi moves to lower the discriminator's loss. real, fake: numbers. gamma: weight of the R1 penalty. */
export const dDirection = (psi, real, fake, gamma = 0) =>
  real * sigmoid(-psi * real) - fake * sigmoid(psi * fake) - gamma * psi;

/** Which way theta moves to lower its loss. */
export const G_DIRECTIONS = {
  saturating: (psi, fake) => psi * sigmoid(psi * fake),
  "non-saturating": (psi, fake) => psi * sigmoid(-psi * fake),
};

/**
 * Play the game and return the path, steps + 1 pairs [theta, psi].
 * order: "together", "G first" or "D first". dSteps: moves of D to one of G.
 */
export function play(start, { loss = "saturating", order = "together", dSteps = 1, gamma = 0, steps = 500 } = {}) {
  const gDirection = G_DIRECTIONS[loss];
  const gMove = (theta, psi) => theta + STEP_SIZE * gDirection(psi, theta);
  const dMove = (theta, psi) => {
    for (let i = 0; i < dSteps; i++) psi += STEP_SIZE * dDirection(psi, 0, theta, gamma);
    return psi;
  };
  let [theta, psi] = start;
  const path = [[theta, psi]];
  for (let i = 0; i < steps; i++) {
    if (order === "together") [theta, psi] = [gMove(theta, psi), dMove(theta, psi)];
    else if (order === "G first") {
      theta = gMove(theta, psi);
      psi = dMove(theta, psi);
    } else {
      psi = dMove(theta, psi);
      theta = gMove(theta, psi);
    }
    path.push([theta, psi]);
  }
  return path;
}
