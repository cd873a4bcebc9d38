import { ActionIcon, Badge, Button, Card, Group, Modal, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconBolt, IconCircleFilled, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router-dom";

import { useSession } from "../session";
import { clock } from "./order";
import { type Area, ptz, type Tour } from "./ptz";
import { TourForm } from "./TourForm";
import { offerUndo } from "./Undo";
import type { Act } from "./usePtz";

const COLORS: Record<string, string> = { stopped: "gray", paused: "yellow" };

/** The tours of a view area: make, teach, start, hold, change, delete. */
export function Tours({ area, tours, act, mayChange }: { area: Area; tours: Tour[]; act: Act; mayChange: boolean }) {
  const { me } = useSession();
  const [open, setOpen] = useState<Tour | "new" | null>(null);
  const remove = async (tour: Tour) => {
    if (!(await act(() => ptz.removeTour(tour.number)))) return;
    if (tour.kind === "preset") offerUndo(`${tour.name} was deleted`, () => void act(() => ptz.addTour(area.view, tour && wish(tour))));
  };
  return (
    <Stack>
      <Group>
        <Button leftSection={<IconPlus size={18} />} disabled={!mayChange} onClick={() => setOpen("new")}>
          New tour of presets
        </Button>
        <Text size="sm" c="dimmed">
          Tours run on the camera, with or without anybody watching.
        </Text>
      </Group>
      <Record area={area} act={act} mayChange={mayChange} />
      {tours.length === 0 && (
        <Text size="sm" c="dimmed">
          There is no tour yet.
        </Text>
      )}
      {tours.map((tour) => (
        <Card withBorder key={tour.number} p="sm">
          <Group gap="xs" justify="flex-end">
            <div style={{ flex: "1 1 180px", minWidth: 0 }}>
              <Group gap={6} wrap="nowrap">
                <Text fw={600} size="sm" truncate>
                  {tour.name}
                </Text>
                <Badge size="xs" variant="light" color={COLORS[tour.state] ?? "teal"} data-testid={`tour-${tour.number}`}>
                  {tour.state}
                </Badge>
              </Group>
              <Text size="xs" c="dimmed">
                {about(tour, area)}
              </Text>
              {tour.missing.length > 0 && (
                <Text size="xs" c="orange">
                  Skips deleted positions: {tour.missing.join(", ")}
                </Text>
              )}
            </div>
            <Group wrap="nowrap" gap="xs">
              {tour.running && tour.state !== "paused" ? (
                <ActionIcon variant="default" size="lg" aria-label={`Pause ${tour.name}`} onClick={() => void act(() => ptz.run(tour.number, "pause"))}>
                  <IconPlayerPause size={18} />
                </ActionIcon>
              ) : (
                <ActionIcon variant="light" size="lg" aria-label={`Start ${tour.name}`} onClick={() => void act(() => ptz.run(tour.number, "start"))}>
                  <IconPlayerPlay size={18} />
                </ActionIcon>
              )}
              <ActionIcon variant="default" size="lg" aria-label={`Stop ${tour.name}`} disabled={!tour.running} onClick={() => void act(() => ptz.run(tour.number, "stop"))}>
                <IconPlayerStop size={18} />
              </ActionIcon>
              {me?.role === "administrator" && (
                <Tooltip label="Start this tour by a rule" openDelay={300}>
                  <ActionIcon variant="subtle" color="gray" size="lg" component={Link} to={`/rules/new?tour=${tour.number}`} aria-label={`Make a rule that starts ${tour.name}`}>
                    <IconBolt size={18} />
                  </ActionIcon>
                </Tooltip>
              )}
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Change ${tour.name}`} disabled={!mayChange} onClick={() => setOpen(tour)}>
                <IconPencil size={18} />
              </ActionIcon>
              <ActionIcon variant="subtle" color="red" size="lg" aria-label={`Delete ${tour.name}`} disabled={!mayChange} onClick={() => void remove(tour)}>
                <IconTrash size={18} />
              </ActionIcon>
            </Group>
          </Group>
        </Card>
      ))}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open === "new" ? "New tour of presets" : `Change ${open?.name ?? ""}`} size="lg">
        {open !== null && (
          <TourForm
            area={area}
            tour={open === "new" ? null : open}
            save={async (changes) => {
              const done = await act(() => (open === "new" ? ptz.addTour(area.view, changes) : ptz.changeTour(open.number, open.kind === "preset" ? changes : { name: changes.name, pause: changes.pause })));
              if (done) setOpen(null);
            }}
          />
        )}
      </Modal>
    </Stack>
  );
}

function wish({ name, random, pause, steps }: Tour) {
  return { name, random, pause, steps };
}

function about(tour: Tour, area: Area): string {
  const pause = tour.pause ? ` · ${clock(tour.pause)} min between rounds` : "";
  if (tour.kind === "recorded") return `Recorded · ${tour.seconds === null ? "its file is missing" : clock(tour.seconds)}${pause}`;
  const names = tour.steps.map(({ preset }) => area.presets.find(({ number }) => number === preset)?.name ?? `(${preset})`);
  return `${tour.random ? "At random" : "In order"}: ${names.join(", ") || "no positions"}${pause}`;
}

/** Teach a tour by steering. */
function Record({ area, act, mayChange }: { area: Area; act: Act; mayChange: boolean }) {
  const [name, setName] = useState("");
  const { recording } = area;
  const keep = () => act(() => ptz.keepRecording(area.view), "The recorded tour is kept");
  return (
    <Card withBorder p="sm">
      <Group wrap="nowrap" align="end">
        {recording ? (
          <Group flex={1} gap="xs">
            <IconCircleFilled size={14} color="var(--mantine-color-red-6)" />
            <Text size="sm" fw={600} role="timer" aria-live="off">
              {recording.name} · {clock(recording.seconds)}
            </Text>
            <Text size="xs" c="dimmed">
              Steer the picture as the tour should go.
            </Text>
          </Group>
        ) : (
          <TextInput
            flex={1}
            label="Record a tour"
            description="The camera notes every move until you stop."
            placeholder="Round"
            maxLength={31}
            value={name}
            disabled={!mayChange}
            error={name && !/^[A-Za-z0-9._-]*$/.test(name) ? "Letters, digits and . - _ only" : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {recording ? (
          <Button color="red" leftSection={<IconPlayerStop size={18} />} onClick={() => void keep()}>
            Stop and keep
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconCircleFilled size={14} color="var(--mantine-color-red-6)" />}
            disabled={!mayChange}
            onClick={() => void act(() => ptz.record(area.view, name.trim())).then((done) => done && setName(""))}
          >
            Record
          </Button>
        )}
      </Group>
    </Card>
  );
}
