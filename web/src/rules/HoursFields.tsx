import { Button, Chip, Group, Input, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import { REPEATS } from "./schedules";
import { DAYS, type Hours, LONGEST_MONTH, MONTHS, type Repeat, WEEKS } from "./week";

const UNIT: Record<Repeat, string> = { daily: "day", weekly: "week", monthly: "month", yearly: "year" };
const BY_DAY = "day";

interface Props {
  hours: Hours;
  /** Whether it has an end. */
  lasts: boolean;
  onChange(hours: Hours): void;
}

/** On which days, and from when to when. */
export function HoursFields({ hours, lasts, onChange }: Props) {
  const [more, setMore] = useState(hours.every > 1 || hours.first !== null || hours.last !== null || hours.more_days > 0);
  const put = (change: Partial<Hours>) => onChange({ ...hours, ...change });
  const days = hours.repeat === "weekly" || (hours.repeat === "monthly" && hours.week !== null);
  return (
    <Stack gap="sm">
      <SegmentedControl fullWidth aria-label="Repeat" data={REPEATS} value={hours.repeat} onChange={(value) => put({ repeat: value as Repeat })} />
      {hours.repeat === "monthly" && (
        <Select
          label="Which"
          data={[{ value: BY_DAY, label: "A day by its number" }, ...WEEKS.map(({ value, label }) => ({ value: String(value), label: `The ${label} of these days` }))]}
          value={hours.week === null ? BY_DAY : String(hours.week)}
          allowDeselect={false}
          onChange={(value) => put({ week: value === BY_DAY ? null : Number(value) })}
        />
      )}
      {days && (
        <Input.Wrapper label="Days" labelElement="div">
          <Chip.Group multiple value={hours.days.map(String)} onChange={(chosen) => put({ days: chosen.map(Number).sort((a, b) => a - b) })}>
            <Group gap={6} mt={4} role="group" aria-label="Days">
              {DAYS.map((day, index) => (
                <Chip key={day} value={String(index)} size="xs">
                  {day.slice(0, 3)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Input.Wrapper>
      )}
      {(hours.repeat === "yearly" || (hours.repeat === "monthly" && hours.week === null)) && (
        <SimpleGrid cols={2} spacing="xs">
          <NumberInput
            label="Day"
            min={1}
            max={hours.repeat === "yearly" ? LONGEST_MONTH[hours.month - 1] : 31}
            clampBehavior="strict"
            allowDecimal={false}
            description={hours.repeat === "monthly" && hours.day > 28 ? "Shorter months are left out" : undefined}
            value={hours.day}
            onChange={(value) => put({ day: Number(value) || 1 })}
          />
          {hours.repeat === "yearly" && (
            <Select
              label="Month"
              data={MONTHS.map((name, index) => ({ value: String(index + 1), label: name }))}
              value={String(hours.month)}
              allowDeselect={false}
              onChange={(value) => put({ month: Number(value), day: Math.min(hours.day, LONGEST_MONTH[Number(value) - 1] ?? 31) })}
            />
          )}
        </SimpleGrid>
      )}
      <SimpleGrid cols={2} spacing="xs">
        <TextInput type="time" label={lasts ? "From" : "At"} value={hours.start} onChange={({ currentTarget }) => put({ start: currentTarget.value })} />
        {lasts && <TextInput type="time" label="To" value={hours.end} onChange={({ currentTarget }) => put({ end: currentTarget.value })} />}
      </SimpleGrid>
      {lasts && (
        <Group>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => put({ start: "00:00", end: "00:00", more_days: 0 })}>
            All day
          </Button>
        </Group>
      )}
      {more ? (
        <>
          <NumberInput label={`Every how many ${UNIT[hours.repeat]}s`} min={1} max={99} clampBehavior="strict" allowDecimal={false} value={hours.every} onChange={(value) => put({ every: Number(value) || 1 })} />
          {lasts && <NumberInput label="Ends so many days later" min={0} max={366} clampBehavior="strict" allowDecimal={false} value={hours.more_days} onChange={(value) => put({ more_days: Number(value) || 0 })} />}
          <SimpleGrid cols={2} spacing="xs">
            <TextInput type="date" label="First day" value={hours.first ?? ""} onChange={({ currentTarget }) => put({ first: currentTarget.value || null })} />
            <TextInput type="date" label="Last day" value={hours.last ?? ""} onChange={({ currentTarget }) => put({ last: currentTarget.value || null })} />
          </SimpleGrid>
        </>
      ) : (
        <Group>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setMore(true)}>
            Not every {UNIT[hours.repeat]}, or only for a time
          </Button>
        </Group>
      )}
    </Stack>
  );
}
