import { ActionIcon, Badge, Button, Card, Group, Menu, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconDots, IconFocus2, IconHomeCheck, IconPencil, IconPlayerPlay, IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";

import { degrees } from "./order";
import { type Area, type Preset, ptz } from "./ptz";
import { offerUndo } from "./Undo";
import type { Act } from "./usePtz";

/** A menu gives the focus back when it has closed; a field that had it before would lose it. */
const MENU_CLOSES_MS = 250;

/** The positions of a view area: keep the present view, go there, rename, make it home, delete. */
export function Presets({ area, act, mayChange }: { area: Area; act: Act; mayChange: boolean }) {
  const [name, setName] = useState("");
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    const wish = name.trim();
    if (await act(() => ptz.keep(area.view, wish ? { name: wish } : {}), `Kept the present view as ${wish || "a new position"}`)) setName("");
  };
  return (
    <Stack>
      <Card withBorder>
        <form onSubmit={(event) => void keep(event)}>
          <Group align="end" gap="xs" wrap="nowrap">
            <TextInput
              flex={1}
              label="New preset position"
              description="Steer the picture, give the view a name, keep it."
              placeholder="Entrance"
              maxLength={31}
              value={name}
              disabled={!mayChange}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" leftSection={<IconPlus size={18} />} disabled={!mayChange}>
              Keep
            </Button>
          </Group>
        </form>
      </Card>
      <Card withBorder p={0}>
        <Stack gap={0} role="list" aria-label="Preset positions">
          {area.presets.map((preset) => (
            <Row key={preset.number} preset={preset} area={area} act={act} mayChange={mayChange} />
          ))}
        </Stack>
      </Card>
    </Stack>
  );
}

function Row({ preset, area, act, mayChange }: { preset: Preset; area: Area; act: Act; mayChange: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const here = area.preset === preset.number && !area.moving;
  const rename = async () => {
    const wish = draft?.trim();
    setDraft(null);
    if (wish && wish !== preset.name) await act(() => ptz.change(area.view, preset.number, { name: wish }));
  };
  const remove = async () => {
    const gone = await act(() => ptz.remove(area.view, preset.number));
    const { number, name, pan, tilt, hfov } = preset;
    if (gone) offerUndo(preset.home ? "Home is automatic again" : `${name} was deleted`, () => void act(() => ptz.keep(area.view, { number, name, pan, tilt, hfov })));
  };
  return (
    <Group role="listitem" wrap="nowrap" gap="sm" px="md" py={8} style={{ borderTop: preset.home ? undefined : "1px solid var(--mantine-color-default-border)" }}>
      <Text size="sm" c="dimmed" w={28} ta="right">
        {preset.number}
      </Text>
      <div style={{ flex: 1, minWidth: 0 }}>
        {draft === null ? (
          <Group gap={6} wrap="nowrap">
            <Text size="sm" fw={600} truncate>
              {preset.name}
            </Text>
            {here && (
              <Badge size="xs" variant="light" color="teal">
                here
              </Badge>
            )}
          </Group>
        ) : (
          <TextInput
            size="xs"
            autoFocus
            aria-label={`New name of ${preset.name}`}
            maxLength={31}
            value={draft}
            onChange={(event) => setDraft(event.currentTarget.value)}
            onBlur={() => void rename()}
            onKeyDown={(event) => {
              if (event.key === "Enter") void rename();
              if (event.key === "Escape") setDraft(null);
            }}
          />
        )}
        <Text size="xs" c="dimmed" truncate>
          pan {degrees(preset.pan)} · tilt {degrees(preset.tilt)} · {preset.zoom.toFixed(1)}×
        </Text>
      </div>
      <Tooltip label="Go there" openDelay={300}>
        <ActionIcon variant="light" size="lg" aria-label={`Go to ${preset.name}`} onClick={() => void act(() => ptz.go(area.view, preset.number))}>
          <IconPlayerPlay size={18} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Change ${preset.name}`} disabled={!mayChange}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!preset.home && (
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => window.setTimeout(() => setDraft(preset.name), MENU_CLOSES_MS)}>
              Rename
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconFocus2 size={16} />}
            onClick={() => void act(() => ptz.change(area.view, preset.number, { here: true }), `${preset.name} is the present view now`)}
          >
            Use the present view
          </Menu.Item>
          {!preset.home && (
            <Menu.Item
              leftSection={<IconHomeCheck size={16} />}
              onClick={() =>
                void act(() => ptz.keep(area.view, { number: 1, pan: preset.pan, tilt: preset.tilt, hfov: preset.hfov }), `${preset.name} is home now`)
              }
            >
              Set as home
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void remove()}>
            {preset.home ? "Automatic home" : "Delete"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
