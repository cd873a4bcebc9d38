import { Alert, Button, Group, Modal, Progress, SegmentedControl, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";

import { saying } from "../api";
import { bytes } from "../status/words";
import { AbsentNote } from "./AbsentNote";
import { type Export, type Recording, recordings } from "./calls";
import { partOf } from "./part";
import { Time } from "./Time";

const FORMATS = [
  { value: "mp4", label: "MP4" },
  { value: "mkv", label: "Matroska" },
  { value: "zip", label: "Archive with player" },
];
const POLL_MS = 300;

/** An export with its progress; the file is fetched when it is ready. */
export function ExportDialog({ recording, onClose }: { recording: Recording; onClose(): void }) {
  const [format, setFormat] = useState("mp4");
  const [job, setJob] = useState<Export | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [start, stop] = [Date.parse(recording.start), Date.parse(recording.stop)];
  const [from, setFrom] = useState(start);
  const [to, setTo] = useState(stop);
  const part = partOf({ start, stop }, from, to);
  const running = job?.stage === "running";

  useEffect(() => {
    if (!job || job.stage !== "running") return;
    const timer = window.setTimeout(() => {
      recordings
        .exported(job.id)
        .then((now) => {
          setJob(now);
          if (now.stage === "done") save(now);
          if (now.stage === "failed") setProblem(now.reason);
        })
        .catch((error: unknown) => setProblem(saying(error)));
    }, POLL_MS);
    return () => window.clearTimeout(timer);
  }, [job]);

  const begin = () => {
    setProblem(null);
    recordings
      .export(recording.id, format, part.since, part.until)
      .then(setJob)
      .catch((error: unknown) => setProblem(saying(error)));
  };
  const close = () => {
    if (running && job) void recordings.cancel(job.id);
    onClose();
  };
  return (
    <Modal opened onClose={close} title="Export recording">
      <Stack>
        <Text size="sm" c="dimmed">
          Pictures are copied as they are, so nothing gets worse and signatures stay valid. The archive holds an MP4 file, its checksum, facts about this camera and
          a page that plays it without a network.
        </Text>
        <AbsentNote id={recording.id} />
        <SegmentedControl aria-label="Format" data={FORMATS} value={format} onChange={setFormat} disabled={running} />
        <Group align="start" gap="xs">
          <Time label="From" value={from} onChange={setFrom} disabled={running} />
          <Time label="To" value={to} onChange={setTo} error={part.error} disabled={running} />
          {(from !== start || to !== stop) && !running && (
            <Button
              variant="subtle"
              mt={24}
              onClick={() => {
                setFrom(start);
                setTo(stop);
              }}
            >
              All of it
            </Button>
          )}
        </Group>
        {(part.since !== null || part.until !== null) && (
          <Text size="sm" c="dimmed">
            It begins with the key picture at or before that moment. With signed video it goes on for a second or two, until the signature of the last moment has come.
          </Text>
        )}
        {job && <Progress value={job.progress * 100} animated={running} aria-label="Progress" />}
        {job?.stage === "done" && (
          <Text size="sm">
            Done: {job.name}, {bytes(job.bytes)}. Your browser saves it.
          </Text>
        )}
        {problem && <Alert color="orange">{problem}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={close}>
            {running ? "Cancel" : "Close"}
          </Button>
          <Button onClick={begin} disabled={part.error !== null} loading={running}>
            {job?.stage === "failed" ? "Try again" : "Export"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function save(job: Export): void {
  const link = document.createElement("a");
  link.href = `/api/v1/exports/${job.id}/file`;
  link.download = job.name;
  link.click();
}
