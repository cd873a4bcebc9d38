import { Alert, Progress, Stack, Text } from "@mantine/core";

import { type Stage, USUAL_S } from "./useReturn";

const WORDS: Record<Stage, string> = {
  idle: "",
  asking: "Asking the camera…",
  going: "The camera closes its streams and recordings…",
  away: "The camera starts. This page waits for it…",
  back: "The camera is back.",
};
const PARTS: Record<Stage, number> = { idle: 0, asking: 5, going: 15, away: 30, back: 100 };

/** How far a restart has come. */
export function ReturnProgress({ stage, seconds, hint }: { stage: Stage; seconds: number; hint: string }) {
  if (stage === "idle") return null;
  const part = stage === "away" ? Math.min(95, PARTS.away + (65 * seconds) / USUAL_S) : PARTS[stage];
  return (
    <Stack gap={6} role="status">
      <Progress value={part} animated={stage !== "back"} size="lg" aria-label="Restart of the camera" data-testid="return-progress" />
      <Text size="sm">
        {WORDS[stage]} {seconds > 0 && stage !== "back" && `${seconds} s`}
      </Text>
      {seconds > USUAL_S && stage !== "back" && <Alert color="orange">{hint}</Alert>}
    </Stack>
  );
}
