import { ActionIcon, Badge, Button, Card, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { AccountForm } from "../accounts/AccountForm";
import { AnonymousCard } from "../accounts/AnonymousCard";
import { type Account, api, saying } from "../api";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { useSession } from "../session";
import { useSettings } from "../settings/useSettings";
import { daysAgo } from "../status/words";

/** A password should be changed once a year. */
const OLD_DAYS = 365;

type Open = { what: "add" } | { what: "edit" | "remove"; account: Account } | null;

/** Who may use the camera. */
export function Accounts() {
  const { me } = useSession();
  const client = useQueryClient();
  const accounts = useQuery({ queryKey: ["accounts"], queryFn: api.accounts });
  const { access } = useSettings();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["accounts"] });
  if (!accounts.data) return <Loading problem={accounts.error?.message ?? null} />;

  const remove = async (account: Account) => {
    close();
    try {
      await api.removeAccount(account.username);
      notifications.show({ message: `${account.username} was removed`, color: "teal" });
    } catch (error) {
      notifications.show({ message: saying(error), color: "red" });
    }
    await refresh();
  };

  return (
    <Stack maw={800}>
      <Group justify="space-between">
        <PageTitle title="Accounts">Everybody who watches has an account, with no more rights than needed.</PageTitle>
        <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen({ what: "add" })}>
          Add account
        </Button>
      </Group>
      <Card withBorder p={0}>
        <Table.ScrollContainer minWidth={460}>
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Role</Table.Th>
                <Table.Th>Password set</Table.Th>
                <Table.Th aria-label="Change or remove" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {accounts.data.map((account) => (
                <AccountRow key={account.username} account={account} own={account.username === me?.username} onOpen={setOpen} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
      {access && <AnonymousCard access={access} />}
      <Modal opened={open?.what === "add" || open?.what === "edit"} onClose={close} title={open?.what === "edit" ? `Change ${open.account.username}` : "Add account"}>
        <AccountForm
          account={open?.what === "edit" ? open.account : null}
          own={open?.what === "edit" && open.account.username === me?.username}
          done={() => {
            close();
            void refresh();
          }}
        />
      </Modal>
      <Modal opened={open?.what === "remove"} onClose={close} title={open?.what === "remove" ? `Remove ${open.account.username}?` : ""}>
        <Stack>
          <Text size="sm">This ends the account's sessions and streams at once. It cannot be undone.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep
            </Button>
            <Button color="red" onClick={() => open?.what === "remove" && void remove(open.account)}>
              Remove
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}

function AccountRow({ account, own, onOpen }: { account: Account; own: boolean; onOpen(open: Open): void }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <Text fw={600} size="sm">
            {account.username}
          </Text>
          {own && (
            <Badge size="xs" variant="light">
              you
            </Badge>
          )}
        </Group>
        {account.comment && (
          <Text size="xs" c="dimmed">
            {account.comment}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          {account.role}
          {account.role === "viewer" && account.ptz && <Badge size="xs">PTZ</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        {daysAgo(account.password_age_days)}
        {account.password_age_days >= OLD_DAYS && (
          <Badge size="xs" color="yellow" ml={6}>
            change it
          </Badge>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <ActionIcon variant="subtle" color="gray" aria-label={`Change ${account.username}`} onClick={() => onOpen({ what: "edit", account })}>
            <IconPencil size={18} />
          </ActionIcon>
          {!own && (
            <ActionIcon variant="subtle" color="red" aria-label={`Remove ${account.username}`} onClick={() => onOpen({ what: "remove", account })}>
              <IconTrash size={18} />
            </ActionIcon>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
