/** Words for the white-balance modes. */
export const WHITE_BALANCE: { value: string; label: string; help: string }[] = [
  { value: "source", label: "As the source delivers", help: "Colours stay as they come." },
  { value: "auto", label: "Automatic", help: "Follows the light within a few seconds. In mixed light the stronger one wins." },
  { value: "auto_outdoors", label: "Automatic – outdoors", help: "Follows the light, but only through the colours that daylight has." },
  { value: "fixed_indoors", label: "Fixed – indoors (2800 K)", help: "For lamps with warm light." },
  { value: "fixed_outdoors1", label: "Fixed – outdoors 1 (5500 K)", help: "For sunshine." },
  { value: "fixed_outdoors2", label: "Fixed – outdoors 2 (7500 K)", help: "For clouds and shade." },
  { value: "fixed_fluorescent1", label: "Fixed – fluorescent 1 (warm)", help: "For warm fluorescent tubes." },
  { value: "fixed_fluorescent2", label: "Fixed – fluorescent 2 (cold)", help: "For cold fluorescent tubes." },
  { value: "hold", label: "Hold current", help: "Keeps the correction of this moment." },
  { value: "manual", label: "Manual", help: "Point at something grey or white, or set the gains." },
];
