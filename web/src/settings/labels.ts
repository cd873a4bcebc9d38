/** Words for the values of choices, which the settings' schema has only as short names. */

const WORDS: Record<string, string> = {
  h264: "H.264",
  h265: "H.265",
  av1: "AV1",
  jpeg: "MJPEG",
  auto: "Automatic: the largest sensible",
  vbr: "Variable: constant quality",
  mbr: "Maximum: constant quality under a limit",
  none: "None: some of both gives way",
  framerate: "Frame rate: quality gives way",
  quality: "Quality: frames are left out",
  baseline: "Baseline",
  main: "Main",
  off: "Off",
  low: "Low",
  medium: "Medium",
  high: "High",
  higher: "Higher",
  extreme: "Extreme",
  m4327: "M4327 (2160 × 2160)",
  m4328: "M4328 (2992 × 2992)",
  ceiling: "Ceiling",
  desk: "Desk",
  wall: "Wall",
  axis: "Signed-video framework (axis)",
  onvif: "ONVIF Media Signing",
  file: "Encrypted file",
  pkcs11: "PKCS#11 token",
  http: "HTTP only",
  https: "HTTPS only",
  digest: "Digest",
  basic: "Basic",
  both: "Both",
  "1.2": "TLS 1.2",
  "1.3": "TLS 1.3",
};

const SIZE = /^\d+x\d+$/;

const SECTIONS: Record<string, string> = { access: "Access and login", tls: "Encryption", addressing: "Name and address" };

/** The value of a choice as people read it. */
export function labelOf(value: unknown, unit = ""): string {
  const text = String(value);
  if (SIZE.test(text)) return text.replace("x", " × ");
  return WORDS[text] ?? (unit ? `${text} ${unit}` : text);
}

export function codecName(codec: string): string {
  return WORDS[codec] ?? codec.toUpperCase();
}

export function sectionTitle(name: string, title: string): string {
  return SECTIONS[name] ?? title;
}
