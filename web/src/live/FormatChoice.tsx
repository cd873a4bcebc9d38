import { ActionIcon, Anchor, Group, List, Popover, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconHelp } from "@tabler/icons-react";

import { useSession } from "../session";
import { codecName } from "../settings/labels";
import type { Formats } from "./useCamera";

interface Props {
  formats: Formats;
  value: string;
  onChange(codec: string): void;
}

/** Which of the codecs the live view plays, with help on choosing. H.265 is named in the help only: browsers do not decode it. */
export function FormatChoice({ formats: { codecs, playable, limited }, value, onChange }: Props) {
  const { state } = useSession();
  return (
    <Group gap={2} wrap="nowrap">
      <SegmentedControl
        aria-label="Video format"
        data={codecs.filter(({ live }) => live).map(({ codec }) => ({ value: codec, label: codecName(codec), disabled: !playable.includes(codec) }))}
        value={value}
        onChange={onChange}
        data-testid="format"
      />
      <Popover position="bottom" width={320} withArrow shadow="md">
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" aria-label="About video formats">
            <IconHelp size={20} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="xs">
            <List size="sm" spacing={4}>
              {codecs.map(({ codec, live, note }) => (
                <List.Item key={codec}>
                  <b>{codecName(codec)}</b>
                  {live ? `: ${note}.` : `: not offered on this page, ${note}. A video management system or player shows it.`}
                </List.Item>
              ))}
            </List>
            {limited && (
              <Text size="sm" c="orange">
                {limited}{" "}
                {!window.isSecureContext && state.https_port && (
                  <Anchor size="sm" href={`https://${location.hostname}:${state.https_port}${location.pathname}`}>
                    Open this page over HTTPS
                  </Anchor>
                )}
              </Text>
            )}
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}
