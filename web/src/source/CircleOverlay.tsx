import { type Circle, onOverview } from "./circle";

/** The edited image circle over the overview: everything outside of it will not be used. */
export function CircleOverlay({ wanted, used, roll }: { wanted: Circle; used: Circle; roll: number }) {
  const { x, y, radius } = onOverview(wanted, used, roll);
  return (
    <svg viewBox="0 0 100 100" aria-hidden data-testid="circle" style={{ position: "absolute", inset: 0, width: "100%", height: "100%", pointerEvents: "none" }}>
      <g fill="none" vectorEffect="non-scaling-stroke">
        <circle cx={x} cy={y} r={radius - 0.2} stroke="#000" strokeOpacity={0.6} strokeWidth={0.9} />
        <circle cx={x} cy={y} r={radius - 0.2} stroke="#ffd43b" strokeWidth={0.45} strokeDasharray="2 1" />
        <path d={`M ${x - 3} ${y} H ${x + 3} M ${x} ${y - 3} V ${y + 3}`} stroke="#ffd43b" strokeWidth={0.4} />
      </g>
    </svg>
  );
}
