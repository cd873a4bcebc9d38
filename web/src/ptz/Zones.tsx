import { ActionIcon, Alert, Badge, Button, Card, Group, Menu, NumberInput, SimpleGrid, Stack, Switch, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconDots, IconPencil, IconPlayerPlay, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { type Area, ptz } from "./ptz";
import { offerUndo } from "./Undo";
import type { Act } from "./usePtz";
import { ZoneMap } from "./ZoneMap";
import { type Corners, parse, span, wishOf, width, type Zone, type ZoneWish, zones } from "./zones";

const EVERY_MS = 1000;
const HALF_TURN = 180;

type Draft = Record<keyof Corners, number | string>;
const EMPTY: Draft = { left: "", down: "", right: "", up: "" };

const FIELDS: { side: keyof Corners; label: string; most: number }[] = [
  { side: "left", label: "Left, pan", most: 180 },
  { side: "down", label: "Lower, tilt", most: 90 },
  { side: "right", label: "Right, pan", most: 180 },
  { side: "up", label: "Upper, tilt", most: 90 },
];

/** The named zones of a view area: made corner by corner or many at once, switched, visited, deleted. */
export function Zones({ area, act, mayChange }: { area: Area; act: Act; mayChange: boolean }) {
  const { view } = area;
  const client = useQueryClient();
  const key = ["zones", view];
  const found = useQuery({ queryKey: key, queryFn: () => zones.all(view), refetchInterval: EVERY_MS });
  const [edited, setEdited] = useState<Zone | null>(null);
  const all = found.data?.zones ?? [];
  const doing = async (work: () => Promise<unknown>, said?: string) => {
    const done = await act(work, said);
    await client.invalidateQueries({ queryKey: key });
    return done;
  };
  const removeAll = async () => {
    const gone = all.map(wishOf);
    const done = await doing(() => zones.removeAll(view));
    if (done) offerUndo(gone.length === 1 ? "The zone is deleted" : `${gone.length} zones are deleted`, () => void doing(() => zones.addMany(view, gone)));
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        The modifier #L in an overlay shows the name of the zone in which the middle of this picture lies; where zones overlap, that of the smallest one.
      </Text>
      <ZoneForm key={edited?.number ?? "new"} edited={edited} area={area} doing={doing} mayChange={mayChange} onClose={() => setEdited(null)} />
      <ZoneMap zones={all} pose={area.pose} />
      <Card withBorder p={0}>
        {all.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            No zones yet.
          </Text>
        )}
        <Stack gap={0} role="list" aria-label="Named zones">
          {all.map((zone, index) => (
            <Row key={zone.number} first={index === 0} zone={zone} view={view} doing={doing} mayChange={mayChange} onEdit={() => setEdited(zone)} />
          ))}
        </Stack>
      </Card>
      <Group>
        <Button variant="default" leftSection={<IconTrash size={18} />} disabled={!mayChange || all.length === 0} onClick={() => void removeAll()}>
          Delete all
        </Button>
      </Group>
      <Many view={view} doing={doing} mayChange={mayChange} />
    </Stack>
  );
}

type Doing = (work: () => Promise<unknown>, said?: string) => Promise<boolean>;

interface FormProps {
  edited: Zone | null;
  area: Area;
  doing: Doing;
  mayChange: boolean;
  onClose(): void;
}

/** A new zone, or another form of one: its corners from where the picture looks, or typed. */
function ZoneForm({ edited, area, doing, mayChange, onClose }: FormProps) {
  const [name, setName] = useState(edited?.name ?? "");
  const [draft, setDraft] = useState<Draft>(edited ?? EMPTY);
  const corners = complete(draft);
  const here = (sides: { pan: "left" | "right"; tilt: "down" | "up" }) =>
    doing(async () => {
      const { pose } = (await ptz.areas()).find((each) => each.view === area.view) ?? area;
      setDraft((before) => ({ ...before, [sides.pan]: tenth(pose.pan), [sides.tilt]: tenth(pose.tilt) }));
    });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!corners) return;
    const wish: ZoneWish = { ...corners, ...(name.trim() && { name: name.trim() }) };
    const done = await doing(
      () => (edited ? zones.change(area.view, edited.number, wish) : zones.add(area.view, wish)),
      edited ? `${wish.name ?? edited.name} is changed` : `${wish.name ?? "A new zone"} is kept`,
    );
    if (!done) return;
    setName("");
    setDraft(EMPTY);
    onClose();
  };
  return (
    <Card withBorder>
      <form onSubmit={(event) => void save(event)}>
        <Stack gap="sm">
          <TextInput
            label={edited ? `Name of zone ${edited.number}` : "New zone"}
            description="Steer the picture to the lower left corner of the place, then to the upper right one. Or type pan and tilt."
            placeholder="Gate"
            maxLength={64}
            value={name}
            disabled={!mayChange}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group grow gap="xs" preventGrowOverflow={false}>
            <Button variant="default" px="xs" disabled={!mayChange} onClick={() => void here({ pan: "left", tilt: "down" })}>
              Lower left here
            </Button>
            <Button variant="default" px="xs" disabled={!mayChange} onClick={() => void here({ pan: "right", tilt: "up" })}>
              Upper right here
            </Button>
          </Group>
          <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="xs">
            {FIELDS.map(({ side, label, most }) => (
              <NumberInput
                key={side}
                size="xs"
                label={label}
                suffix="°"
                min={-most}
                max={most}
                decimalScale={3}
                hideControls
                value={draft[side]}
                disabled={!mayChange}
                onChange={(value) => setDraft((before) => ({ ...before, [side]: value }))}
              />
            ))}
          </SimpleGrid>
          {corners && width(corners) > HALF_TURN && (
            <Text size="sm">
              This zone goes {Math.round(width(corners))}° round, from its left corner clockwise to its right one. Exchange left and right if that is not meant.
            </Text>
          )}
          {corners && corners.up <= corners.down && <Text size="sm">The upper right corner has to lie above the lower left one.</Text>}
          <Group gap="xs">
            <Button type="submit" leftSection={edited ? undefined : <IconPlus size={18} />} disabled={!mayChange || !corners}>
              {edited ? "Save" : "Add zone"}
            </Button>
            {edited && (
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

interface RowProps {
  zone: Zone;
  first: boolean;
  view: number;
  doing: Doing;
  mayChange: boolean;
  onEdit(): void;
}

function Row({ zone, first, view, doing, mayChange, onEdit }: RowProps) {
  const remove = async () => {
    const done = await doing(() => zones.remove(view, zone.number));
    if (done) offerUndo(`${zone.name} was deleted`, () => void doing(() => zones.add(view, wishOf(zone))));
  };
  return (
    <Group role="listitem" wrap="nowrap" gap="sm" px="md" py={8} style={{ borderTop: first ? undefined : "1px solid var(--mantine-color-default-border)" }}>
      <Switch
        aria-label={`${zone.name} is active`}
        checked={zone.enabled}
        disabled={!mayChange}
        onChange={(event) => {
          const enabled = event.currentTarget.checked;
          void doing(() => zones.change(view, zone.number, { enabled }));
        }}
      />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Group gap={6} wrap="nowrap">
          <Text size="sm" fw={600} truncate c={zone.enabled ? undefined : "dimmed"}>
            {zone.name}
          </Text>
          {zone.here && (
            <Badge size="xs" variant="light" color={zone.shown ? "teal" : "gray"} style={{ flexShrink: 0 }}>
              {zone.shown ? "shown" : "here"}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {span(zone)}
        </Text>
      </div>
      <Tooltip label="Go there" openDelay={300}>
        <ActionIcon variant="light" size="lg" aria-label={`Go to ${zone.name}`} onClick={() => void doing(() => zones.go(view, zone.number))}>
          <IconPlayerPlay size={18} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Change ${zone.name}`} disabled={!mayChange}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
            Name and corners
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void remove()}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

/** Many zones at once, by coordinates. */
function Many({ view, doing, mayChange }: { view: number; doing: Doing; mayChange: boolean }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const add = async () => {
    try {
      const many = parse(text);
      setWrong("");
      const said = many.length === 1 ? "A zone is kept" : `${many.length} zones are kept`;
      if (await doing(() => zones.addMany(view, many), said)) setText("");
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Textarea
          label="Many at once"
          description="One zone a line: name; left; down; right; up, in degrees. All are made, or none."
          placeholder={"Gate; 10; -40; 30; -20\nYard; -60; -90; 60; 0"}
          autosize
          minRows={3}
          maxRows={12}
          value={text}
          disabled={!mayChange}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {wrong && <Alert color="red">{wrong}</Alert>}
        <Button variant="default" style={{ alignSelf: "start" }} disabled={!mayChange || text.trim() === ""} onClick={() => void add()}>
          Add these zones
        </Button>
      </Stack>
    </Card>
  );
}

function complete(draft: Draft): Corners | null {
  const { left, down, right, up } = draft;
  return typeof left === "number" && typeof down === "number" && typeof right === "number" && typeof up === "number" ? { left, down, right, up } : null;
}

function tenth(angle: number): number {
  return Math.round(angle * 10) / 10 + 0;
}
