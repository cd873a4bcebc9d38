import { Button, Group, Popover, ScrollArea, SimpleGrid, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconArrowsMove, IconChevronDown, IconLayoutColumns, IconLayoutGrid, IconPanoramaHorizontal } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

import type { View } from "../api";
import { lacking, reasonOf } from "./reasons";
import { useStills } from "./useStills";
import styles from "./ViewChooser.module.css";

const GROUPS: { title: string; icon: ReactNode; views: number[] }[] = [
  { title: "Everything at once", icon: <IconPanoramaHorizontal />, views: [0, 1, 2] },
  { title: "View areas", icon: <IconLayoutGrid />, views: [3, 4, 5, 6, 7] },
  { title: "Corners and corridor", icon: <IconLayoutColumns />, views: [8, 9, 10, 11] },
];

interface Props {
  views: View[];
  chosen: View;
  onChoose(index: number): void;
  /** Whether stills may be fetched; before any account exists they may not. */
  stills?: boolean;
}

/** All views of the camera in groups, each with a picture of what it shows; those that are not there say why. */
export function ViewChooser({ views, chosen, onChoose, stills = true }: Props) {
  const [opened, setOpened] = useState(false);
  const pictures = useStills(views.filter((view) => view.available), opened && stills);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="lg" trapFocus withinPortal width="min(94vw, 620px)">
      <Popover.Target>
        <Button
          variant="default"
          rightSection={<IconChevronDown size={16} />}
          justify="space-between"
          miw={180}
          onClick={() => setOpened(!opened)}
          aria-label={`View: ${chosen.name}`}
          aria-haspopup="dialog"
          data-testid="view"
        >
          {chosen.name}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <ScrollArea.Autosize mah="calc(100dvh - 150px)" type="auto" offsetScrollbars="present">
          <Stack gap="sm">
            {GROUPS.map(({ title, icon, views: members }) => (
              <div key={title}>
                <Text size="xs" fw={600} c="dimmed" mb={2}>
                  {title}
                </Text>
                <SimpleGrid cols={{ base: 3, xs: 5 }} spacing={4} verticalSpacing={4}>
                  {views
                    .filter((view) => members.includes(view.index))
                    .map((view) => (
                      <UnstyledButton
                        key={view.index}
                        className={styles["item"]}
                        disabled={!view.available}
                        title={reasonOf(view) || undefined}
                        aria-pressed={view.index === chosen.index}
                        data-view={view.index}
                        onClick={() => {
                          onChoose(view.index);
                          setOpened(false);
                        }}
                      >
                        <span className={styles["still"]}>{pictures[view.index] ? <img src={pictures[view.index]} alt="" /> : icon}</span>
                        <Group gap={4} wrap="nowrap" justify="space-between" component="span">
                          <Text size="xs" component="span" lineClamp={2} lh={1.2}>
                            {view.name}
                          </Text>
                          {view.ptz && <IconArrowsMove size={14} aria-label="can be moved" style={{ flex: "none", opacity: 0.6 }} />}
                        </Group>
                      </UnstyledButton>
                    ))}
                </SimpleGrid>
              </div>
            ))}
            {lacking(views).map(({ names, reason }) => (
              <Text key={reason} size="xs" c="dimmed">
                <b>{names}</b>: {reason}.
              </Text>
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
