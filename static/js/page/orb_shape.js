/** The rim of the orb as a closed curve that a voice bends. Pure. */

const POINTS = 96;
const RADIUS = 98;

/** Waves around the rim: how many, how high (of the radius), how fast (turns per second). */
const WAVES = [[3, 0.04, 0.3], [5, 0.03, -0.45], [8, 0.02, 0.7]];

/**
 * @param {number} level  loudness, 0 to 1
 * @param {number} seconds  any clock
 * @returns {string} an SVG path around the origin
 */
export function rimPath(level, seconds) {
  const points = Array.from({ length: POINTS }, (_, index) => {
    const angle = (index / POINTS) * 2 * Math.PI;
    const bend = WAVES.reduce((sum, [count = 0, height = 0, speed = 0]) =>
      sum + height * Math.sin(count * angle + speed * seconds * 2 * Math.PI), 0);
    const radius = RADIUS * (0.96 + level * (0.06 + bend));
    return `${(radius * Math.cos(angle)).toFixed(1)} ${(radius * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${points.join("L")}Z`;
}
