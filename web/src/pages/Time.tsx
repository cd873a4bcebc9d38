import { Card, SimpleGrid, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { clock } from "../clock/calls";
import { ClockCard } from "../clock/ClockCard";
import { SourceCard } from "../clock/SourceCard";
import { ZoneCard } from "../clock/ZoneCard";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SectionForm } from "../settings/SectionForm";
import { useSettings } from "../settings/useSettings";

const REFRESH_MS = 5000;
const HELP = {
  "location.latitude": "Maps show it when you press and hold the place: 59.3293 is Stockholm.",
  "location.longitude": "West is negative.",
};

/** The camera's clock and zone, and where it hangs. */
export function Time() {
  const { access, problem } = useSettings();
  const time = useQuery({ queryKey: ["time"], queryFn: clock.read, refetchInterval: REFRESH_MS });
  const told = time.data?.utc;
  const ahead = useMemo(() => (told ? Date.parse(told) - time.dataUpdatedAt : 0), [told, time.dataUpdatedAt]);
  const section = access?.sections.find(({ name }) => name === "location");
  if (!access || !section || !time.data) return <Loading problem={problem ?? time.error?.message ?? null} />;
  const refresh = () => time.refetch();
  return (
    <Stack>
      <PageTitle title="Time and location">
        The camera has a clock of its own; setting it changes nothing on the machine it runs on. Overlays, recordings, events and streams show it.
      </PageTitle>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack>
          <ClockCard time={time.data} ahead={ahead} />
          <ZoneCard access={access} refresh={refresh} />
          <Card withBorder>
            <Title order={2} size="h5" mb="xs">
              Location
            </Title>
            <SectionForm section={{ ...section, description: "" }} access={access} help={HELP} />
          </Card>
        </Stack>
        <SourceCard time={time.data} access={access} refresh={refresh} />
      </SimpleGrid>
    </Stack>
  );
}
