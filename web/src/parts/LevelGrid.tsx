const LINES = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Straight lines over the picture by which a person judges the horizon. Never part of the stream. */
export function LevelGrid() {
  return (
    <svg
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden
      data-testid="level-grid"
      style={{ position: "absolute", inset: 0, width: "100%", height: "100%", pointerEvents: "none", filter: "drop-shadow(0 0 1px rgb(0 0 0 / 70%))" }}
    >
      {LINES.map((n) => (
        <g key={n} stroke={n === 5 ? "#ffd08a" : "#ffffff"} strokeOpacity={n === 5 ? 0.95 : 0.45} strokeWidth={n === 5 ? 2 : 1}>
          <line x1={n * 10} y1={0} x2={n * 10} y2={100} vectorEffect="non-scaling-stroke" />
          <line x1={0} y1={n * 10} x2={100} y2={n * 10} vectorEffect="non-scaling-stroke" />
        </g>
      ))}
    </svg>
  );
}
