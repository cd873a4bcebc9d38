import { useQuery } from "@tanstack/react-query";

import { comfortable, ratioOf } from "../live/fit";
import { PANEL_PIXELS } from "../live/LivePanel";
import { useViews } from "../live/useCamera";
import { zones } from "./zones";

const EVERY_MS = 500;

/** The borders of a view area's zones over its live picture, and the middle that decides which of them is shown. Never part of the stream. */
export function ZoneOutlines({ view }: { view: number }) {
  const resolution = comfortable(useViews().views.find(({ index }) => index === view)?.resolutions ?? [], PANEL_PIXELS);
  const { width, height } = ratioOf(resolution);
  const all = useQuery({ queryKey: ["zones", view], queryFn: () => zones.all(view) }).data?.zones ?? [];
  const seen = useQuery({ queryKey: ["zone-outlines", view, width, height], queryFn: () => zones.outlines(view, width, height), enabled: resolution !== null, refetchInterval: EVERY_MS });
  const radius = height / 60;
  return (
    <svg
      viewBox={`-0.5 -0.5 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
      data-testid="zone-outlines"
      style={{ position: "absolute", inset: 0, width: "100%", height: "100%", pointerEvents: "none", filter: "drop-shadow(0 0 1px rgb(0 0 0 / 80%))" }}
    >
      {seen.data?.outlines.map(({ number, lines }) => {
        const zone = all.find((each) => each.number === number);
        const colour = zone?.shown ? "#63e6be" : "#9be7ff";
        const [x, y] = lines.flat().reduce((best, point) => (point[1] < best[1] ? point : best), [0, height]);
        return (
          <g key={number} data-zone={number} opacity={zone?.enabled === false ? 0.5 : 1}>
            {lines.map((points, index) => (
              <polyline
                key={index}
                points={points.map((point) => point.join(",")).join(" ")}
                fill="none"
                stroke={colour}
                strokeWidth={zone?.shown ? 3 : 2}
                strokeDasharray={zone?.enabled === false ? "6 5" : undefined}
                vectorEffect="non-scaling-stroke"
              />
            ))}
            <text x={Math.min(x + radius, width * 0.8)} y={Math.max(y, 0) + 2.2 * radius} fontSize={1.8 * radius} fill={colour}>
              {zone?.name.slice(0, 24)}
            </text>
          </g>
        );
      })}
      <g stroke="#ffd08a" strokeWidth={2}>
        <line x1={width / 2 - radius} x2={width / 2 + radius} y1={height / 2} y2={height / 2} vectorEffect="non-scaling-stroke" />
        <line x1={width / 2} x2={width / 2} y1={height / 2 - radius} y2={height / 2 + radius} vectorEffect="non-scaling-stroke" />
      </g>
    </svg>
  );
}
