import { Alert, Anchor, Badge, Card, Group, NumberInput, Select, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";

import { motion } from "../motion/api";
import { type Area, type Gatekeeper, ptz } from "./ptz";
import type { Act } from "./usePtz";

const [SHORTEST, LONGEST] = [1, 3600];

/** Look at a preset position while something moves. */
export function GatekeeperCard({ area, act, mayChange }: { area: Area; act: Act; mayChange: boolean }) {
  const areas = useQuery({ queryKey: ["motion"], queryFn: () => motion.list(), refetchInterval: 1000 }).data?.areas ?? [];
  const [seconds, setSeconds] = useState<number | null>(null);
  const { gatekeeper } = area;
  const watched = areas.find(({ id }) => id === gatekeeper.motion_area);
  const change = (changes: Partial<Gatekeeper>) => void act(() => ptz.gatekeeper(area.view, changes));
  const keep = () => {
    if (seconds !== null && seconds !== gatekeeper.home_after) change({ home_after: seconds });
    setSeconds(null);
  };
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Switch
            label={`Gatekeeper of ${area.name}`}
            checked={gatekeeper.enabled}
            disabled={!mayChange || (!gatekeeper.enabled && gatekeeper.motion_area === null)}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
          <Badge variant={gatekeeper.on_duty ? "filled" : "light"} color={gatekeeper.on_duty ? "orange" : "gray"} style={{ flex: "none" }}>
            {!gatekeeper.enabled ? "off" : gatekeeper.on_duty ? "on duty" : "watching"}
          </Badge>
        </Group>
        {areas.length === 0 && (
          <Alert color="blue" p="xs">
            There is no motion area to watch yet. Draw one on the page{" "}
            <Anchor component={Link} to="/motion">
              Motion
            </Anchor>
            .
          </Alert>
        )}
        <Select
          label="When something moves in"
          placeholder="Choose a motion area"
          data={areas.map(({ id, name, enabled }) => ({ value: String(id), label: enabled ? name : `${name} (off)` }))}
          value={watched ? String(watched.id) : null}
          disabled={!mayChange || areas.length === 0}
          allowDeselect={false}
          onChange={(id) => id && change({ motion_area: Number(id) })}
        />
        <Select
          label="go to"
          data={area.presets.map(({ number, name }) => ({ value: String(number), label: name }))}
          value={String(gatekeeper.preset)}
          disabled={!mayChange}
          allowDeselect={false}
          onChange={(number) => number && change({ preset: Number(number) })}
        />
        <NumberInput
          label="and home again after"
          description="When nothing has moved for this long."
          suffix=" s"
          min={SHORTEST}
          max={LONGEST}
          allowDecimal={false}
          clampBehavior="strict"
          value={seconds ?? gatekeeper.home_after}
          disabled={!mayChange}
          onChange={(next) => typeof next === "number" && setSeconds(next)}
          onBlur={keep}
          onKeyDown={(event) => event.key === "Enter" && keep()}
        />
        {gatekeeper.enabled && watched && !watched.enabled && <Text size="sm" c="orange">{`${watched.name} is switched off: nothing is seen there.`}</Text>}
        <Text size="sm" c="dimmed">
          Whoever else moves the view area has the word: the gatekeeper lets go at once, and acts again when nobody has moved it for as long as it waits to go home.
        </Text>
      </Stack>
    </Card>
  );
}
