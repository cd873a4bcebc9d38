import { degrees } from "./order";
import { type Corners, type Zone } from "./zones";

const WIDE = 360;
const HIGH = 180;

/** All directions as a map, pan to the right and tilt upwards: the zones, and the mark of where the area looks. */
export function ZoneMap({ zones, pose }: { zones: Zone[]; pose: { pan: number; tilt: number } }) {
  return (
    <svg
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      role="img"
      aria-label={`Map of ${zones.length} zones; the picture looks at pan ${degrees(pose.pan)}, tilt ${degrees(pose.tilt)}`}
      data-testid="zone-map"
      style={{ width: "100%", background: "#0f151b", borderRadius: 8 }}
    >
      {[-90, 0, 90].map((pan) => (
        <g key={pan}>
          <line x1={pan + 180} x2={pan + 180} y1={0} y2={HIGH} stroke="#ffffff" strokeOpacity={0.18} strokeWidth={0.5} />
          <text x={pan + 182} y={8} fontSize={7} fill="#ffffff" fillOpacity={0.7}>
            {pan}°
          </text>
        </g>
      ))}
      <line x1={0} x2={WIDE} y1={90} y2={90} stroke="#ffffff" strokeOpacity={0.3} strokeWidth={0.5} />
      {zones.map((zone) =>
        parts(zone).map(({ x, wide }, index) => (
          <g key={`${zone.number}-${index}`} opacity={zone.enabled ? 1 : 0.4}>
            <rect
              x={x}
              y={90 - zone.up}
              width={wide}
              height={zone.up - zone.down}
              fill={zone.shown ? "#63e6be" : "#9be7ff"}
              fillOpacity={zone.shown ? 0.35 : 0.16}
              stroke={zone.shown ? "#63e6be" : "#9be7ff"}
              strokeWidth={0.8}
              strokeDasharray={zone.enabled ? undefined : "2 2"}
            />
            {index === 0 && (
              <text x={x + 2} y={90 - zone.up + 8} fontSize={7} fill="#ffffff">
                {zone.name.slice(0, 24)}
              </text>
            )}
          </g>
        )),
      )}
      <g transform={`translate(${pose.pan + 180} ${90 - pose.tilt})`} stroke="#ffd08a" strokeWidth={1.2}>
        <line x1={-6} x2={6} y1={0} y2={0} />
        <line x1={0} x2={0} y1={-6} y2={6} />
      </g>
    </svg>
  );
}

/** A zone as rectangles of the map: two where it passes the seam at 180. */
function parts({ left, right }: Corners): { x: number; wide: number }[] {
  const x = left + 180;
  if (right > left) return [{ x, wide: right - left }];
  return [{ x, wide: 180 - left }, { x: 0, wide: right + 180 }].filter(({ wide }) => wide > 0);
}
