import { Badge, Button, Card, Group, Modal, Stack, Text } from "@mantine/core";
import { IconPlus, IconSend } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Loading } from "../parts/Loading";
import { offerUndo } from "../ptz/Undo";
import { Outcome, RecipientForm } from "./RecipientForm";
import { KINDS, type Recipient, recipients, type Tested } from "./recipients";
import { RowTools } from "./RowTools";
import type { Act } from "./useRules";

const EVERY_MS = 1000;

/** Whom rules may send something to, and how sending goes. */
export function RecipientList({ act }: { act: Act }) {
  const client = useQueryClient();
  const { data, error } = useQuery({ queryKey: ["recipients"], queryFn: recipients.read, refetchInterval: EVERY_MS });
  const [open, setOpen] = useState<{ recipient: Recipient | null } | null>(null);
  if (!data) return <Loading problem={error?.message ?? null} />;
  const changing = async <T,>(work: () => Promise<T>) => {
    const made = await act(work);
    await client.invalidateQueries({ queryKey: ["recipients"] });
    return made;
  };
  const remove = async ({ id, name }: Recipient) => {
    if (await changing(async () => (await recipients.remove(id), true))) offerUndo(`${name} was deleted`, () => void changing(() => recipients.restore(id)));
  };
  const full = data.recipients.length >= data.most;
  return (
    <Stack>
      <Group>
        <Button leftSection={<IconPlus size={18} />} disabled={full} onClick={() => setOpen({ recipient: null })}>
          New recipient
        </Button>
        <Text size="sm" c="dimmed">
          {full ? `There can be ${data.most}.` : "Whom rules can send words and pictures to."}
        </Text>
      </Group>
      <Stack gap="xs" role="list" aria-label="Recipients">
        {data.recipients.map((recipient) => (
          <Row key={recipient.id} recipient={recipient} act={changing} onChange={() => setOpen({ recipient })} onDelete={() => void remove(recipient)} />
        ))}
      </Stack>
      {data.recipients.length === 0 && (
        <Text size="sm" c="dimmed">
          There is no recipient yet. Add one, press Test, and a rule can send to it.
        </Text>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} size="lg" title={open?.recipient ? `Change ${open.recipient.name}` : "New recipient"}>
        {open && <RecipientForm recipient={open.recipient} done={() => void changing(async () => setOpen(null))} />}
      </Modal>
    </Stack>
  );
}

function Row({ recipient, act, ...tools }: { recipient: Recipient; act: Act; onChange(): void; onDelete(): void }) {
  const { id, name, kind, place, rules } = recipient;
  const [tested, setTested] = useState<Tested | null>(null);
  const [busy, setBusy] = useState(false);
  const test = async () => {
    setBusy(true);
    setTested(null);
    setTested(await act(() => recipients.test(id)));
    setBusy(false);
  };
  return (
    <Card withBorder p="sm" role="listitem" data-recipient={id}>
      <Group gap="sm" align="start">
        <div style={{ flex: "1 1 240px", minWidth: 0 }}>
          <Group gap={6}>
            <Text fw={600} size="sm" dir="auto" style={{ overflowWrap: "anywhere" }}>
              {name}
            </Text>
            <Badge size="sm" variant="light" color="gray" tt="none">
              {KINDS.find(({ value }) => value === kind)?.label}
            </Badge>
          </Group>
          <Text size="sm" dir="auto" style={{ overflowWrap: "anywhere" }}>
            {place}
          </Text>
          <Text size="xs" c="dimmed">
            {traffic(recipient)}
            {rules.length > 0 && ` Used by ${rules.join(", ")}.`}
          </Text>
          {recipient.fault && (
            <Text size="sm" c="red" role="alert" style={{ overflowWrap: "anywhere" }}>
              {recipient.fault}
            </Text>
          )}
        </div>
        <Group gap="xs" wrap="nowrap" ml="auto">
          <Button size="xs" variant="default" leftSection={<IconSend size={14} />} loading={busy} aria-label={`Test ${name}`} onClick={() => void test()}>
            Test
          </Button>
          <RowTools name={name} {...tools} />
        </Group>
      </Group>
      {tested && (
        <div style={{ marginTop: 8 }}>
          <Outcome tested={tested} />
        </div>
      )}
    </Card>
  );
}

/** What went out since the camera started. */
function traffic({ sent, waiting, dropped }: Recipient): string {
  const told = [sent > 0 && `${sent} sent`, waiting > 0 && `${waiting} waiting`, dropped > 0 && `${dropped} dropped`].filter(Boolean);
  return told.length ? `${told.join(", ")}.` : "Nothing was sent yet.";
}
