/** Sizes of pictures on the screen. */

export interface Size {
  width: number;
  height: number;
}

/** The largest size of ``picture``'s shape inside ``frame``. */
export function fitted(picture: Size, frame: Size): Size {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  return { width: Math.floor(picture.width * scale), height: Math.floor(picture.height * scale) };
}

/** A resolution such as 1920x1440 as a size; 4:3 where it is not known yet. */
export function ratioOf(resolution: string | null): Size {
  const [width = 4, height = 3] = resolution?.split("x").map(Number) ?? [];
  return { width, height };
}

/** A resolution that suits this screen: the largest in the list of at most that many pixels. */
const COMFORTABLE_PIXELS = 1_600_000;

export const pixels = (size: string): number => size.split("x").reduce((product, side) => product * Number(side), 1);

export function comfortable(resolutions: string[], limit = COMFORTABLE_PIXELS): string | null {
  return resolutions.find((size) => pixels(size) <= limit) ?? resolutions.at(-1) ?? null;
}

/** The smallest in the list that is at least ``width`` wide. */
export function thumbnail(resolutions: string[], width = 240): string | null {
  return resolutions.findLast((size) => Number(size.split("x")[0]) >= width) ?? resolutions[0] ?? null;
}
