import { ActionIcon, Alert, Badge, Button, Checkbox, Group, Modal, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type Account, api, ApiError, type Role } from "../api";
import { NewPassword } from "../parts/Password";
import { useSession } from "../session";

const ROLES = [
  { value: "viewer", label: "Viewer: watches and takes snapshots" },
  { value: "operator", label: "Operator: also changes picture and streams" },
  { value: "administrator", label: "Administrator: everything" },
];

/** Who may use the camera. */
export function Accounts() {
  const { me } = useSession();
  const client = useQueryClient();
  const accounts = useQuery({ queryKey: ["accounts"], queryFn: api.accounts });
  const [adding, { open, close }] = useDisclosure(false);
  const [removing, setRemoving] = useState<Account | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["accounts"] });

  const remove = async (account: Account) => {
    setRemoving(null);
    try {
      await api.removeAccount(account.username);
      notifications.show({ message: `${account.username} was removed`, color: "teal" });
    } catch (error) {
      notifications.show({ message: error instanceof ApiError ? error.message : String(error), color: "red" });
    }
    await refresh();
  };

  return (
    <Stack maw={800}>
      <Group justify="space-between">
        <Title order={1} size="h3">
          Accounts
        </Title>
        <Button onClick={open}>Add account</Button>
      </Group>
      {accounts.error && <Alert color="red">{accounts.error.message}</Alert>}
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Password set</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {accounts.data?.map((account) => (
              <Table.Tr key={account.username}>
                <Table.Td>
                  {account.username}{" "}
                  {account.comment && (
                    <Text span size="sm" c="dimmed">
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
                <Table.Td>{account.password_age_days === 0 ? "today" : `${account.password_age_days} days ago`}</Table.Td>
                <Table.Td>
                  {account.username !== me?.username && (
                    <ActionIcon variant="subtle" color="red" aria-label={`Remove ${account.username}`} onClick={() => setRemoving(account)}>
                      <IconTrash size={18} />
                    </ActionIcon>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Modal opened={adding} onClose={close} title="Add account">
        <AddAccount
          done={() => {
            close();
            void refresh();
          }}
        />
      </Modal>
      <Modal opened={removing !== null} onClose={() => setRemoving(null)} title={`Remove ${removing?.username ?? ""}?`}>
        <Stack>
          <Text size="sm">This ends the account's sessions and streams at once. It cannot be undone.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setRemoving(null)}>
              Keep
            </Button>
            <Button color="red" onClick={() => removing && void remove(removing)}>
              Remove
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}

function AddAccount({ done }: { done(): void }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [ptz, setPtz] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    try {
      await api.addAccount({ username, password, role, ptz, comment: "" });
      done();
    } catch (error) {
      setRefusal(error instanceof ApiError ? error.message : String(error));
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <TextInput label="User name" value={username} onChange={(event) => setUsername(event.currentTarget.value)} required data-autofocus autoComplete="off" />
        <NewPassword value={password} onChange={setPassword} />
        <Select label="Role" data={ROLES} value={role} onChange={(value) => value && setRole(value as Role)} allowDeselect={false} />
        {role === "viewer" && <Checkbox label="May move view areas (PTZ)" checked={ptz} onChange={(event) => setPtz(event.currentTarget.checked)} />}
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Button type="submit">Add account</Button>
      </Stack>
    </form>
  );
}
