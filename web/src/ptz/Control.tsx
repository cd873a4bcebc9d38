import { Badge, Button, Card, Group, NumberInput, Select, Stack, Switch, Table, Text } from "@mantine/core";
import { useState } from "react";

import { api, saying, type SettingValue } from "../api";
import { SectionForm } from "../settings/SectionForm";
import type { SettingsAccess } from "../settings/useSettings";
import { type Area, ptz } from "./ptz";
import type { Act } from "./usePtz";

const MOVING = ["speed", "preset_speed", "proportional", "home_after", "resume_after", "encoding"];
const QUEUE = ["queue", "queue_users", "queue_poll"];
const GROUPS = ["administrator", "event", "operator", "autotracking", "viewer", "guard tour", "recorded tour"] as const;

interface Group {
  name: string;
  priority: number;
  timeout: number;
  ends: string;
}

const AXES = ["pan", "tilt", "zoom"] as const;

/** Speeds, going home, pausing tours, and whether this area may be moved at all, and on which axes. */
export function Movement({ area, access }: { area: Area; access: SettingsAccess }) {
  const path = `areas.${area.area - 1}.ptz`;
  const freeze = `ptz.movement.${area.area - 1}.freeze`;
  const paths = AXES.map((axis) => `ptz.movement.${area.area - 1}.${axis}`);
  const [problem, setProblem] = useState<string | null>(null);
  const change = async (changes: Record<string, SettingValue>) => {
    try {
      await access.change(changes);
      setProblem(null);
    } catch (error) {
      setProblem(saying(error));
    }
  };
  return (
    <Stack>
      <Card withBorder>
        <Stack gap="sm">
          <Switch
            label={`Pan, tilt and zoom of ${area.name}`}
            description="Whether anybody may move this view area. Its tours wait while it is off."
            checked={access.values[path] === true}
            disabled={!access.mayWrite(path)}
            onChange={(event) => void change({ [path]: event.currentTarget.checked })}
          />
          <Group gap="lg" pl={4} role="group" aria-label={`What hands may do with ${area.name}`}>
            {paths.map((each) => (
              <Switch
                key={each}
                label={access.row(each)?.title ?? each}
                checked={access.values[each] === true}
                disabled={access.values[path] !== true || !access.mayWrite(each)}
                onChange={(event) => void change({ [each]: event.currentTarget.checked })}
              />
            ))}
          </Group>
          <Text size="xs" c="dimmed">
            What is switched off is not moved by hand, in no client. Preset positions, home, tours and the gatekeeper still reach their places.
          </Text>
          {problem && (
            <Text size="sm" c="red">
              {problem}
            </Text>
          )}
        </Stack>
      </Card>
      <Card withBorder>
        <Switch
          label="Freeze the picture while it moves"
          description={`On its way to a preset position (tours, home and rules too) ${area.name} shows the picture of before until it is there. A hand's move always shows.`}
          checked={access.values[freeze] === true}
          disabled={!access.mayWrite(freeze)}
          onChange={(event) => void change({ [freeze]: event.currentTarget.checked })}
        />
      </Card>
      <Card withBorder>
        <Some names={MOVING} access={access} />
      </Card>
    </Stack>
  );
}

/** Who has control of this area, and the rules by which it is handed on. */
export function Control({ area, access, act }: { area: Area; access: SettingsAccess; act: Act }) {
  const { control } = area;
  return (
    <Stack>
      <Card withBorder>
        <Stack gap="xs">
          <Group justify="space-between">
            <Text fw={600}>{area.name}</Text>
            <Badge variant="light" color={!control.queue ? "gray" : control.holder ? "teal" : "blue"}>
              {!control.queue ? "queue is off" : control.holder ? `controlled by ${control.holder}` : "free"}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed" aria-live="polite">
            {!control.queue
              ? "Everybody who may move view areas can do so at once; a person's move pauses a tour."
              : control.place === 0
                ? "You have control."
                : control.place
                  ? `You are number ${control.place} in the queue. Keep this page open to keep your place.`
                  : control.waiting.length > 0
                    ? `Waiting: ${control.waiting.join(", ")}`
                    : "Nobody waits."}
          </Text>
          <Group gap="xs">
            <Button size="xs" disabled={!control.queue || control.place !== null} onClick={() => void act(() => ptz.control(area.view, "enter"))}>
              Ask for control
            </Button>
            <Button size="xs" variant="default" disabled={!control.queue || control.place === null} onClick={() => void act(() => ptz.control(area.view, "release"))}>
              Give it back
            </Button>
          </Group>
        </Stack>
      </Card>
      <Card withBorder>
        <Some names={QUEUE} access={access} />
      </Card>
      <Groups access={access} />
    </Stack>
  );
}

function Some({ names, access }: { names: string[]; access: SettingsAccess }) {
  const section = access.sections.find(({ name }) => name === "ptz");
  if (!section) return null;
  const rows = names.flatMap((name) => section.rows.filter(({ path }) => path === `ptz.${name}`));
  return <SectionForm section={{ ...section, description: "", rows }} access={access} />;
}

function delivered(rank: number): Group {
  return { name: GROUPS[rank] ?? "", priority: 10 * (rank + 1), timeout: 60, ends: "without activity" };
}

/** Priority and time-out of each group; every change is in force at once. */
function Groups({ access }: { access: SettingsAccess }) {
  const [problem, setProblem] = useState<string | null>(null);
  const kept = (access.values["ptz.groups"] ?? []) as unknown as Group[];
  const groups = GROUPS.map((name, rank) => kept.find((each) => each.name === name) ?? delivered(rank));
  const disabled = !access.mayWrite("ptz.groups");
  const change = async (rank: number, changes: Partial<Group>) => {
    const next = groups.map((group, at) => (at === rank ? { ...group, ...changes } : group));
    const unlike = next.filter((group, at) => JSON.stringify(group) !== JSON.stringify(delivered(at)));
    try {
      await access.change({ "ptz.groups": unlike as unknown as SettingValue });
      setProblem(null);
    } catch (error) {
      setProblem(saying(error));
    }
  };
  return (
    <Card withBorder p={0}>
      <Table verticalSpacing={4} horizontalSpacing="xs" layout="fixed" aria-label="Groups of the control queue">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="28%">Priority</Table.Th>
            <Table.Th w="30%">Time-out</Table.Th>
            <Table.Th>Control ends</Table.Th>
          </Table.Tr>
        </Table.Thead>
        {groups.map((group, rank) => (
          <Table.Tbody key={group.name}>
            <Table.Tr style={{ border: 0 }}>
              <Table.Th colSpan={3} scope="rowgroup" pb={0}>
                {group.name}
              </Table.Th>
            </Table.Tr>
            <Table.Tr>
              <Table.Td>
                <Number label={`Priority of ${group.name}, 1 first`} value={group.priority} max={100} disabled={disabled} onDone={(priority) => void change(rank, { priority })} />
              </Table.Td>
              <Table.Td>
                <Number label={`Time-out of ${group.name}`} value={group.timeout} max={3600} suffix=" s" disabled={disabled} onDone={(timeout) => void change(rank, { timeout })} />
              </Table.Td>
              <Table.Td>
                <Select
                  size="xs"
                  aria-label={`When control of ${group.name} ends`}
                  data={["after a time", "without activity", "never"]}
                  value={group.ends}
                  allowDeselect={false}
                  disabled={disabled}
                  onChange={(ends) => ends && void change(rank, { ends })}
                />
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        ))}
      </Table>
      <Text size="xs" c="dimmed" p="xs">
        Priority 1 goes first.
      </Text>
      {problem && (
        <Text size="sm" c="red" p="sm">
          {problem}
        </Text>
      )}
    </Card>
  );
}

function Number({ label, value, max, suffix, disabled, onDone }: { label: string; value: number; max: number; suffix?: string; disabled: boolean; onDone(value: number): void }) {
  const [draft, setDraft] = useState<number | string | null>(null);
  const done = () => {
    const wish = Math.round(globalThis.Number(draft));
    if (draft !== null && wish !== value && wish >= 1 && wish <= max) onDone(wish);
    setDraft(null);
  };
  return <NumberInput size="xs" aria-label={label} min={1} max={max} suffix={suffix} disabled={disabled} value={draft ?? value} onChange={setDraft} onBlur={done} onKeyDown={(event) => event.key === "Enter" && done()} />;
}

/** Put the limits of an area back as they were. */
export function restoreLimits(area: Area): Promise<unknown> {
  return api.change(Object.fromEntries(Object.entries(area.limits).map(([side, value]) => [`ptz.limits.${area.area - 1}.${side}`, value])));
}
