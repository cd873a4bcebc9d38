import { Anchor, Box, NumberInput, Select, SimpleGrid, Stack, Switch, Text, Textarea, TextInput, Title } from "@mantine/core";
import { Link } from "react-router-dom";

import { FIRST_AREA_VIEW } from "../live/steering";
import { ModifierPalette } from "../overlays/ModifierPalette";
import type { ActionKind, ConditionKind, Parameter, Value } from "./calls";
import { actionKind, chosen, conditionKind, grouped, offered } from "./catalogue";
import { acting, type Draft, type Faults } from "./draft";

/** Where the things are made that a parameter chooses from. */
const MADE_AT: Record<string, { to: string; label: string }> = {
  recipient: { to: "/rules/recipients", label: "Add a recipient" },
  tour: { to: "/ptz/tours", label: "Make a guard tour" },
  preset: { to: "/ptz/presets", label: "Keep a preset position" },
  port: { to: "/accessories", label: "Add a port" },
  disk: { to: "/storage", label: "Set up storage" },
  profile: { to: "/stream-profiles", label: "Make a stream profile" },
};

const TEXT_LINES = 200;

interface Props {
  draft: Draft;
  kinds: ActionKind[];
  conditions: ConditionKind[];
  faults: Faults;
  put(change: Partial<Draft>): void;
}

/** What the rule does: one of the camera's actions and what it takes. */
export function ActionFields({ draft, kinds, conditions, faults, put }: Props) {
  const kind = actionKind(kinds, draft.kind);
  const momentary = draft.conditions.some(({ topic }) => conditionKind(conditions, topic)?.stateful === false) && !(draft.trigger && draft.conditions.length > 1);
  const options = grouped(
    kinds.map(({ group, kind: value, title, form }) => ({ group, option: { value, label: title, disabled: momentary && form === "while active" && value !== draft.kind } })),
  );
  const set = (name: string, value: Value | undefined) => kind && put({ parameters: chosen(kind, draft.parameters, name, value) });
  return (
    <div>
      <Title order={2} size="h5" mb={6}>
        Do this
      </Title>
      <Stack gap="xs">
        <Select
          label="Action"
          description={kind?.help}
          placeholder="Choose what the rule does"
          data={options}
          value={draft.kind || null}
          searchable
          openOnFocus={false}
          allowDeselect={false}
          nothingFoundMessage="No action is called that."
          error={faults["action"]}
          maxDropdownHeight={320}
          onChange={(name) => {
            const wanted = name && actionKind(kinds, name);
            if (wanted) put(acting(draft, wanted));
          }}
        />
        {momentary && (
          <Text size="xs" c="dimmed">
            What lasts while a rule is active is not offered, because the condition is a moment.
          </Text>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
          {kind?.parameters.map((parameter) => (
            <Box key={parameter.name} style={isLong(parameter) ? { gridColumn: "1 / -1" } : undefined}>
              <Field parameter={parameter} draft={draft} error={faults[`parameter.${parameter.name}`]} onChange={(value) => set(parameter.name, value)} />
            </Box>
          ))}
        </SimpleGrid>
      </Stack>
    </div>
  );
}

const isLong = ({ kind, most }: Parameter) => kind === "text" && (most ?? Infinity) > TEXT_LINES;

interface FieldProps {
  parameter: Parameter;
  draft: Draft;
  error?: string;
  onChange(value: Value | undefined): void;
}

function Field({ parameter, draft, error, onChange }: FieldProps) {
  const { kind, title, help, unit, least, most, required } = parameter;
  const value = draft.parameters[parameter.name];
  const common = { label: title, description: help || undefined, error, withAsterisk: required };
  switch (kind) {
    case "boolean":
      return <Switch {...common} checked={value === true} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />;
    case "choice":
      return <Choices {...{ parameter, draft, onChange, common }} />;
    case "integer":
    case "number":
      return (
        <NumberInput
          {...common}
          value={(value ?? "") as number | ""}
          min={least ?? undefined}
          max={most ?? undefined}
          clampBehavior="none"
          allowDecimal={kind === "number"}
          suffix={unit && ` ${unit}`}
          onChange={(number) => onChange(number === "" ? undefined : Number(number))}
        />
      );
    case "text":
      return isLong(parameter) ? <Words {...{ draft, value, onChange, common }} most={most} /> : <TextInput {...common} value={String(value ?? "")} onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
  }
}

type Inner = Pick<FieldProps, "draft" | "onChange"> & { common: { label: string; description?: string; error?: string; withAsterisk: boolean } };

function Choices({ parameter, draft, onChange, common }: Inner & { parameter: Parameter }) {
  const choices = offered(parameter.choices, draft.parameters);
  const value = draft.parameters[parameter.name];
  const gone = value !== undefined && !choices.some((choice) => choice.value === value);
  const place = MADE_AT[parameter.name];
  const make = place && (
    <Anchor size="xs" component={Link} to={place.to}>
      {place.label}
    </Anchor>
  );
  return (
    <div>
      <Select
        {...common}
        placeholder={choices.length === 0 ? "There is none yet" : "Choose one"}
        data={[...choices.map((choice) => ({ value: String(choice.value), label: choice.title })), ...(gone ? [{ value: String(value), label: `${value} (not there any more)`, disabled: true }] : [])]}
        value={value === undefined ? null : String(value)}
        clearable={!parameter.required && !choices.some((choice) => choice.value === parameter.default)}
        allowDeselect={false}
        searchable={choices.length > 10}
        onChange={(text) => onChange(choices.find((choice) => String(choice.value) === text)?.value)}
      />
      {choices.length === 0 && make}
    </div>
  );
}

/** A text of several lines, into which modifiers can be put. */
function Words({ draft, value, onChange, common, most }: Inner & { value: Value | undefined; most: number | null }) {
  const text = String(value ?? "");
  const of = Number(draft.parameters["view"] ?? -1);
  const view = of < 0 ? FIRST_AREA_VIEW : of; // whose modifiers are shown
  return (
    <Stack gap={6}>
      <Textarea {...common} autosize minRows={2} maxRows={6} maxLength={most ?? undefined} value={text} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
      <ModifierPalette view={view} onInsert={(modifier) => onChange(text + modifier)} />
    </Stack>
  );
}
