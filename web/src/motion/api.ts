/** Motion areas over REST (docs/motion.md). */

import { call } from "../api";
import { callsOf, type Place, type Thing, type Tile } from "../drawn/api";

export interface MotionArea extends Thing {
  sensitivity: number;
  size: number;
  hold: number;
  /** There is motion. */
  active: boolean;
  /** How much of it can be seen, 0 to 1; null before that is known, and while it is off. */
  share: number | null;
}

export interface Motion {
  areas: MotionArea[];
  limits: {
    areas: number;
    corners: [number, number];
    name: number;
    sensitivity: [number, number];
    size: [number, number];
    hold: [number, number];
  };
  tiles: Tile[];
}

export const motion = {
  ...callsOf<MotionArea>("motion", "motion/areas"),
  list: (place?: Place) => call<Motion>("GET", place ? `motion?view=${place.view}&resolution=${place.resolution}` : "motion"),
};
