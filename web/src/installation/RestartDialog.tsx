import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useEffect } from "react";

import type { RestartWish } from "../api";
import { useRestart } from "./useRestart";

const STEPS = {
  none: "Saving…",
  opening: "Saved. The picture's source is being opened…",
  "first picture": "The source is open. Waiting for its first picture…",
  waiting: "The source cannot be opened. It is tried again and again.",
  done: "The picture is back.",
};

interface Props {
  title: string;
  opened: boolean;
  close(): void;
  /** What is to be changed, or null while nothing is. */
  wish: RestartWish | null;
  children: ReactNode;
}

/** A choice that restarts the picture: it is made here, saved, and followed until the first picture is there. */
export function RestartDialog({ title, opened, close, wish, children }: Props) {
  const { now, busy, problem, begin, reset } = useRestart();
  useEffect(() => {
    if (opened) reset();
  }, [opened]);
  const save = async () => {
    if (wish && (await begin(wish))) {
      notifications.show({ message: "Saved. The picture is back.", color: "teal" });
      close();
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} size="lg" closeOnClickOutside={!busy}>
      <Stack>
        <fieldset disabled={busy} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          {children}
        </fieldset>
        {(busy || now) && (
          <div role="status">
            <Progress.Root size="lg">
              <Progress.Section
                value={now?.progress ?? 5}
                animated={busy}
                color={now?.step === "waiting" ? "orange" : undefined}
                aria-label="Restart of the picture"
                data-testid="restart-progress"
              />
            </Progress.Root>
            <Text size="sm" mt={6}>
              {STEPS[now?.step ?? "none"]} {now?.reason}
            </Text>
            {now && now.ended_views.length > 0 && (
              <Text size="sm" c="dimmed">
                No longer there: {now.ended_views.join(", ")}. Their streams were closed.
              </Text>
            )}
          </div>
        )}
        {problem && <Alert color="red">{problem}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {busy ? "Close" : "Cancel"}
          </Button>
          <Button onClick={() => void save()} loading={busy} disabled={!wish}>
            Save and restart
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
