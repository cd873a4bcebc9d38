import { Card, Group, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";

import { saying, type View } from "../api";
import { reasonOf } from "../live/reasons";
import type { SettingsAccess } from "../settings/useSettings";

/** Names of all views, and which of them may be watched. A name is saved when its field is left. */
export function ViewList({ views, access }: { views: View[]; access: SettingsAccess }) {
  return (
    <Card withBorder>
      <Title order={2} size="h5">
        All views
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Names appear in menus and clients. A view that is off cannot be requested by anybody.
      </Text>
      <Stack gap="xs">
        {views.map((view) => (
          <ViewRow key={view.index} view={view} access={access} />
        ))}
      </Stack>
    </Card>
  );
}

function ViewRow({ view, access }: { view: View; access: SettingsAccess }) {
  const [namePath, enabledPath] = [`views.${view.index}.name`, `views.${view.index}.enabled`];
  const [draft, setDraft] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const enabled = access.values[enabledPath] === true;
  const name = String(access.values[namePath] ?? view.name);

  const change = async (path: string, value: string | boolean) => {
    setRefusal(null);
    try {
      await access.change({ [path]: value });
      setDraft(null);
    } catch (error) {
      setRefusal(saying(error));
    }
  };
  const keep = () => {
    if (draft !== null && draft.trim() !== name) void change(namePath, draft.trim());
    else setDraft(null);
  };

  return (
    <div>
      <Group wrap="nowrap" gap="sm">
        <TextInput
          flex={1}
          size="sm"
          aria-label={`Name of view ${view.index + 1}`}
          value={draft ?? name}
          maxLength={64}
          disabled={!access.mayWrite(namePath)}
          error={refusal !== null}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={keep}
          onKeyDown={(event) => event.key === "Enter" && keep()}
        />
        <Switch
          aria-label={`${name} may be watched`}
          checked={enabled}
          disabled={!access.mayWrite(enabledPath)}
          onChange={(event) => void change(enabledPath, event.currentTarget.checked)}
        />
      </Group>
      {refusal && (
        <Text size="xs" c="red">
          {refusal}
        </Text>
      )}
      {enabled && !view.available && (
        <Text size="xs" c="dimmed">
          {reasonOf(view)}
        </Text>
      )}
    </div>
  );
}
