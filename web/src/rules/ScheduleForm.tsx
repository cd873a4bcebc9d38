import { Alert, Button, Chip, Group, Input, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { ApiError, saying } from "../api";
import { HoursFields } from "./HoursFields";
import { type Interval, isInterval, type Schedule, type ScheduleWish } from "./schedules";
import { inWhole, lasting, LENGTHS, type Unit } from "./times";
import { type Hours, hoursFault, hoursWords, pulseWords, WORKDAYS } from "./week";
import { WeekStrip } from "./WeekStrip";

export const LONGEST_NAME = 64;
const LONGEST_EVERY_S = 31 * LENGTHS.day;
const OFTEN = [60, 300, 900, 3600, LENGTHS.day];

interface Props {
  /** Null for a new one. */
  schedule: Pick<Schedule, "name" | "kind" | "rule"> | null;
  kind?: ScheduleWish["kind"];
  /** Throws what the camera refused. */
  save(wish: ScheduleWish): Promise<void>;
}

/** A schedule, or a pulse, with its week beside it. */
export function ScheduleForm({ schedule, kind: wanted = "schedule", save }: Props) {
  const [name, setName] = useState(schedule?.name ?? "");
  const [kind, setKind] = useState(schedule?.kind ?? wanted);
  const [hours, setHours] = useState<Hours>(schedule && !isInterval(schedule.rule) ? schedule.rule : WORKDAYS);
  const [interval, setInterval] = useState<Interval>(schedule && isInterval(schedule.rule) ? schedule.rule : { every_s: 300, after_s: 0 });
  const [steady, setSteady] = useState(schedule ? isInterval(schedule.rule) : true);
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [nameRefused, setNameRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const byInterval = kind === "pulse" && steady;
  const fault = byInterval ? intervalFault(interval) : hoursFault(hours);
  const nameless = name.trim() === "" ? "Give it a name, which rules then show." : null;
  const submit = async () => {
    setTried(true);
    setRefusal(null);
    if (fault || nameless) return;
    setBusy(true);
    try {
      await save({ name: name.trim(), kind, rule: byInterval ? { ...interval, after_s: interval.after_s < interval.every_s ? interval.after_s : 0 } : hours });
    } catch (error) {
      if (error instanceof ApiError && error.field?.endsWith("name")) setNameRefused(saying(error));
      else setRefusal(saying(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation(); // it may lie over the form of a rule
        void submit();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          placeholder={kind === "pulse" ? "Every five minutes" : "Opening hours"}
          maxLength={LONGEST_NAME}
          value={name}
          error={(tried && nameless) || nameRefused}
          data-autofocus
          onChange={({ currentTarget }) => {
            setNameRefused(null);
            setName(currentTarget.value);
          }}
        />
        <Input.Wrapper label="Kind" labelElement="div" description={kind === "pulse" ? "A moment that comes again: a rule is started at it." : "A time that lasts: a rule is active as long, or may only start within it."}>
          <SegmentedControl
            mt={4}
            fullWidth
            aria-label="Kind"
            data={[
              { value: "schedule", label: "Schedule" },
              { value: "pulse", label: "Pulse" },
            ]}
            value={kind}
            onChange={(value) => setKind(value as ScheduleWish["kind"])}
          />
        </Input.Wrapper>
        {kind === "pulse" && (
          <SegmentedControl
            aria-label="When it comes"
            data={[
              { value: "interval", label: "At an interval" },
              { value: "times", label: "At a time of day" },
            ]}
            value={steady ? "interval" : "times"}
            onChange={(value) => setSteady(value === "interval")}
          />
        )}
        {byInterval ? <IntervalFields interval={interval} onChange={setInterval} /> : <HoursFields hours={hours} lasts={kind === "schedule"} onChange={setHours} />}
        <div aria-live="polite">
          <Text size="sm" fw={600} data-testid="schedule-words">
            {byInterval ? `A pulse every ${lasting(interval.every_s)}` : kind === "pulse" ? pulseWords(hours) : hoursWords(hours)}
          </Text>
          {tried && fault && (
            <Text size="sm" c="red" role="alert">
              {fault}
            </Text>
          )}
        </div>
        {kind === "schedule" && <WeekStrip hours={hours} />}
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function intervalFault({ every_s }: Interval): string | null {
  return every_s >= 1 && every_s <= LONGEST_EVERY_S ? null : "From 1 second to 31 days.";
}

function IntervalFields({ interval, onChange }: { interval: Interval; onChange(interval: Interval): void }) {
  const whole = inWhole(interval.every_s);
  const [unit, setUnit] = useState<Unit>(whole.unit);
  const count = interval.every_s / LENGTHS[unit];
  const put = (length: number, of: Unit) => onChange({ ...interval, every_s: Math.round(length * LENGTHS[of]) });
  return (
    <Stack gap="xs">
      <SimpleGrid cols={2} spacing="xs">
        <NumberInput label="Every" min={0} value={count} onChange={(value) => put(Number(value), unit)} />
        <Select
          label="Unit"
          data={Object.keys(LENGTHS).map((each) => ({ value: each, label: `${each}s` }))}
          value={unit}
          allowDeselect={false}
          onChange={(value) => {
            const next = (value ?? "second") as Unit;
            setUnit(next);
            put(count, next);
          }}
        />
      </SimpleGrid>
      <Group gap={6}>
        {OFTEN.map((seconds) => (
          <Chip
            key={seconds}
            size="xs"
            checked={interval.every_s === seconds}
            onChange={() => {
              setUnit(inWhole(seconds).unit);
              onChange({ ...interval, every_s: seconds });
            }}
          >
            {lasting(seconds)}
          </Chip>
        ))}
      </Group>
    </Stack>
  );
}
