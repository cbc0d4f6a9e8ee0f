import { chartsSection } from "../curves/html.ts";

export const health = chartsSection(
  "health",
  "Health of the GAN",
  () =>
    "A score near 0.5 is a fair game; a discriminator near 1 has won, and the generator learns little from it.",
);
