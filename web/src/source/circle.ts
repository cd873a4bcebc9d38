/** Where an image circle of the source lies on the overview, which shows the circle in use from edge to edge. */

export interface Circle {
  cx: number;
  cy: number;
  radius: number;
}

/** Percent of the overview's width; x to the right, y downwards. ``roll`` in degrees clockwise, as the overview is turned by it. */
export function onOverview(wanted: Circle, used: Circle, roll: number): { x: number; y: number; radius: number } {
  const scale = 50 / used.radius;
  const [c, s] = [Math.cos((roll * Math.PI) / 180) * scale, Math.sin((roll * Math.PI) / 180) * scale];
  const [dx, dy] = [wanted.cx - used.cx, wanted.cy - used.cy];
  return { x: 50 + c * dx - s * dy, y: 50 + s * dx + c * dy, radius: wanted.radius * scale };
}
