import { Alert, Button, Card, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { saying } from "../api";
import type { SettingsAccess } from "../settings/useSettings";
import { clock, type Zone } from "./calls";

const MACHINE = "machine";
const RULE = "rule";

/** The zone in which people are shown times: by name, by rule, or the machine's. */
export function ZoneCard({ access, refresh }: { access: SettingsAccess; refresh(): unknown }) {
  const zones = useQuery({ queryKey: ["zones"], queryFn: clock.zones, staleTime: 3_600_000 });
  const kept = String(access.values["time.zone"] ?? "");
  const names = zones.data?.zones ?? [];
  const known = kept === "" || names.some(({ name }) => name === kept);
  const [edit, setEdit] = useState<{ choice: string; rule: string; daylight: boolean } | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const now = edit ?? { choice: kept === "" ? MACHINE : known || !zones.data ? kept : RULE, rule: known ? "" : kept, daylight: access.values["time.daylight_saving"] !== false };

  const save = async () => {
    setRefusal(null);
    const zone = now.choice === MACHINE ? "" : now.choice === RULE ? now.rule : now.choice;
    try {
      await access.change({ "time.zone": zone, "time.daylight_saving": now.choice === RULE ? now.daylight : true });
      setEdit(null);
      notifications.show({ message: "Saved. Overlays and lists show this zone from now on.", color: "teal" });
    } catch (error) {
      setRefusal(saying(error));
    }
    await refresh();
  };
  return (
    <Card withBorder>
      <Stack>
        <Select
          label="Time zone"
          description="Type a city or a part of the world. Daylight saving time is kept by itself."
          searchable
          limit={100}
          nothingFoundMessage="No zone of that name"
          data={[
            { value: MACHINE, label: `The machine's own${zones.data?.machine ? ` (${zones.data.machine})` : ""}` },
            { value: RULE, label: "By a POSIX rule" },
            ...names.map((zone) => ({ value: zone.name, label: labelled(zone) })),
          ]}
          value={now.choice}
          allowDeselect={false}
          disabled={zones.isPending} // what is typed would be lost when the names arrive
          onChange={(choice) => choice && setEdit({ ...now, choice })}
        />
        {now.choice === RULE && (
          <>
            <TextInput
              label="POSIX rule"
              description="Such as CET-1CEST,M3.5.0,M10.5.0/3. Hours are counted west of Greenwich."
              value={now.rule}
              onChange={(event) => setEdit({ ...now, rule: event.currentTarget.value })}
            />
            <Switch
              label="Daylight saving time"
              checked={now.daylight}
              onChange={(event) => setEdit({ ...now, daylight: event.currentTarget.checked })}
            />
          </>
        )}
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Group>
          <Button onClick={() => void save()} disabled={edit === null || (now.choice === RULE && !now.rule)}>
            Save
          </Button>
          <Button variant="default" onClick={() => setEdit(null)} disabled={edit === null}>
            Undo
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          Recordings and events keep UTC inside, so a change of the zone rewrites nothing.
        </Text>
      </Stack>
    </Card>
  );
}

function labelled({ name, offset, daylight_saving }: Zone): string {
  return `${name.replaceAll("_", " ")} (UTC${offset}${daylight_saving ? ", summer time" : ""})`;
}
