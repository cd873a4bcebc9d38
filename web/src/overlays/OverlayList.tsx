import { ActionIcon, Badge, Group, NavLink, Paper, Text } from "@mantine/core";
import { IconActivityHeartbeat, IconEye, IconEyeOff, IconPhoto, IconTrash, IconTypography } from "@tabler/icons-react";

import type { View } from "../api";
import type { Overlay } from "./calls";
import { nameOf, whereOf } from "./words";

const ICONS = { text: IconTypography, image: IconPhoto, indicator: IconActivityHeartbeat };

interface Props {
  items: Overlay[];
  views: View[];
  chosen: number | null;
  onChoose(identity: number): void;
  onShow(overlay: Overlay, visible: boolean): void;
  onRemove(overlay: Overlay): void;
}

/** All overlays; the chosen one is edited below. */
export function OverlayList({ items, views, chosen, onChoose, onShow, onRemove }: Props) {
  if (items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing lies over the picture yet. Add a text, an image or a streaming indicator.
      </Text>
    );
  return (
    <Paper withBorder role="list" aria-label="Overlays">
      {items.map((item) => {
        const Icon = ICONS[item.kind];
        const name = nameOf(item);
        return (
          <Group key={item.identity} gap={0} wrap="nowrap" role="listitem" data-item={item.identity}>
            <NavLink
              component="button"
              type="button"
              flex={1}
              miw={0}
              active={item.identity === chosen}
              aria-pressed={item.identity === chosen}
              leftSection={<Icon size={20} />}
              label={<Text size="sm" truncate dir="auto">{name}</Text>}
              description={whereOf(item, views)}
              rightSection={item.visible ? null : <Badge size="xs" color="gray">hidden</Badge>}
              onClick={() => onChoose(item.identity)}
            />
            <ActionIcon variant="subtle" color="gray" aria-label={`${item.visible ? "Hide" : "Show"} ${name}`} onClick={() => onShow(item, !item.visible)}>
              {item.visible ? <IconEye size={18} /> : <IconEyeOff size={18} />}
            </ActionIcon>
            <ActionIcon variant="subtle" color="red" mr={6} aria-label={`Remove ${name}`} onClick={() => onRemove(item)}>
              <IconTrash size={18} />
            </ActionIcon>
          </Group>
        );
      })}
    </Paper>
  );
}
