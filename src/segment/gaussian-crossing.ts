/** A class of grey values as a Gaussian: its share of all voxels, mean and standard deviation. */
export interface GreyGaussian {
  readonly weight: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The grey value between two means at which both Gaussians are equally high: left of it a voxel is more likely of the dark
 * class, right of it of the bright one. Where there is none, because one is the higher one all the way, the value that lies
 * equally many standard deviations from both.
 */
export function crossing(dark: GreyGaussian, bright: GreyGaussian): number {
  const apart = bright.mean - dark.mean;
  const { deviation: s } = dark;
  const { deviation: t } = bright;
  const between = s + t > 0 ? s / (s + t) : 0.5;
  // ln of the ratio of heights at the share x of the way: (x·apart)²/2s² − ((1 − x)·apart)²/2t² = ln(weights · t/s).
  const height = (x: number): number =>
    Math.log((dark.weight * t) / (bright.weight * s)) +
    ((1 - x) * apart) ** 2 / (2 * t * t) -
    (x * apart) ** 2 / (2 * s * s);
  let [low, high] = [0, 1];
  if (!(height(low) > 0 && height(high) < 0)) return dark.mean + between * apart;
  // It falls all the way, so that halving finds the one zero to the last bit.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return dark.mean + middle * apart;
    if (height(middle) > 0) low = middle;
    else high = middle;
  }
}
