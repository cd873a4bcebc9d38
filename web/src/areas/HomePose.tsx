import { Badge, Button, Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconHomeCheck, IconRotate } from "@tabler/icons-react";

import { api, type Pose, saying, type View } from "../api";
import { FIRST_AREA_VIEW } from "../live/steering";
import { Field } from "../settings/Field";
import { SaveButtons } from "../settings/SaveButtons";
import { useEdits } from "../settings/useEdits";
import type { SettingsAccess, Values } from "../settings/useSettings";

const PARTS = ["pan", "tilt", "hfov"] as const;
const ANY_POSE = "automatic";

/** Where one view area looks when it is at home, by numbers or by looking there. */
export function HomePose({ view, access }: { view: View; access: SettingsAccess }) {
  const area = `areas.${view.index - FIRST_AREA_VIEW}`;
  const rows = [...PARTS, "ptz"].flatMap((part) => access.row(`${area}.${part}`) ?? []);
  const edits = useEdits(access, rows);
  const own = PARTS.every((part) => access.values[`${area}.${part}`] === null);
  const allowed = access.mayWrite(`${area}.pan`);

  const change = async (pose: (now: Pose) => Values, said: string) => {
    try {
      await access.change(pose(await api.pose(view.index)));
      edits.undo();
      notifications.show({ message: said, color: "teal" });
    } catch (error) {
      notifications.show({ message: saying(error), color: "red" });
    }
  };
  const useCurrent = () =>
    change(
      ({ pan, tilt, hfov }) => ({ [`${area}.pan`]: tenth(pan), [`${area}.tilt`]: tenth(tilt), [`${area}.hfov`]: tenth(hfov) }),
      `${view.name} has a new home position`,
    );
  const forget = () => change(() => Object.fromEntries(PARTS.map((part) => [`${area}.${part}`, null])), `${view.name} has the home position of its mount again`);

  return (
    <Card withBorder>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void edits.save();
        }}
        noValidate
      >
        <Stack>
          <Group justify="space-between">
            <Text fw={600}>Home position</Text>
            <Badge variant="light" color={own ? "gray" : "teal"}>
              {own ? ANY_POSE : "set by hand"}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            Steer the picture to where this view area should look, then make that its home. Every area goes to its home when one of them changes.
          </Text>
          <Group gap="xs">
            <Button leftSection={<IconHomeCheck size={18} />} onClick={() => void useCurrent()} disabled={!allowed || !view.available}>
              Use the current view as home
            </Button>
            <Button variant="default" leftSection={<IconRotate size={18} />} onClick={() => void forget()} disabled={!allowed || own}>
              Automatic home
            </Button>
          </Group>
          <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="xs">
            {rows
              .filter(({ kind }) => kind === "number")
              .map((row) => (
                <Field
                  key={row.path}
                  row={{ ...row, title: row.title.replace(/^Home (.)/, (_, letter: string) => letter.toUpperCase()) }}
                  value={edits.value(row.path)}
                  error={edits.error(row.path)}
                  disabled={!allowed}
                  description=""
                  placeholder={ANY_POSE}
                  onChange={(value) => edits.set(row.path, value)}
                />
              ))}
          </SimpleGrid>
          {rows
            .filter(({ kind }) => kind === "switch")
            .map((row) => (
              <Field
                key={row.path}
                row={row}
                value={edits.value(row.path)}
                error={edits.error(row.path)}
                disabled={!access.mayWrite(row.path)}
                onChange={(value) => edits.set(row.path, value)}
              />
            ))}
          <SaveButtons edits={edits} />
        </Stack>
      </form>
    </Card>
  );
}

function tenth(degrees: number): number {
  return Math.round(degrees * 10) / 10;
}
