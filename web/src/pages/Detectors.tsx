import { Alert, Anchor, Badge, Button, Card, Group, NumberInput, Stack, Switch, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";

import { saying } from "../api";
import { tampering } from "../detectors/calls";
import { lastWords, statusOf } from "../detectors/words";
import { LivePanel } from "../live/LivePanel";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";
import { useInstant } from "../settings/useInstant";
import { type SettingsAccess, useSettings } from "../settings/useSettings";

const OFTEN_MS = 1000;
const [SHORTEST, LONGEST] = [1, 300];

/** What the camera notices about itself: whether somebody covers, blurs or turns it. */
export function Detectors() {
  const { access, problem } = useSettings();
  const [view, setView] = useState(0);
  if (!access) return <Loading problem={problem} />;
  return (
    <Stack>
      <PageTitle title="Camera tampering">An event when somebody covers, sprays, blurs or turns the camera. Rules start on it, clients hear of it.</PageTitle>
      <SideBySide form={<TamperingCard access={access} />} picture={<LivePanel view={view} onView={setView} />} />
    </Stack>
  );
}

function TamperingCard({ access }: { access: SettingsAccess }) {
  const settings = useInstant(access);
  const [seconds, setSeconds] = useState<number | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { data, error, refetch } = useQuery({ queryKey: ["tampering"], queryFn: tampering.read, refetchInterval: OFTEN_MS });
  if (!data) return <Loading problem={error?.message ?? null} />;
  const delay = Number(settings.value("tampering.delay"));
  const enabled = settings.value("tampering.enabled") === true;
  const status = statusOf(data, delay);
  const past = lastWords(data);
  const keep = () => {
    if (seconds !== null && seconds !== delay) settings.apply("tampering.delay", seconds);
    setSeconds(null);
  };
  const learn = () =>
    void tampering.learn().then(
      () => {
        setRefusal(null);
        return refetch();
      },
      (reason: unknown) => setRefusal(saying(reason)),
    );
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Switch label="Watch for tampering" checked={enabled} onChange={(event) => settings.apply("tampering.enabled", event.currentTarget.checked)} />
          <Badge variant={data.state === "alarm" ? "filled" : "light"} color={status.color} style={{ flex: "none" }} aria-label={`Camera tampering: ${status.word}`}>
            {status.word}
          </Badge>
        </Group>
        <div role="status">
          <Text size="sm">
            {status.text}
            {data.remains !== null && ` ${Math.round(100 * data.remains)} % of it is found again.`}
          </Text>
          {past && (
            <Text size="sm" c="dimmed">
              {past}
            </Text>
          )}
        </div>
        <NumberInput
          label="Trigger delay"
          description="How long the picture must be another before that is an event."
          suffix=" s"
          min={SHORTEST}
          max={LONGEST}
          allowDecimal={false}
          clampBehavior="strict"
          value={seconds ?? delay}
          error={settings.error("tampering.delay")}
          onChange={(next) => typeof next === "number" && setSeconds(next)}
          onBlur={keep}
          onKeyDown={(event) => event.key === "Enter" && keep()}
        />
        <Switch
          label="Trigger on dark images"
          description="A picture that goes dark at once is an event too: the lens was covered. So is light that is switched off; leave this off where that happens every evening."
          checked={settings.value("tampering.dark") === true}
          onChange={(event) => settings.apply("tampering.dark", event.currentTarget.checked)}
        />
        <Group>
          <Button variant="default" disabled={!enabled} onClick={learn}>
            Learn the scene anew
          </Button>
        </Group>
        {refusal && (
          <Alert color="red" p="xs">
            {refusal}
          </Alert>
        )}
        <div>
          <Title order={2} size="h6">
            What it is for
          </Title>
          <Text size="sm" c="dimmed">
            Scenes with light and contours that keep still: people may walk, lamps may be switched, night may fall. The event is a moment. Make something happen on it with a{" "}
            <Anchor component={Link} to="/rules">
              rule
            </Anchor>
            .
          </Text>
        </div>
      </Stack>
    </Card>
  );
}
