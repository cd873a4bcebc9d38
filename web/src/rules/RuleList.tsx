import { Badge, Button, Card, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconPlus, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router-dom";

import { offerUndo } from "../ptz/Undo";
import { type Rule, rules } from "./calls";
import { draftOf, LONGEST_NAME } from "./draft";
import { RowTools } from "./RowTools";
import { type Act, useStarted } from "./useRules";

const MANY = 8;

/** All rules: on or off, what they do, how it goes. `off`: those that a change has just turned off. */
export function RuleList({ all, most, off, act, turnOn }: { all: Rule[]; most: number; off: ReadonlySet<number>; act: Act; turnOn(rule: Rule): Promise<void> }) {
  const navigate = useNavigate();
  const [words, setWords] = useState("");
  const started = useStarted(all);
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter(({ name, words: told }) => wanted.every((word) => `${name} ${told}`.toLowerCase().includes(word)));
  const remove = async (rule: Rule) => {
    const { name, enabled, conditions, trigger, wait, action } = rule;
    const gone = await act(async () => (await rules.remove(rule.id), true));
    if (gone) offerUndo(`${name} was deleted`, () => void act(() => rules.add({ name, enabled, conditions, trigger, wait, action })));
  };
  const copy = (rule: Rule) => navigate("/rules/new", { state: { draft: draftOf({ ...rule, name: `Copy of ${rule.name}`.slice(0, LONGEST_NAME) }) } });
  const turn = async (rule: Rule, on: boolean) => {
    if (on) return turnOn(rule);
    await act(() => rules.change(rule.id, { enabled: false }));
  };
  return (
    <Stack>
      <Group justify="space-between">
        <Button component={Link} to="/rules/new" leftSection={<IconPlus size={18} />} disabled={all.length >= most}>
          New rule
        </Button>
        {all.length >= MANY && (
          <TextInput aria-label="Search rules" placeholder="Search" leftSection={<IconSearch size={16} />} value={words} onChange={({ currentTarget }) => setWords(currentTarget.value)} w={240} />
        )}
      </Group>
      {all.length >= most && <Text size="sm">There can be {most} rules at most. Delete one to make another.</Text>}
      {all.length === 0 && (
        <Text size="sm" c="dimmed">
          There is no rule yet. A rule watches for something, and does something when it happens.
        </Text>
      )}
      {all.length > 0 && shown.length === 0 && (
        <Text size="sm" c="dimmed">
          No rule is like that.
        </Text>
      )}
      {shown.length > 0 && (
        <Stack gap="xs" role="list" aria-label="Rules">
          {shown.map((rule) => (
            <Row
              key={rule.id}
              rule={rule}
              started={started.has(rule.id)}
              turnedOff={off.has(rule.id) && !rule.enabled}
              mayCopy={all.length < most}
              turn={(on) => void turn(rule, on)}
              onChange={() => void navigate(`/rules/${rule.id}`)}
              onCopy={() => void copy(rule)}
              onDelete={() => void remove(rule)}
            />
          ))}
        </Stack>
      )}
    </Stack>
  );
}

interface RowProps {
  rule: Rule;
  started: boolean;
  turnedOff: boolean;
  mayCopy: boolean;
  turn(on: boolean): void;
  onChange(): void;
  onCopy(): void;
  onDelete(): void;
}

function Row({ rule, started, turnedOff, turn, ...tools }: RowProps) {
  return (
    <Card withBorder p="sm" role="listitem" data-rule={rule.id}>
      <Group gap="sm" align="start" wrap="nowrap">
        <Switch mt={2} size="md" aria-label={`${rule.name} is on`} checked={rule.enabled} onChange={({ currentTarget }) => turn(currentTarget.checked)} />
        <Group flex={1} gap="xs" miw={0} align="start">
          <div style={{ flex: "1 1 220px", minWidth: 0 }}>
            <Group gap={6}>
              <Text fw={600} size="sm" dir="auto" style={{ overflowWrap: "anywhere" }}>
                {rule.name}
              </Text>
              <State rule={rule} started={started} />
            </Group>
            <Text size="sm" style={{ overflowWrap: "anywhere" }} c={rule.enabled ? undefined : "dimmed"}>
              {rule.words}
            </Text>
            <Text size="xs" c="dimmed">
              {history(rule)}
            </Text>
            <Fault rule={rule} />
            {turnedOff && (
              <Group gap="xs" mt={6} role="status">
                <Text size="sm" c="orange">
                  The change turned it off. It does nothing until you turn it on once more.
                </Text>
                <Button size="compact-sm" aria-label={`Turn on ${rule.name}`} onClick={() => turn(true)}>
                  Turn on
                </Button>
              </Group>
            )}
          </div>
          <RowTools name={rule.name} {...tools} />
        </Group>
      </Group>
    </Card>
  );
}

function State({ rule, started }: { rule: Rule; started: boolean }) {
  if (rule.active)
    return (
      <Badge size="sm" color="teal" variant="filled" tt="none">
        active now
      </Badge>
    );
  if (started)
    return (
      <Badge size="sm" color="teal" variant="light" tt="none">
        just started
      </Badge>
    );
  return null;
}

function Fault({ rule: { fault } }: { rule: Rule }) {
  if (!fault) return null;
  return (
    <Group gap={4} wrap="nowrap" align="start" c="red" role="status">
      <IconAlertTriangle size={16} style={{ flexShrink: 0, marginTop: 2 }} aria-hidden />
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {fault.charAt(0).toUpperCase() + fault.slice(1)}
      </Text>
    </Group>
  );
}

/** When a rule was last started, and how often since the camera was. */
function history({ last_ms, starts }: Rule): string {
  if (last_ms === null) return "Not started yet";
  return `Last started ${new Date(last_ms).toLocaleString()} · ${starts === 1 ? "once" : `${starts} times`} since the camera was started`;
}
