import { ActionIcon, Anchor, Badge, Button, Card, Group, Modal, Stack, Text } from "@mantine/core";
import { IconCopy, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";

import { clock } from "../clock/calls";
import { offsetOf, wallClock } from "../clock/words";
import { offerUndo } from "../ptz/Undo";
import type { Rule } from "./calls";
import { ScheduleForm } from "./ScheduleForm";
import { isInterval, type Schedule, schedules, type ScheduleWish, usersOf } from "./schedules";
import type { Act } from "./useRules";
import { WeekStrip } from "./WeekStrip";

const MINUTE_MS = 60_000;

type Open = { id: string | null; schedule: Pick<Schedule, "name" | "kind" | "rule"> | null };

/** All schedules with their weeks, and which rules go by them. */
export function ScheduleList({ all, rules, act }: { all: Schedule[]; rules: Rule[]; act: Act }) {
  const [open, setOpen] = useState<Open | null>(null);
  const time = useQuery({ queryKey: ["camera-time"], queryFn: clock.read, refetchInterval: MINUTE_MS }).data ?? null;
  const save = async (wish: ScheduleWish) => {
    const id = open?.id;
    const kept = await (id ? schedules.change(id, wish) : schedules.add(wish));
    await act(async () => kept);
    setOpen(null);
  };
  const remove = async ({ id, name, kind, rule }: Schedule) => {
    if (await act(async () => (await schedules.remove(id), true))) offerUndo(`${name} was deleted`, () => void act(() => schedules.add({ name, kind, rule })));
  };
  return (
    <Stack>
      <Group>
        <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen({ id: null, schedule: null })}>
          New schedule
        </Button>
        <Text size="sm" c="dimmed">
          By the camera's clock{time && <>: {wallClock(Date.parse(time.utc), offsetOf(time.local)).time.slice(0, 5)}, {time.zone || time.zone_short}</>}.
        </Text>
      </Group>
      <Stack gap="xs" role="list" aria-label="Schedules">
        {all.map((schedule) => {
          const { id, name, kind, rule, words, active, ready_made } = schedule;
          const users = usersOf(schedule, rules);
          return (
            <Card key={id} withBorder p="sm" role="listitem" data-schedule={id}>
              <Group gap="sm" align="start">
                <div style={{ flex: "1 1 240px", minWidth: 0 }}>
                  <Group gap={6}>
                    <Text fw={600} size="sm" dir="auto" style={{ overflowWrap: "anywhere" }}>
                      {name}
                    </Text>
                    {active && (
                      <Badge size="sm" variant="filled" color="teal" tt="none">
                        active now
                      </Badge>
                    )}
                    {kind === "pulse" && (
                      <Badge size="sm" variant="light" color="gray" tt="none">
                        pulse
                      </Badge>
                    )}
                    {ready_made && (
                      <Badge size="sm" variant="light" color="gray" tt="none">
                        ready-made
                      </Badge>
                    )}
                  </Group>
                  <Text size="sm">{words}</Text>
                  <Text size="xs" c="dimmed">
                    {time && next(schedule, time.local)}
                  </Text>
                  {users.length > 0 && (
                    <Text size="xs" c="dimmed">
                      Used by{" "}
                      {users.map((user, index) => (
                        <span key={user.id}>
                          {index > 0 && ", "}
                          <Anchor inherit component={Link} to={`/rules/${user.id}`}>
                            {user.name}
                          </Anchor>
                        </span>
                      ))}
                    </Text>
                  )}
                </div>
                <div style={{ flex: "1 1 220px", maxWidth: 420, alignSelf: "center" }}>{!isInterval(rule) && kind === "schedule" && <WeekStrip hours={rule} now={time ? wall(time.local) : undefined} />}</div>
                <Group gap={0} wrap="nowrap" ml="auto">
                  <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Change ${name}`} onClick={() => setOpen({ id, schedule })}>
                    <IconPencil size={18} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Copy ${name}`} onClick={() => setOpen({ id: null, schedule: { kind, rule, name: `Copy of ${name}`.slice(0, 64) } })}>
                    <IconCopy size={18} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="red" size="lg" aria-label={`Delete ${name}`} onClick={() => void remove(schedule)}>
                    <IconTrash size={18} />
                  </ActionIcon>
                </Group>
              </Group>
            </Card>
          );
        })}
      </Stack>
      {all.length === 0 && (
        <Text size="sm" c="dimmed">
          There is no schedule.
        </Text>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open?.id ? `Change ${open.schedule?.name ?? ""}` : "New schedule"}>
        {open && <ScheduleForm schedule={open.schedule} save={save} />}
      </Modal>
    </Stack>
  );
}

/** The camera's local time as a date whose hours and days are those on its wall. */
const wall = (local: string) => new Date(local.slice(0, 19));

/** When it changes next, by the camera's clock. */
function next({ next_ms, kind, active }: Schedule, local: string): string {
  if (next_ms === null) return kind === "pulse" ? "Does not come again" : active ? "Does not end" : "Does not begin again";
  const { time, date } = wallClock(next_ms, offsetOf(local));
  return `${kind === "pulse" ? "Next" : active ? "Until" : "Begins"} ${date}, ${time.replace(/:00$/, "")}`;
}
