import { Button, Group, Popover, ScrollArea, SegmentedControl, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Modifier, overlays } from "./calls";
import styles from "./ModifierPalette.module.css";
import { GROUP_NAMES } from "./words";

const EVERYDAY = ["%F", "%T", "#n"];

interface Props {
  view: number;
  onInsert(modifier: string): void;
}

/** The modifiers with what each says just now; a click puts one into the text. */
export function ModifierPalette({ view, onInsert }: Props) {
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState("");
  const [known, setKnown] = useState("known");
  const query = useQuery({ queryKey: ["modifiers", view], queryFn: () => overlays.modifiers(view), refetchInterval: opened ? 1000 : false });
  const all = query.data ?? [];
  const shown = all.filter(
    ({ modifier, title, example }) => (known === "all" || example !== "-") && `${modifier} ${title}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  const groups = [...new Set(shown.map(({ group }) => group))];
  return (
    <Group gap={6}>
      {EVERYDAY.map((name) => {
        const found = all.find(({ modifier }) => modifier === name);
        return (
          <Button key={name} size="compact-sm" variant="default" title={found?.title} onClick={() => onInsert(name)}>
            {found?.example ?? name}
          </Button>
        );
      })}
      <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="lg" withinPortal trapFocus width="min(94vw, 460px)">
        <Popover.Target>
          <Button size="compact-sm" variant="light" leftSection={<IconBraces size={16} />} aria-haspopup="dialog" onClick={() => setOpened(!opened)}>
            More modifiers
          </Button>
        </Popover.Target>
        <Popover.Dropdown p="sm">
          <Stack gap="xs">
            <Group gap="xs" wrap="nowrap">
              <TextInput flex={1} size="xs" placeholder="Search" aria-label="Search modifiers" value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
              <SegmentedControl
                size="xs"
                aria-label="Which modifiers"
                value={known}
                onChange={setKnown}
                data={[
                  { value: "known", label: "With a value" },
                  { value: "all", label: "All" },
                ]}
              />
            </Group>
            <ScrollArea.Autosize mah="min(380px, 50dvh)" type="auto" offsetScrollbars="present">
              {groups.map((group) => (
                <div key={group}>
                  <Text size="xs" fw={600} c="dimmed" mt={6}>
                    {GROUP_NAMES[group] ?? group}
                  </Text>
                  {shown.filter((each) => each.group === group).map((each) => (
                    <Row key={each.modifier} modifier={each} onInsert={onInsert} />
                  ))}
                </div>
              ))}
            </ScrollArea.Autosize>
            <Text size="xs" c="dimmed">
              Anything else stands as it is typed.
            </Text>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}

function Row({ modifier: { modifier, title, example, numbers }, onInsert }: { modifier: Modifier; onInsert(modifier: string): void }) {
  return (
    <UnstyledButton className={styles["row"]} onClick={() => onInsert(modifier)} data-modifier={modifier}>
      <Text size="sm" ff="monospace" w={48}>
        {modifier}
      </Text>
      <Text size="sm" flex={1}>
        {title}
        {numbers && ` (${numbers[0]} to ${numbers[1]} may follow)`}
      </Text>
      <Text size="sm" c="dimmed" truncate maw={150}>
        {example}
      </Text>
    </UnstyledButton>
  );
}
