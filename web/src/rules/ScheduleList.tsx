import { Anchor, Badge, Button, Card, Group, Modal, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";

import { type CameraTime, clock } from "../clock/calls";
import { offsetOf, wallClock } from "../clock/words";
import { offerUndo } from "../ptz/Undo";
import type { Rule } from "./calls";
import { RowTools } from "./RowTools";
import { LONGEST_NAME, ScheduleForm } from "./ScheduleForm";
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
    if (await act(async () => (await schedules.remove(id), true))) offerUndo(`${name} was deleted`, () => void act(() => schedules.add({ id, name, kind, rule })));
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
        {all.map((schedule) => (
          <Row
            key={schedule.id}
            schedule={schedule}
            users={usersOf(schedule, rules)}
            time={time}
            onChange={() => setOpen({ id: schedule.id, schedule })}
            onCopy={() => setOpen({ id: null, schedule: { ...schedule, name: `Copy of ${schedule.name}`.slice(0, LONGEST_NAME) } })}
            onDelete={() => void remove(schedule)}
          />
        ))}
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

interface RowProps {
  schedule: Schedule;
  users: Rule[];
  time: CameraTime | null;
  onChange(): void;
  onCopy(): void;
  onDelete(): void;
}

function Row({ schedule, users, time, ...tools }: RowProps) {
  const { id, name, kind, rule, words, active, ready_made } = schedule;
  return (
    <Card withBorder p="sm" role="listitem" data-schedule={id}>
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
            {[kind === "pulse" && kind, ready_made && "ready-made"].map(
              (label) =>
                label && (
                  <Badge key={label} size="sm" variant="light" color="gray" tt="none">
                    {label}
                  </Badge>
                ),
            )}
          </Group>
          <Text size="sm">{words}</Text>
          <Text size="xs" c="dimmed">
            {time && next(schedule, time.local)}
          </Text>
          <Users users={users} />
        </div>
        <div style={{ flex: "1 1 220px", maxWidth: 420, alignSelf: "center" }}>{!isInterval(rule) && kind === "schedule" && <WeekStrip hours={rule} now={time ? wall(time.local) : undefined} />}</div>
        <RowTools name={name} {...tools} />
      </Group>
    </Card>
  );
}

function Users({ users }: { users: Rule[] }) {
  if (users.length === 0) return null;
  return (
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
