import { Alert, Button, Group, List, Modal, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import { useEffect, useState } from "react";

import { useSession } from "../session";
import { factoryDefault, type MaintenanceFacts, type ResetMode } from "./calls";
import { ReturnProgress } from "./Progress";
import { useReturn } from "./useReturn";

const STAYS: Record<ResetMode, string[]> = {
  soft: ["network settings: addresses and ports", "time settings", "recordings on the card, and how they are recognised as this camera's", "the serial number"],
  hard: ["recordings on the card", "the serial number"],
};
const HINT =
  "The camera does not answer here. After a factory default it may have another port or address and a new certificate: reload the page, or open the camera's default address.";

/** Factory default: says what is lost and what stays, and wants the serial number. */
export function ResetDialog({ opened, close, facts }: { opened: boolean; close(): void; facts: MaintenanceFacts }) {
  const { state } = useSession();
  const [mode, setMode] = useState<ResetMode>("soft");
  const [typed, setTyped] = useState("");
  const { stage, seconds, problem, begin, busy } = useReturn();
  useEffect(() => {
    if (opened) setTyped("");
  }, [opened]);
  const lost = facts.reset_removes.filter((row) => row[mode]).map(({ what }) => what);
  return (
    <Modal opened={opened} onClose={close} title="Factory default" size="lg" closeOnClickOutside={!busy} closeOnEscape={!busy} withCloseButton={!busy}>
      <Stack>
        <SegmentedControl
          aria-label="How much"
          value={mode}
          onChange={(value) => setMode(value as ResetMode)}
          disabled={busy}
          data={[
            { value: "soft", label: "Keep network and time" },
            { value: "hard", label: "Everything" },
          ]}
        />
        <Items title="Lost for good" rows={mode === "hard" ? ["network and time settings", ...lost] : lost} colour="red" />
        <Items title="Stays" rows={STAYS[mode]} colour="teal" />
        <Text size="sm" c="dimmed">
          To remove recordings too, format the card first, on the page Recordings. Afterwards the camera is as new: whoever opens it first creates the administrator.
        </Text>
        <TextInput
          label={`Type the serial number ${state.serial} to confirm`}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          disabled={busy}
          autoComplete="off"
          spellCheck={false}
        />
        <ReturnProgress stage={stage} seconds={seconds} hint={HINT} />
        {problem && <Alert color="red">{problem}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} disabled={busy}>
            Cancel
          </Button>
          <Button color="red" loading={busy} disabled={typed.trim().toUpperCase() !== state.serial} onClick={() => void begin(() => factoryDefault(mode, typed.trim()))}>
            Reset the camera
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Items({ title, rows, colour }: { title: string; rows: string[]; colour: string }) {
  return (
    <div>
      <Title order={3} size="h6" c={colour}>
        {title}
      </Title>
      <List size="sm" aria-label={title}>
        {rows.map((row) => (
          <List.Item key={row}>{row}</List.Item>
        ))}
      </List>
    </div>
  );
}
