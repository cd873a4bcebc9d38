import { ActionIcon, Button, Card, Code, CopyButton, Group, Modal, Stack, Table, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCopy, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, saying, type StreamProfile } from "../api";
import { useViews } from "../live/useCamera";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { ProfileForm } from "../profiles/ProfileForm";

/** Named sets of stream arguments. */
export function StreamProfiles() {
  const client = useQueryClient();
  const { views } = useViews();
  const found = useQuery({ queryKey: ["stream-profiles"], queryFn: api.streamProfiles });
  const [open, setOpen] = useState<StreamProfile | "new" | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["stream-profiles"] });
  if (!found.data) return <Loading problem={found.error?.message ?? null} />;
  const { profiles, most } = found.data;

  const remove = async (profile: StreamProfile) => {
    try {
      await api.removeProfile(profile.name);
      notifications.show({ message: `${profile.name} was removed. Streams that run keep what they have.`, color: "teal" });
    } catch (error) {
      notifications.show({ message: saying(error), color: "red" });
    }
    await refresh();
  };

  return (
    <Stack maw={900}>
      <Group justify="space-between">
        <PageTitle title="Stream profiles">
          A client that names a profile gets what it says. What the client says itself comes first, the stream settings last.
        </PageTitle>
        <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen("new")} disabled={profiles.length >= most}>
          Add profile
        </Button>
      </Group>
      {profiles.length === 0 ? (
        <Text c="dimmed">There is none yet.</Text>
      ) : (
        <Card withBorder p={0}>
          <Table.ScrollContainer minWidth={520}>
            <Table verticalSpacing="sm" horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>Arguments</Table.Th>
                  <Table.Th aria-label="Copy, change or remove" />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {profiles.map((profile) => (
                  <Table.Tr key={profile.name}>
                    <Table.Td>
                      <Text fw={600}>{profile.name}</Text>
                      <Text size="xs" c="dimmed">
                        {profile.description}
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      <Code style={{ overflowWrap: "anywhere" }}>{profile.parameters || "none"}</Code>
                    </Table.Td>
                    <Table.Td>
                      <Group gap={4} justify="flex-end" wrap="nowrap">
                        <CopyButton value={profile.argument}>
                          {({ copied, copy }) => (
                            <Tooltip label={copied ? "Copied" : `Copy ${profile.argument}`}>
                              <ActionIcon variant="subtle" aria-label={`Copy the argument of ${profile.name}`} onClick={copy}>
                                <IconCopy size={18} />
                              </ActionIcon>
                            </Tooltip>
                          )}
                        </CopyButton>
                        <ActionIcon variant="subtle" aria-label={`Change ${profile.name}`} onClick={() => setOpen(profile)}>
                          <IconPencil size={18} />
                        </ActionIcon>
                        <ActionIcon variant="subtle" color="red" aria-label={`Remove ${profile.name}`} onClick={() => void remove(profile)}>
                          <IconTrash size={18} />
                        </ActionIcon>
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Card>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open && open !== "new" ? `Change ${open.name}` : "Add stream profile"}>
        {open && (
          <ProfileForm
            profile={open === "new" ? null : open}
            views={views}
            done={() => {
              setOpen(null);
              void refresh();
            }}
          />
        )}
      </Modal>
    </Stack>
  );
}
