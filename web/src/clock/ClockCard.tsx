import { Alert, Badge, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";

import type { CameraTime } from "./calls";
import { compared, offsetOf, wallClock } from "./words";

const SOURCES = { machine: "follows the machine", ntp: "follows NTP servers", manual: "set by hand" };

/** The camera's clock, ticking; `ahead` is what it is ahead of this computer's, in milliseconds. */
export function ClockCard({ time, ahead }: { time: CameraTime; ahead: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const shown = wallClock(now + ahead, offsetOf(time.local));
  return (
    <Card withBorder>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h5">
            The camera's clock
          </Title>
          <Text size="2.2rem" fw={600} lh={1.3} data-testid="clock" style={{ fontVariantNumeric: "tabular-nums" }}>
            {shown.time}
          </Text>
          <Text>
            {shown.date} · {time.zone || time.rule}
            {time.zone_short && time.zone_short !== time.zone && ` (${time.zone_short})`}
          </Text>
          <Text size="sm" c="dimmed">
            {compared(ahead / 1000)}
          </Text>
        </div>
        <Badge color={time.source === "ntp" && !time.synchronisation?.synchronised ? "yellow" : "teal"} variant="light">
          {SOURCES[time.source]}
        </Badge>
      </Group>
      <Stack gap="xs" mt={time.warnings.length ? "sm" : 0}>
        {time.warnings.map((warning) => (
          <Alert key={warning} color="orange">
            {warning}
          </Alert>
        ))}
      </Stack>
    </Card>
  );
}
