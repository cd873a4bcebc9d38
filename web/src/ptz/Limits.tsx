import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconArrowBarDown, IconArrowBarLeft, IconArrowBarRight, IconArrowBarUp, IconX, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { restoreLimits } from "./Control";
import { degrees } from "./order";
import { type Area, ptz, type Side } from "./ptz";
import { offerUndo } from "./Undo";
import type { Act } from "./usePtz";

const SIDES: { side: Side; label: string; icon: ReactNode }[] = [
  { side: "left", label: "Left", icon: <IconArrowBarLeft size={18} /> },
  { side: "right", label: "Right", icon: <IconArrowBarRight size={18} /> },
  { side: "up", label: "Up", icon: <IconArrowBarUp size={18} /> },
  { side: "down", label: "Down", icon: <IconArrowBarDown size={18} /> },
  { side: "wide", label: "Zoom out", icon: <IconZoomOut size={18} /> },
  { side: "tele", label: "Zoom in", icon: <IconZoomIn size={18} /> },
];

/** How far a view area may go: steer to the edge of what should be seen, then make it the limit. */
export function Limits({ area, act, mayChange }: { area: Area; act: Act; mayChange: boolean }) {
  const set = SIDES.filter(({ side }) => area.limits[side] !== null).map(({ side }) => side);
  const change = (changes: { here?: Side[]; clear?: Side[] }, said: string) => act(() => ptz.limit(area.view, changes), said);
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Steer the picture to where turning or zooming should end, and press Set. Limits hold for everybody, for preset positions and for tours. The arc over the
          picture shows what remains.
        </Text>
        {SIDES.map(({ side, label, icon }) => (
          <Group key={side} wrap="nowrap" gap="sm">
            {icon}
            <Text size="sm" fw={600} w={72}>
              {label}
            </Text>
            <Text size="sm" c={area.limits[side] === null ? "dimmed" : undefined} flex={1} data-testid={`limit-${side}`}>
              {area.limits[side] === null ? "no limit" : degrees(area.limits[side])}
            </Text>
            <Button size="xs" variant="default" aria-label={`Set ${label}`} disabled={!mayChange} onClick={() => void change({ here: [side] }, `${label}: limited here`)}>
              Set
            </Button>
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              px={8}
              aria-label={`Clear ${label}`}
              disabled={!mayChange || area.limits[side] === null}
              onClick={() => void act(() => ptz.limit(area.view, { clear: [side] }))}
            >
              <IconX size={16} />
            </Button>
          </Group>
        ))}
        <Button
          variant="default"
          disabled={!mayChange || set.length === 0}
          style={{ alignSelf: "start" }}
          onClick={() => void act(() => ptz.limit(area.view, { clear: set })).then((done) => done && offerUndo("All limits are cleared", () => void act(() => restoreLimits(area))))}
        >
          Clear all
        </Button>
      </Stack>
    </Card>
  );
}

const SIZE = 96;
const MIDDLE = SIZE / 2;

/** Seen from above: the pan that the limits leave, and where the area looks; beside it the same for the tilt. */
export function LimitsDial({ area }: { area: Area }) {
  const { left, right, up, down } = area.range;
  const { pan, tilt, hfov } = area.pose;
  return (
    <svg
      viewBox={`0 0 ${SIZE + 24} ${SIZE}`}
      width={SIZE + 24}
      height={SIZE}
      role="img"
      aria-label={`Looks at pan ${degrees(pan)}, tilt ${degrees(tilt)}; may turn ${left === null || right === null ? "all the way round" : `from ${degrees(left)} to ${degrees(right)}`}`}
      data-testid="limits-dial"
      style={{ position: "absolute", left: 12, bottom: 12, background: "rgb(10 14 18 / 68%)", borderRadius: 8, pointerEvents: "none" }}
    >
      <circle cx={MIDDLE} cy={MIDDLE} r={38} fill="none" stroke="#ffffff" strokeOpacity={0.2} strokeWidth={7} />
      {left === null || right === null ? (
        <circle cx={MIDDLE} cy={MIDDLE} r={38} fill="none" stroke="#63e6be" strokeWidth={7} />
      ) : (
        <path d={arc(left, right, 38)} fill="none" stroke="#63e6be" strokeWidth={7} />
      )}
      <path d={`${arc(pan - hfov / 2, pan + hfov / 2, 30)} L ${MIDDLE} ${MIDDLE} Z`} fill="#ffd08a" fillOpacity={0.75} />
      <text x={MIDDLE} y={9} fontSize={8} fill="#ffffff" textAnchor="middle">
        0°
      </text>
      <rect x={SIZE + 4} y={8} width={7} height={SIZE - 16} rx={3} fill="#ffffff" fillOpacity={0.2} />
      <rect x={SIZE + 4} y={height(up ?? 90)} width={7} height={Math.max(2, height(down ?? -90) - height(up ?? 90))} rx={3} fill="#63e6be" />
      <rect x={SIZE + 1} y={height(tilt) - 1.5} width={13} height={3} fill="#ffd08a" />
    </svg>
  );
}

function height(tilt: number): number {
  return 8 + ((90 - tilt) / 180) * (SIZE - 16);
}

function place(pan: number, radius: number): string {
  const angle = (pan * Math.PI) / 180;
  return `${(MIDDLE + radius * Math.sin(angle)).toFixed(2)} ${(MIDDLE - radius * Math.cos(angle)).toFixed(2)}`;
}

function arc(from: number, to: number, radius: number): string {
  const sweep = (((to - from) % 360) + 360) % 360;
  return `M ${place(from, radius)} A ${radius} ${radius} 0 ${sweep > 180 ? 1 : 0} 1 ${place(to, radius)}`;
}
