import { Button, Group, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import { OrderButtons, useDragOrder } from "../parts/Order";
import { inUnits } from "./order";
import type { Area, Step, Tour, TourWish } from "./ptz";

const UNITS = { s: 1, min: 60 };

interface Keyed extends Step {
  /** Tells two steps to the same position apart. */
  key: number;
}

/** Name, order, pause and positions of a tour. A recorded tour has a name and a pause alone. */
export function TourForm({ area, tour, save }: { area: Area; tour: Tour | null; save(changes: TourWish): Promise<void> }) {
  const recorded = tour?.kind === "recorded";
  const [name, setName] = useState(tour?.name ?? "");
  const [random, setRandom] = useState(tour?.random ?? false);
  const [pause, setPause] = useState(tour?.pause ?? 0);
  const [steps, setSteps] = useState<Keyed[]>((tour?.steps ?? []).map((step, key) => ({ ...step, key })));
  const [busy, setBusy] = useState(false);
  const add = (preset: number) => setSteps([...steps, { preset, seconds: 10, speed: 70, key: Math.max(-1, ...steps.map(({ key }) => key)) + 1 }]);
  const submit = async () => {
    setBusy(true);
    await save({ name: name.trim(), random, pause, steps: steps.map(({ preset, seconds, speed }) => ({ preset, seconds, speed })) });
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack>
        <TextInput label="Name" placeholder="Night round" maxLength={recorded ? 31 : 64} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        <NumberInput
          label="Pause between rounds"
          suffix={recorded ? " s" : " min"}
          min={0}
          max={9999}
          value={recorded ? pause : pause / 60}
          onChange={(value) => setPause(Math.round(Number(value) * (recorded ? 1 : 60)))}
        />
        {!recorded && (
          <>
            <Switch label="Play in random order" checked={random} onChange={(event) => setRandom(event.currentTarget.checked)} />
            <ViewOrder area={area} steps={steps} onChange={setSteps} />
            <Select
              label="Add a position"
              placeholder="Choose a preset position"
              leftSection={<IconPlus size={16} />}
              data={area.presets.map((preset) => ({ value: String(preset.number), label: preset.name }))}
              value={null}
              onChange={(value) => value && add(Number(value))}
              clearable={false}
              comboboxProps={{ withinPortal: true }}
            />
          </>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            Done
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The positions in their order: dragged by the handle, or moved by the arrow buttons or keys. */
function ViewOrder({ area, steps, onChange }: { area: Area; steps: Keyed[]; onChange(steps: Keyed[]): void }) {
  const drag = useDragOrder(steps, onChange);
  const name = (preset: number) => area.presets.find(({ number }) => number === preset)?.name ?? `deleted (${preset})`;
  const change = (index: number, changes: Partial<Step>) => onChange(steps.map((step, at) => (at === index ? { ...step, ...changes } : step)));
  return (
    <div>
      <Text size="sm" fw={500}>
        View order
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        Drag positions into their order, or move them with the arrow buttons.
      </Text>
      {steps.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing yet: add a position below.
        </Text>
      )}
      <Stack gap={6} role="list" aria-label="View order">
        {steps.map((step, index) => {
          const { value, unit } = inUnits(step.seconds);
          return (
            <Group
              key={step.key}
              role="listitem"
              gap={6}
              wrap="wrap"
              p={6}
              data-testid="step"
              {...drag.row(index)}
            >
              {drag.handle(index)}
              <Text size="sm" fw={600} flex={1} miw={90} truncate>
                {name(step.preset)}
              </Text>
              <NumberInput
                size="xs"
                w={72}
                min={0}
                max={3600}
                aria-label={`Duration at ${name(step.preset)}`}
                value={value}
                onChange={(next) => change(index, { seconds: Math.round(Number(next)) * UNITS[unit] })}
              />
              <Select
                size="xs"
                w={72}
                aria-label={`Unit of the duration at ${name(step.preset)}`}
                data={Object.keys(UNITS)}
                value={unit}
                allowDeselect={false}
                onChange={(next) => change(index, { seconds: value * UNITS[(next ?? "s") as keyof typeof UNITS] })}
              />
              <NumberInput
                size="xs"
                w={92}
                min={1}
                max={100}
                prefix="speed "
                aria-label={`Speed to ${name(step.preset)}`}
                value={step.speed}
                onChange={(next) => change(index, { speed: Math.min(100, Math.max(1, Math.round(Number(next)) || 1)) })}
              />
              <OrderButtons list={steps} index={index} name={name(step.preset)} onChange={onChange} />
            </Group>
          );
        })}
      </Stack>
    </div>
  );
}
