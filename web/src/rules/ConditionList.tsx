import { Badge, Button, Group, NumberInput, Select, SimpleGrid, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Fragment, useState } from "react";

import type { CameraEvent } from "../api";
import { OrderButtons, useDragOrder } from "../parts/Order";
import type { Choice, ConditionItem, ConditionKind, Value, Values } from "./calls";
import { begun, conditionKind, grouped, offered, plainTitle, typed, without } from "./catalogue";
import { type Draft, type DraftCondition, type Faults, MOST_CONDITIONS, nextKey } from "./draft";
import { holds } from "./holds";
import styles from "./RuleForm.module.css";
import { NewSchedule } from "./NewSchedule";
import { SCHEDULE_ACTIVE, SCHEDULE_PULSE } from "./schedules";
import { useConditions, useWords } from "./useRules";

interface Props {
  draft: Draft;
  kinds: ConditionKind[];
  faults: Faults;
  put(change: Partial<Draft>): void;
}

/** What starts the rule: conditions in their order, all of which must hold. */
export function ConditionList({ draft, kinds, faults, put }: Props) {
  const { conditions } = draft;
  const events = useConditions();
  const words = useWords(draft);
  const set = (all: DraftCondition[]) => put({ conditions: all });
  const drag = useDragOrder(conditions, set);
  const change = (index: number, changes: Partial<DraftCondition>) => set(conditions.map((each, at) => (at === index ? { ...each, ...changes } : each)));
  const add = (topic: string | null) => {
    const kind = topic && conditionKind(kinds, topic);
    if (kind) set([...conditions, { ...begun(kind), key: nextKey(draft) }]);
  };
  const options = grouped(kinds.map(({ group, topic, title, stateful }) => ({ group, option: { value: topic, label: stateful ? title : `${title} (a moment)` } })));
  return (
    <div>
      <Title order={2} size="h5">When</Title>
      <Text size="xs" c="dimmed" mb={6}>
        {conditions.length > 1 ? "All of these must hold. Drag them into their order, or use the arrow buttons." : "What has to happen or to be so."}
      </Text>
      <Stack gap={6} role="list" aria-label="Conditions">
        {conditions.map((condition, index) => {
          const kind = conditionKind(kinds, condition.topic);
          const name = kind?.title ?? condition.topic;
          return (
            <Fragment key={condition.key}>
              {index > 0 && (
                <Text size="xs" fw={600} c="dimmed" className={styles["and"]} aria-hidden>
                  {index === 1 && draft.trigger ? "then as long as" : "and"}
                </Text>
              )}
              <Stack gap="xs" p={8} role="listitem" aria-label={`Condition ${index + 1}: ${name}`} data-testid="condition" {...drag.row(index)}>
                <Group gap={6} wrap="nowrap">
                  {drag.handle(index)}
                  <Text size="sm" fw={600} flex={1} miw={0}>
                    {name}
                  </Text>
                  {kind && <Now kind={kind} condition={condition} events={events} />}
                  <OrderButtons list={conditions} index={index} name={name} onChange={set} />
                </Group>
                {kind && <Where kind={kind} where={condition.where} onChange={(where) => change(index, { where })} />}
                {kind?.stateful && (
                  <Switch
                    label="Invert this condition"
                    description={`It holds while ${words?.subjects[index] ?? `“${kind.title}”`} is ${condition.inverted ? "not " : ""}${kind.state.toLowerCase()}.`}
                    checked={condition.inverted}
                    onChange={({ currentTarget }) => change(index, { inverted: currentTarget.checked })}
                  />
                )}
                {index === 0 && conditions.length > 1 && kind && (
                  <Switch
                    label="Use this condition as a trigger"
                    description="It only starts the rule, which then lasts as long as the others hold."
                    checked={draft.trigger}
                    onChange={({ currentTarget }) => put({ trigger: currentTarget.checked })}
                  />
                )}
                {faults[`condition.${condition.key}`] && (
                  <Text size="xs" c="red" role="alert">
                    {faults[`condition.${condition.key}`]}
                  </Text>
                )}
              </Stack>
            </Fragment>
          );
        })}
      </Stack>
      {conditions.length < MOST_CONDITIONS && (
        <Select
          mt={8}
          label={conditions.length === 0 ? "Condition" : "Add a condition"}
          placeholder={conditions.length === 0 ? "Choose what starts the rule" : "Choose what must hold as well"}
          leftSection={<IconPlus size={16} />}
          data={options}
          value={null}
          searchable
          openOnFocus={false}
          clearable={false}
          nothingFoundMessage="No condition is called that."
          error={faults["conditions"]}
          maxDropdownHeight={320}
          onChange={add}
        />
      )}
    </div>
  );
}

/** Whether the condition holds at this moment, so that one sees what to expect before it is saved. */
function Now({ kind, condition, events }: { kind: ConditionKind; condition: DraftCondition; events: CameraEvent[] }) {
  if (!kind.stateful)
    return (
      <Badge size="sm" variant="light" color="gray" tt="none">
        a moment
      </Badge>
    );
  const now = holds(condition, events);
  return (
    <Badge size="sm" variant="light" color={now ? "teal" : "gray"} tt="none" style={{ flexShrink: 0 }}>
      {now ? "holds now" : "not now"}
    </Badge>
  );
}

/** Which instances a condition is about. What can only be typed is offered behind a button. */
function Where({ kind, where, onChange }: { kind: ConditionKind; where: Values; onChange(where: Values): void }) {
  const [more, setMore] = useState(false);
  const listed = kind.items.filter(({ name, values }) => values.length > 1 || name in where);
  const free = kind.items.filter(({ name, values }) => values.length === 0 && !(name in where)); // the only one there is need not be chosen
  const scheduled = kind.topic === SCHEDULE_ACTIVE || kind.topic === SCHEDULE_PULSE;
  const put = (name: string, value: Value | undefined) => onChange(value === undefined ? without(where, name) : { ...where, [name]: value });
  const shown = [...listed, ...(more ? free : [])];
  const mayNarrow = free.length > 0 && !more;
  return (
    <>
      {shown.length > 0 && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
          {shown.map((item) => (
            <Item key={item.name} item={item} value={where[item.name]} values={offered(item.values, without(where, item.name))} onChange={(value) => put(item.name, value)} />
          ))}
        </SimpleGrid>
      )}
      {(mayNarrow || scheduled) && (
        <Group gap="xs">
          {mayNarrow && (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setMore(true)}>
              Only with certain values
            </Button>
          )}
          {scheduled && <NewSchedule kind={kind.topic === SCHEDULE_PULSE ? "pulse" : "schedule"} onMade={(id) => put("schedule", id)} />}
        </Group>
      )}
    </>
  );
}

const ANY = "";

function Item({ item, value, values, onChange }: { item: ConditionItem; value: Value | undefined; values: Choice[]; onChange(value: Value | undefined): void }) {
  const { kind } = item;
  const title = plainTitle(item);
  if (values.length > 0 || kind === "boolean") {
    const there = values.length > 0 ? values : [{ value: true, title: "yes" }, { value: false, title: "no" }];
    const gone = value !== undefined && !there.some((each) => each.value === value);
    return (
      <Select
        size="sm"
        label={title}
        data={[{ value: ANY, label: "Any" }, ...there.map((each) => ({ value: String(each.value), label: each.title })), ...(gone ? [{ value: String(value), label: `${value} (not there now)` }] : [])]}
        value={value === undefined ? ANY : String(value)}
        allowDeselect={false}
        searchable={there.length > 10}
        onChange={(text) => onChange(there.find((each) => String(each.value) === text)?.value)}
      />
    );
  }
  if (kind === "text") return <TextInput label={title} placeholder="Any" value={String(value ?? "")} onChange={({ currentTarget }) => onChange(typed(item, currentTarget.value))} />;
  return (
    <NumberInput label={title} placeholder="Any" allowDecimal={kind === "number"} value={value === undefined ? "" : Number(value)} onChange={(number) => onChange(typed(item, String(number)))} />
  );
}
