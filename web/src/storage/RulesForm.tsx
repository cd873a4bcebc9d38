import { Button, Group, NumberInput, SimpleGrid, Stack, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { saying } from "../api";
import type { Rules } from "./calls";

/** What is kept on a disk, and for how long. */
export function RulesForm({ rules, save }: { rules: Rules; save(changed: Partial<Rules>): Promise<unknown> }) {
  const [changed, setChanged] = useState<Partial<Rules>>({});
  const [saving, setSaving] = useState(false);
  const now = { ...rules, ...changed };
  const put = (change: Partial<Rules>) => setChanged((all) => ({ ...all, ...change }));
  const submit = async () => {
    setSaving(true);
    try {
      await save(changed);
      setChanged({});
    } catch (error) {
      notifications.show({ color: "red", message: saying(error) });
    } finally {
      setSaving(false);
    }
  };
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberInput
          label="Keep recordings"
          description="0: until space is needed"
          suffix=" days"
          min={0}
          max={7000}
          value={now.retention_days}
          onChange={(value) => put({ retention_days: Number(value) })}
        />
        <NumberInput label="Space for recordings" description="0: no limit" suffix=" MB" min={0} value={now.most_mb} onChange={(value) => put({ most_mb: Number(value) })} />
      </SimpleGrid>
      <Switch
        label="Remove the oldest to make room"
        description="Otherwise recording stops when it is full"
        checked={now.remove_oldest}
        onChange={(event) => put({ remove_oldest: event.currentTarget.checked })}
      />
      <Switch
        label="Write-protect"
        description="Nothing is recorded and nothing removed"
        checked={now.protected}
        onChange={(event) => put({ protected: event.currentTarget.checked })}
      />
      {Object.keys(changed).length > 0 && (
        <Group>
          <Button size="xs" loading={saving} onClick={() => void submit()}>
            Save
          </Button>
          <Button size="xs" variant="default" onClick={() => setChanged({})}>
            Undo
          </Button>
        </Group>
      )}
    </Stack>
  );
}
