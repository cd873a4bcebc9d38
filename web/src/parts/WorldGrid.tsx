import { useQuery } from "@tanstack/react-query";

import { api } from "../api";

const REFRESH_MS = 1000;

/** Level and upright lines of the world itself, bent as the view bends them. Never part of the stream. */
export function WorldGrid({ view, width, height }: { view: number; width: number; height: number }) {
  const grid = useQuery({
    queryKey: ["level-grid", view, width, height],
    queryFn: () => api.levelGrid(view, width, height),
    refetchInterval: REFRESH_MS,
  });
  if (!grid.data) return null;
  return (
    <svg
      viewBox={`-0.5 -0.5 ${grid.data.width} ${grid.data.height}`}
      preserveAspectRatio="none"
      aria-hidden
      data-testid="world-grid"
      style={{ position: "absolute", inset: 0, width: "100%", height: "100%", pointerEvents: "none", filter: "drop-shadow(0 0 1px rgb(0 0 0 / 70%))" }}
    >
      {grid.data.lines.map(({ upright, degrees, points }, index) => {
        const main = degrees === 0;
        return (
          <polyline
            key={index}
            points={points.map((point) => point.join(",")).join(" ")}
            fill="none"
            stroke={main ? "#ffd08a" : upright ? "#9be7ff" : "#ffffff"}
            strokeOpacity={main ? 0.95 : 0.55}
            strokeWidth={main ? 2 : 1}
            vectorEffect="non-scaling-stroke"
          />
        );
      })}
    </svg>
  );
}
