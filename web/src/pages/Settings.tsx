import { Alert, Badge, Button, Group, NumberInput, PasswordInput, Select, Stack, Switch, Tabs, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router-dom";

import { api, ApiError, type SettingValue } from "../api";
import { useSession } from "../session";
import { mayWrite, type Row, type Schema, type SectionRows, sections, shown } from "../settings/schema";

/** All settings, as forms made from their declaration. */
export function SettingsPage() {
  const schema = useQuery({ queryKey: ["schema"], queryFn: api.schema, staleTime: Infinity });
  const settings = useQuery({ queryKey: ["settings"], queryFn: api.settings });
  const { section } = useParams();
  const navigate = useNavigate();
  const problem = schema.error ?? settings.error;
  if (problem) return <Alert color="red">{problem.message}</Alert>;
  if (!schema.data || !settings.data) return <Text>Loading…</Text>;
  const values = settings.data.values;
  const all = sections(schema.data as unknown as Schema).filter(({ rows }) => rows.some(({ path }) => path in values));
  const shownSection = all.find(({ name }) => name === section) ?? all[0];
  return (
    <Stack maw={760}>
      <Title order={1} size="h3">
        Settings
      </Title>
      {settings.data.restart_needed.length > 0 && (
        <Alert color="yellow">These take effect at the next start: {settings.data.restart_needed.join(", ")}</Alert>
      )}
      <Tabs value={shownSection?.name ?? null} onChange={(name) => name && navigate(`/settings/${name}`)} keepMounted={false}>
        <Tabs.List mb="md">
          {all.map(({ name, title }) => (
            <Tabs.Tab key={name} value={name}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {all.map((each) => (
          <Tabs.Panel key={each.name} value={each.name}>
            <SectionForm section={each} values={values} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

function SectionForm({ section, values }: { section: SectionRows; values: Record<string, SettingValue> }) {
  const { me } = useSession();
  const client = useQueryClient();
  const [edits, setEdits] = useState<Record<string, SettingValue>>({});
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [saving, setSaving] = useState(false);
  const rows = section.rows.filter(({ path }) => path in values);
  const changed = Object.fromEntries(Object.entries(edits).filter(([path, value]) => shown(value) !== shown(values[path])));
  const dirty = Object.keys(changed).length > 0;

  const save = async () => {
    setSaving(true);
    setRefusal(null);
    try {
      client.setQueryData(["settings"], await api.change(changed));
      void client.invalidateQueries({ queryKey: ["views"] });
      void client.invalidateQueries({ queryKey: ["state"] });
      setEdits({});
      notifications.show({ message: "Saved", color: "teal" });
    } catch (error) {
      setRefusal(error instanceof ApiError ? error : new ApiError(0, String(error)));
    } finally {
      setSaving(false);
    }
  };

  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {section.description}
      </Text>
      {rows.map((row) => (
        <Field
          key={row.path}
          row={row}
          value={edits[row.path] ?? values[row.path] ?? null}
          disabled={!mayWrite(me?.role ?? "none", row.write)}
          error={refusal?.field === row.path ? refusal.message : null}
          onChange={(value) => setEdits({ ...edits, [row.path]: value })}
        />
      ))}
      {refusal && !rows.some(({ path }) => path === refusal.field) && <Alert color="red">{refusal.message}</Alert>}
      <Group>
        <Button onClick={() => void save()} disabled={!dirty} loading={saving}>
          Save
        </Button>
        <Button variant="default" onClick={() => setEdits({})} disabled={!dirty}>
          Undo
        </Button>
      </Group>
    </Stack>
  );
}

interface FieldProps {
  row: Row;
  value: SettingValue;
  disabled: boolean;
  error: string | null;
  onChange(value: SettingValue): void;
}

function Field({ row, value, disabled, error, onChange }: FieldProps) {
  const label = (
    <Group gap={6} component="span">
      {row.title}
      {row.restart && (
        <Badge size="xs" variant="light">
          next start
        </Badge>
      )}
    </Group>
  );
  const common = { label, description: row.description, disabled, error };
  switch (row.kind) {
    case "switch":
      return <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case "choice":
      return (
        <Select
          {...common}
          data={row.choices.map((choice) => ({ value: String(choice), label: `${String(choice)}${row.unit && ` ${row.unit}`}` }))}
          value={String(value)}
          allowDeselect={false}
          onChange={(text) => onChange(row.choices.find((choice) => String(choice) === text) ?? value)}
        />
      );
    case "number":
    case "integer":
      return (
        <NumberInput
          {...common}
          value={value as number}
          min={row.minimum ?? undefined}
          max={row.maximum ?? undefined}
          allowDecimal={row.kind === "number"}
          suffix={row.unit && ` ${row.unit}`}
          onChange={(number) => typeof number === "number" && onChange(number)}
        />
      );
    case "secret":
      return <PasswordInput {...common} placeholder="unchanged" autoComplete="new-password" onChange={(event) => onChange(event.currentTarget.value)} />;
    case "text":
      return <TextInput {...common} value={shown(value)} onChange={(event) => onChange(textValue(event.currentTarget.value, value))} />;
  }
}

/** Lists of numbers are edited as text and sent as what they were. */
function textValue(text: string, before: SettingValue): SettingValue {
  if (Array.isArray(before) && text !== "") return text.split(",").map((part) => (Number.isNaN(Number(part)) || part.trim() === "" ? part : Number(part)));
  return text === "" && before === null ? null : text;
}
