import { Alert, Button, Card, FileButton, Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { IconShieldCheck, IconUpload } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";

import { api, saying } from "../api";
import type { Report } from "./report";
import { ReportView } from "./ReportView";

type State = { at: "idle" } | { at: "sending"; name: string; done: number } | { at: "done"; report: Report } | { at: "failed"; problem: string };

/** Takes a video file and shows whether it is as a camera signed it. */
export function VerifyCard() {
  const [state, setState] = useState<State>({ at: "idle" });
  const [over, setOver] = useState(false);
  const busy = state.at === "sending";
  const check = async (file: File | null | undefined) => {
    if (!file || busy) return;
    setState({ at: "sending", name: file.name, done: 0 });
    try {
      const report = await api.verifyVideo(file, (done) => setState({ at: "sending", name: file.name, done }));
      setState({ at: "done", report });
    } catch (error) {
      setState({ at: "failed", problem: saying(error) });
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void check(event.dataTransfer.files[0]);
  };
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Title order={2} size="h5">
          Verify a video
        </Title>
        <Paper
          withBorder
          p="lg"
          bg={over ? "var(--mantine-primary-color-light)" : undefined}
          style={{ borderStyle: "dashed" }}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <Stack align="center" gap="xs">
            <IconShieldCheck size={32} aria-hidden />
            <Text ta="center">Drop a video here: MP4, Matroska, MPEG-TS, IVF, H.264, H.265 or AV1, up to 4 GiB.</Text>
            <FileButton onChange={(file) => void check(file)} disabled={busy}>
              {(props) => (
                <Button {...props} leftSection={<IconUpload size={16} />} disabled={busy}>
                  Choose a file
                </Button>
              )}
            </FileButton>
            <Text size="xs" c="dimmed" ta="center">
              The camera keeps the file only for as long as the verification takes. Without a camera: panocam verify.
            </Text>
          </Stack>
        </Paper>
        <div aria-live="polite">
          {state.at === "sending" && (
            <Group gap="sm">
              <Text size="sm">{state.done < 1 ? `Sending ${state.name}` : `Verifying ${state.name}`}</Text>
              <Progress value={100 * state.done} animated flex={1} aria-label="Progress" />
            </Group>
          )}
          {state.at === "failed" && <Alert color="red">{state.problem}</Alert>}
          {state.at === "done" && <ReportView report={state.report} />}
        </div>
      </Stack>
    </Card>
  );
}
